"""When the work is done: the protocol of docs/internals/ledger.md on top of the protocol of min_capacity.py.

Usage: ledger.py WORLDS FIRST_SEED [VARIANT...]

An endpoint with one or two variants, one request queue, and one ledger. Each variant has a scalable target with lease, work record, hold, and marker,
an owner, and its own ticks. Every AWS call, also to the ledger, is a point of interleaving. A query has two pages. A world draws its
circumstances from its seed (see `Endpoint.draw`). "built" has all rules. Each other variant lacks one of them, or two of which each alone prevents
the same damage. Judged by what is true.
"""

import heapq, random, sys, time, zlib
from collections import Counter, defaultdict

import min_capacity as base
from min_capacity import Fault, GRACE, SPARE, MARK

LINGER, KEEP, TRAIL = 180, 3600, 900

# What is taken away, by the number of the rule in docs/internals/ledger.md.
BROKEN = {
    "1-one-record": "an input whose ledger write succeeded writes the lease",
    "1-tick-writes-lease": "a tick that extends because of the metric writes the lease, also beside a work record",
    "1-lease-does-not-block": "Done is also available while a lease or a hold stands",
    "2-alarm-writes": "an alarm writes the lease although a record is live",
    "3-ledger-first": "the capacity request waits for the ledger, and a failed write ends the invocation",
    "3-failed-write-is-work": "an input whose ledger write failed writes the work record",
    "3-memory-hides-failure": "after a failed write, a container that remembers a work record writes nothing and succeeds",
    "4-results-counted": "an item with as many results as uploads is done",
    "4-earlier-result-counts": "a result counts for an upload that is newer than its request",
    "5-deleted-at-once": "finished items are deleted after a minute",
    "5-deleted-unconditionally": "a tick deletes a finished item whatever was added to it since",
    "6-idle-window": "the window for what is judged without results is the shortest idle window, not J",
    "6-other-variant": "a change of another variant extends the records by J",
    "7-outstanding-is-idle": "the path by the metric does not look at the ledger",
    "7-never-forgotten": "a sleep by the metric forgets no item",
    "7-all-forgotten": "a sleep by the metric also forgets items that were touched after L - J",
    "7-forgotten-is-deleted": "an item that is forgotten is deleted, and with it the time of its result",
    "7-forgotten-unconditionally": "an item is forgotten whatever was added to it since it was read",
    "8-result-without-upload": "a result without an upload does not prevent Done",
    "8-last-look-without-ledger": "the last look of a sleep does not read the ledger",
    "8-no-look-after": "nothing is read after the capacity call",
    "8-work-not-ended": "Done does not end the work record",
    "9-slow-look": "a last look counts however long it took",
    "10-unreadable-is-done": "an unreadable ledger at the last look counts as: nothing is outstanding",
    "10-unreadable-waits": "an unreadable ledger prevents the sleep by the metric",
    "10-not-kept": "at zero, an unreadable ledger lets the record expire",
    "11-ledger-not-read-at-zero": "at zero, ticks read only the metric",
    "11-old-datapoints": "at zero, datapoints from before the newest result count",
    "12-force-over-young": "a forced sleep does not look at the ledger",
    "12-force-forgets-nothing": "a forced sleep leaves old outstanding items in the ledger",
    "12-lease-always": "a release or a forced sleep also writes an ended lease where only a work record stands",
    "trail-always": "a CloudTrail invocation acts like an alarm, whatever the ledger says",
}
# Rules of which each alone is sufficient.
PAIRS = [("8-no-look-after", "11-ledger-not-read-at-zero")]
VARIANTS = {"built": base.ALL, **{n: base.ALL | {n} for n in BROKEN}, **{"+".join(pair): base.ALL | set(pair) for pair in PAIRS}}
# The worlds of each variant: without faults, with faults, and with faults and work that arrives in the moment of a sleep.
KINDS = {"quiet": (False, False), "faults": (True, False), "moments": (True, True)}


class Job:
    def __init__(s, k, kind, loc, at, length):
        s.k, s.kind, s.loc, s.at, s.length, s.cuts, s.over, s.told = k, kind, loc, at, length, 0, False, False
        s.throttled, s.received = False, 1e9


SHARED = "r now heap seq bad trace busy_until fig known forgiven items outage".split()


class Variant(base.World):
    """One variant. What belongs to the endpoint is in `e`."""

    def __init__(s, e, seed, faults, flags):
        s.e = e
        super().__init__(seed, faults, True, flags)
        s.handled, s.memory, s.lease_ok, s.hand_until, s.late, s.forced = {}, [{}, {}, {}], False, -1, None, -1
        s.put_at, s.unreadable, s.late_write = {}, None, -1e9
        s.ledger_only = set()  # handled under an owner's minimum: no record was written
        s.J = 300 if "6-idle-window" in flags else e.J
        s.W = min(60, s.J / 4)

    def off(s, rule):
        return rule in s.v

    # ---- AWS
    def describe(s, p):
        others = any(v.current != v.desired for v in s.e.variants if v is not s)
        return {"desired": s.desired, "current": s.current, "ok": s.ready(), "others": others}

    def effect(s, p, q, name, *a):
        if name.startswith("ledger") and s.e.outage or name == "ledger_add" and a[0].throttled:
            raise Fault(False)
        return super().effect(p, q, name, *a)

    def change(s, n):
        if n and not s.desired and s.e.worked():
            s.fig["wakes"] += 1
        super().change(n)

    def settled(s):
        for v in s.e.variants:
            v.current = v.desired if s.ready() else v.current
            if s.r.random() < 0.7:
                v.spawn("tick", v.tick)
        s.e.dispatch()

    def cap(s, p, n):
        if n == 0 and s.desired and s.ready():
            s.judge_sleep(s.procs[p])
        r = super().cap(p, n)
        if r == "ok" and n == 0:
            s.e.cut(s)
        return r

    def put(s, p, n, kind, R, mx):
        q = s.procs[p]
        if n in base.NAMES and n in s.recs and q["looked"] < s.put_at.get(n, -1) and (s.recs[n][1] > R + 1 or kind == "P" and s.recs[n][0] == "F"):
            s.fig["newer records replaced by a late write"] += 1
            s.late_write = s.now
        s.put_at[n] = s.now
        if n == "lease":
            s.lease_ok = bool(q.get("cause")) or s.lease_ok and "lease" in s.recs and s.recs["lease"][1] > q["looked"] - 1
        if q["kind"] == "input" and n != MARK and not q.get("zero"):
            s.fig["records put by inputs"] += 1
        return super().put(p, n, kind, R, mx)

    def set_min(s, p, m):
        if m and s.now - s.procs[p]["looked"] > 3:
            s.late_write = s.now
        super().set_min(p, m)

    def ledger_add(s, p, job):
        it = s.items.setdefault(job.loc, {"u": frozenset(), "r": frozenset(), "t": s.now, "d": -1e9, "f": -1e9, "c": -1e9, "v": -1e9})
        s.items[job.loc] = {**it, "u": it["u"] | {job.k} if len(it["u"]) < 2 else it["u"], "t": s.now, "c": max(it["c"], job.at)}

    def ledger_done(s, p, job, i):
        it = s.items.setdefault(job.loc, {"u": frozenset(), "r": frozenset(), "t": -1e9, "d": -1e9, "f": -1e9, "c": -1e9, "v": -1e9})
        if i not in it["r"]:
            s.items[job.loc] = {**it, "r": it["r"] | {i} if len(it["r"]) < 2 else it["r"], "d": s.now, "v": max(it["v"], job.received)}
        job.told = True

    def ledger_page(s, p, i):
        return {l: it for l, it in s.items.items() if zlib.crc32(l.encode()) % 2 == i}

    def ledger_delete(s, p, loc, seen, always):
        it = s.items.get(loc)
        if it and (always or (it["u"], it["r"], it["t"]) == (seen["u"], seen["r"], seen["t"])):
            del s.items[loc]
            s.fig["items deleted"] += 1

    def ledger_forget(s, p, loc, seen, always):
        it = s.items.get(loc)
        if it and (always or (it["u"], it["r"], it["t"]) == (seen["u"], seen["r"], seen["t"])):
            s.items[loc] = {**it, "f": it["t"]}
            s.fig["items forgotten"] += 1

    # ---- the ledger, as the function sees it
    def outstanding(s, it):
        if s.off("4-results-counted"):
            return it["t"] > it["f"] and len(it["u"]) > len(it["r"])
        # A request that was received before the object was created is a request for an earlier object.
        earlier = it["v"] < it["c"] - 5 and not s.off("4-earlier-result-counts")
        return bool(it["u"]) and it["t"] > it["f"] and (not it["r"] or len(it["u"]) > 1 or earlier)

    def ledger_read(s, p):
        items = {}
        try:
            for i in (0, 1):
                items.update((yield from s.call(p, "ledger_page", i)))
        except Fault as f:
            if f.args[0] is True:
                raise
            s.unreadable = s.unreadable or s.now
            s.procs[p]["unreadable"] = True
            return None
        s.unreadable = None
        out = {l: it for l, it in items.items() if s.outstanding(it)}
        return {
            "items": items,
            "out": out,
            "newest": max((it["d"] for it in items.values()), default=-1e9),
            "stray": any(not it["u"] and it["d"] > s.now - KEEP for it in items.values()) and not s.off("8-result-without-upload"),
        }

    def forget(s, p, out, before):
        """Outstanding items that nobody invoked."""
        for l, it in out.items():
            if it["t"] < before:
                s.e.tempt(l)
                yield from s.call(p, "ledger_delete" if s.off("7-forgotten-is-deleted") else "ledger_forget", l, it, s.off("7-forgotten-unconditionally"))

    # ---- inputs
    def ledger_write(s, p, inv, job):
        try:
            yield from s.call(p, "ledger_add", job)
            inv["ok"] = True
            s.e.written.setdefault(job.k, s.now)
        except Fault:
            inv["ok"] = False
            raise

    def ledger_answer(s, inv):
        """3 s at most, from the start of the write."""
        while inv["ok"] is None and s.now < inv["t0"] + 3:
            yield 0.1
        return bool(inv["ok"])

    def on_input(s, p, inv, c, job):
        q, mem = s.procs[p], s.memory[c]
        fresh = lambda n: s.now - mem.get(n, -1e9) < s.W
        if s.off("3-ledger-first") or fresh("work"):
            ok = yield from s.ledger_answer(inv)
            if not ok and s.off("3-ledger-first"):
                s.handle(job)
                raise Fault(False)
            if ok and fresh("work"):
                s.handle(job)
                return
            if not ok and s.off("3-memory-hides-failure"):
                s.handle(job)
                return
            if not ok and fresh("lease"):
                s.handle(job)
                raise Fault(False)
        d, t = yield from s.both(p)
        v = yield from s.look(p, t)
        q["zero"] = d["desired"] == 0
        record = {}

        def which():
            ok = yield from s.ledger_answer(inv)
            record["n"] = "work" if (ok or s.off("3-failed-write-is-work")) and not s.off("1-one-record") else "lease"
            q["cause"] = not ok
            return record["n"]

        if v["own"] == "Owner":
            yield from s.under_owner(p, d, v)
            ok = yield from s.ledger_answer(inv)
            s.ledger_only.add(job.k)
        else:
            yield from s.wake(p, which, d, v, s.now + s.J + s.W + GRACE)
            mem[record["n"]] = s.now
            ok = inv["ok"]
        s.handle(job)
        if not ok:
            raise Fault(False)

    def handle(s, job):
        s.handled.setdefault(job.k, s.now)
        s.known.add(job.k)

    def on_result(s, p, job, i):
        yield from s.call(p, "ledger_done", job, i)

    def on_alarm(s, p, trail=None):
        q = s.procs[p]
        if trail:
            Q = yield from s.ledger_read(p)
            known = Q and any(abs(max(it["t"], it["d"]) - trail.at) < TRAIL or abs(it["t"] - trail.at) < TRAIL for it in Q["items"].values())
            if known and not s.off("trail-always"):
                return
        d, t = yield from s.both(p)
        v = yield from s.look(p, t)
        q["cause"] = not (d["desired"] and v["live"])
        if v["own"] == "Owner":
            yield from s.under_owner(p, d, v)
        elif q["cause"] or s.off("2-alarm-writes"):
            if trail and d["desired"] == 0 and Q and known and s.e.quiet():
                s.bad = s.bad or "woken for nothing (a late CloudTrail event)"
            yield from s.wake(p, "lease", d, v, s.now + s.J + s.W + GRACE)

    def on_person(s, p):
        s.procs[p]["cause"] = True
        d, t = yield from s.both(p)
        v = yield from s.look(p, t)
        if v["own"] == "Owner":
            yield from s.under_owner(p, d, v)
        else:
            yield from s.wake(p, "lease", d, v, s.now + s.J + s.W + GRACE)
            s.hand_until, s.hand_at = s.now + s.J, s.now

    def end_all(s, p, v):
        s.procs[p]["cause"] = not s.off("12-lease-always")
        s.hand_until = -1
        # A person answers for what only a lease knew.
        s.forgiven |= {j.k for j in s.e.jobs() if not (j.loc in s.items and s.outstanding(s.items[j.loc]))}
        kind = "F" if v["own"] == "Ours" else "P"
        standing = sorted({"lease", "work"} & set(v["ahead"])) or ["lease"]
        for n in ["lease", "work"] if s.off("12-lease-always") and "work" in v["ahead"] else standing:
            v = yield from s.write(p, n, v, "F" if n in v["unc"] and v["own"] != "Owner" else kind, s.now + GRACE)
        return v

    def on_release(s, p):
        v = yield from s.look(p)
        v = yield from s.end_all(p, v)
        yield from s.call(p, "delete", "hold")
        if v["own"] == "Ours" and "hold" in v["ahead"]:
            yield from s.cover(p, v, "lease" if "lease" in v["ahead"] else "work")
        for n in sorted({"lease", "work"} & set(v["ahead"])):
            v = yield from s.recheck_ended(p, v, n)

    def on_force(s, p, force=True):
        d, t = yield from s.both(p)
        v = yield from s.look(p, t)
        if not d["desired"] or not d["ok"] or v["own"] == "Owner" or s.evidence(s.now) != "idle" or "hold" in v["live"]:
            return
        if v["live"] and not force:
            return
        Q = yield from s.ledger_read(p)
        if Q and not (force and s.off("12-force-over-young")):
            if any(it["t"] > s.now - s.J for it in Q["out"].values()) or Q["out"] and not force:
                return
            if not s.off("12-force-forgets-nothing"):
                yield from s.forget(p, Q["out"], s.now - s.J)
        v = yield from s.end_all(p, v)
        for n in sorted({"lease", "work"} & set(v["ahead"])):
            v = yield from s.recheck_ended(p, v, n)
        yield from s.sleep(p, v, "forced", ignore=s.now - s.J)
        if s.desired == 0:
            s.forced = s.now

    def recheck(s, p, v, d0):
        d, t = yield from s.both(p)
        if d["desired"] and not d0["desired"] or t["min"] == 1 and v["t"]["min"] == 0:
            s.procs[p]["cause"] = True
            R = max(s.now + s.J + GRACE, v["recs"].get("lease", (0, 0))[1])
            yield from s.write(p, "lease", v, "F" if v["may"] else "P", R)

    # ---- the tick
    def evidence(s, end):
        """The backlog metric in the window J before the end of the records."""
        return s.e.backlog(end - s.J, 3)

    def tick(s, p):
        yield from super().tick(p)
        Q = s.procs[p].get("Q")
        if Q:
            keep = 60 if s.off("5-deleted-at-once") else KEEP
            old = {l: it for l, it in Q["items"].items() if l not in Q["out"] and max(it["t"], it["d"]) < s.now - keep}
            for l, it in old.items():
                s.e.tempt(l)
                yield from s.call(p, "ledger_delete", l, it, s.off("5-deleted-unconditionally"))
        if s.procs[p].get("unreadable"):
            raise Fault("busy")  # it fails, after everything else was done

    def decide(s, p, d, t, v):
        q, own, end = s.procs[p], v["own"], v["end"]
        n = max(v["live"] or v["ahead"] or {"lease": (0, 0)}, key=lambda n: (v["live"] or v["ahead"]).get(n, (0, 0))[1])
        Q = None
        if (v["watched"] or d["desired"]) and not (d["desired"] == 0 and s.off("11-ledger-not-read-at-zero")):
            q["Q"] = Q = yield from s.ledger_read(p)
        if d["desired"] == 0:
            yield from s.at_zero(p, d, v, n, Q)
            return
        if own == "Ending":
            if t["suspended"]:
                q["cause"] = True
                yield from s.call(p, "set_min", 0)
                yield from s.wake(p, "lease", d, {**v, "own": "None"}, s.now + s.J + GRACE)
            return
        stands = "work" if Q and Q["out"] or "lease" not in v["ahead"] and v["ahead"] else "lease"
        if s.off("1-tick-writes-lease") and not (Q and Q["out"]):
            stands = "lease"
        if end is None:
            q["cause"] = True
            yield from s.wake(p, "lease", d, v, s.now + s.J + GRACE)
            return
        starting = d["current"] < d["desired"] or not d["others"] or s.off("6-other-variant")
        if not d["ok"] and starting:
            if end < s.now + s.J:
                yield from s.wake(p, stands, d, v, s.now + s.J + s.W + GRACE)
            elif v["may"] and t["min"] == 0 and d["desired"] <= t["max"]:
                yield from s.restore(p, v)
            return
        blocked = not s.off("1-lease-does-not-block") and {"lease", "hold"} & set(v["ahead"])
        if d["ok"] and Q and not Q["out"] and not Q["stray"] and -1e8 < Q["newest"] <= s.now - s.e.idle and not blocked:
            s.e.in_the_moment()
            if not s.off("8-work-not-ended"):
                v = yield from s.write(p, "work", v, "F" if own == "Ours" or "work" in v["unc"] else "P", s.now + GRACE)
                v = yield from s.recheck_ended(p, v, "work")
            yield from s.sleep(p, v, "done")
            return
        if v["live"]:
            if v["may"] and t["min"] == 0 and d["desired"] <= t["max"]:
                yield from s.restore(p, v)
            elif (own == "Ours" or v["unc"]) and not v["may"]:
                if own == "Ours":
                    yield from s.call(p, "set_min", 0)
                yield from s.unfloor(p, d, v, False)
                yield from s.plain(p, v, v["F"])
            return
        if not d["ok"]:
            # Another variant changes: the ended record is only written again before it runs out. No floor is raised.
            if end + GRACE <= s.now + SPARE and (yield from s.same(p, stands, v["recs"].get(stands))):
                v = yield from s.write(p, stands, v, "F" if own == "Ours" or stands in v["unc"] else "P", s.now + GRACE)
                yield from s.recheck_ended(p, v, stands)
            elif v["unc"] and own == "None":
                yield from s.cancel_over(p)
            return
        if s.off("7-outstanding-is-idle") and Q:
            Q["out"] = {}
        w = s.evidence(end)
        cut = s.now if s.off("7-all-forgotten") else end - s.J
        young = Q and [1 for it in Q["out"].values() if it["t"] >= cut]
        if w == "idle" and Q and not young and not s.off("7-never-forgotten"):
            yield from s.forget(p, Q["out"], cut)
        if w == "busy" or young or w is None and (Q and Q["out"] or end < s.now - 300) or Q is None and s.off("10-unreadable-waits"):
            yield from s.wake(p, stands, d, v, s.now + LINGER + GRACE, 0)
        elif w == "idle":
            yield from s.sleep(p, v, "metric", ignore=None if s.off("7-never-forgotten") else cut)

    def at_zero(s, p, d, v, n, Q):
        own, q = v["own"], s.procs[p]
        old = {n: r for n, r in v["unc"].items() if n not in v["live"]}
        if not d["ok"]:
            if old and own == "None":
                yield from s.mark(p, {**v, "unc": old})
            return
        if v["live"]:
            yield from s.wake(p, n, d, v, v["live"][n][1], 0)
        elif Q and Q["out"]:
            if all(it["t"] < s.forced for it in Q["out"].values()) and s.e.quiet(ghosts=True):
                s.bad = s.bad or "a forced sleep undone by an old item"
            yield from s.wake(p, "work", d, v, s.now + s.J + GRACE)
        elif v["watched"] and s.e.backlog(s.now - 600 if s.off("11-old-datapoints") or not Q else max(Q["newest"], s.now - 600), 1) == "busy":
            if Q and s.e.quiet():
                s.bad = s.bad or "woken for nothing (the metric)"
            q["cause"] = True
            yield from s.wake(p, "lease", d, v, s.now + s.J + s.W + GRACE)
        else:
            ends = max([r[1] for r in v["ahead"].values()] + [v["X"]])
            if Q is None and s.unreadable and s.now - s.unreadable < 3600 and ends < s.now + SPARE + 60 and not s.off("10-not-kept"):
                kept = n if v["ahead"] else "work"
                if own == "Ours":
                    yield from s.call(p, "set_min", 0)
                yield from s.write(p, kept, v, "F" if own == "Ours" or kept in v["unc"] else "P", s.now + GRACE)
            elif own == "Ours" or v["F"]:
                yield from s.defuse(p, d, v)

    def sleep(s, p, v, why, ignore=None):
        q = s.procs[p]
        q["why"] = why
        if v["own"] not in ("None", "Ours"):
            return
        if v["own"] == "Ours":
            yield from s.call(p, "set_min", 0)
        elif v["unc"]:
            if (yield from s.call(p, "target"))["min"]:
                return
        if v["unc"]:
            yield from s.mark(p, v)
        for attempt in (1, 2):
            t0, q["last look"] = s.now, s.now
            d, t = yield from s.both(p)
            a = yield from s.call(p, "records")
            v = s.parse(t, a)
            Q = None
            if not s.off("8-last-look-without-ledger") and not (s.off("7-outstanding-is-idle") and why == "metric"):
                Q = yield from s.ledger_read(p)
            if s.now - t0 <= 3 or s.off("9-slow-look"):
                break
        slow = s.now - t0 > 3 and not s.off("9-slow-look")
        q["blind"] = Q is None and bool(q.get("unreadable"))
        blind = why == "done" and Q is None and not s.v & {"10-unreadable-is-done", "8-last-look-without-ledger"}
        out = Q and {l: it for l, it in Q["out"].items() if ignore is None or it["t"] >= ignore}
        if why == "done" and s.off("1-lease-does-not-block"):
            v = {**v, "live": {n: r for n, r in v["live"].items() if n == "work"}}
        if v["live"] or out or slow or blind:
            if v["live"] and v["may"]:
                yield from s.restore(p, v)
            elif not v["live"] and v["own"] != "Owner":
                yield from s.wake(p, "work", d, v, s.now + (s.J if out else LINGER) + GRACE, 0)
            return
        if t["min"] >= 1:
            return
        if v["unc"]:
            yield from s.mark(p, v)
        if not d["ok"]:
            return
        q["sent"] = s.now
        s.e.in_the_moment()
        yield from s.call(p, "cap", 0)
        if s.off("8-no-look-after"):
            return
        a = yield from s.call(p, "records")
        v = s.parse(t, a)
        Q = None if s.off("8-last-look-without-ledger") else (yield from s.ledger_read(p))
        out = Q and {l: it for l, it in Q["out"].items() if ignore is None or it["t"] >= ignore}
        if v["live"] or out:
            d, t = yield from s.both(p)
            v = yield from s.look(p, t)
            if v["own"] == "Owner":
                yield from s.under_owner(p, d, v)
                return
            n = max(v["live"] or {"work": (0, 0)}, key=lambda n: v["live"].get(n, (0, 0))[1])
            if d["desired"] == 0:
                yield from s.wake(p, n, d, v, v["live"][n][1] if v["live"] else s.now + s.J + GRACE, 0)

    # ---- judging
    def judge_sleep(s, q):
        for j in s.e.jobs():
            mine = s.e.running.get(s) is j or j in s.e.queue
            if j.k in s.ledger_only and q.get("blind"):
                continue
            if any(x.kind == "second" and x.loc == j.loc for x in s.e.all):
                continue  # the result of one invocation can hide the other one
            handled = s.handled.get(j.k, 1e9) < q.get("sent", 0) - 4
            # Without the ledger, only the metric decides.
            written = s.e.written.get(j.k, 1e9) < q["last look"] - 0.1 and (not q.get("blind") or q.get("why") == "done")
            if j.kind == "upload" and mine and j.k not in s.forgiven and (handled or written):
                s.bad = s.bad or "slept over known work (%s)" % q.get("why")
        if q.get("why") == "done" and s.now < s.hand_until and s.hand_at < q["sent"] - 4:
            s.bad = s.bad or "a person's wake undone"
        s.fig["sleeps (%s)" % q.get("why")] += 1
        if s.e.empty_since is not None and not s.e.jobs():
            s.e.paid.append((q.get("why"), s.now - s.e.empty_since))

    def judge(s):
        if s.min < s.owner:
            if not s.excused:
                s.bad = s.bad or "owner's minimum undone"
            s.owner = s.min
        waiting = [j for j in s.e.queue if j.k in s.handled and j.k not in s.forgiven and j.kind == "upload"]
        if waiting and s.desired == 0 and s.ready() and not s.quota and not (s.e.moments and s.e.outage):
            s.wait = s.wait or s.now
            s.fig["longest wait at zero"] = max(s.fig["longest wait at zero"], s.now - s.wait)
            if s.now - s.wait > 135 and s.ticks_since(s.wait) >= 3:
                s.bad = s.bad or "lost wake"
        else:
            s.wait = None

    def watch(s):
        s.at(s.now + 10, s.watch)
        v = s.parse(s.target(0), s.records(0))
        over = s.ours and s.min == 1 and not s.owner
        if over and (s.leak or not v["unc"] and not v["ending"]) and (s.leak or not s.procs):
            s.leak = s.leak or s.now
            if s.ticks_since(s.leak) > 4:
                s.bad = s.bad or "floor leaked" + (" (after a write that took seconds)" if s.leak - s.late_write < 900 else "")
        else:
            s.leak = None
        held = "hold" in s.recs and s.recs["hold"][1] > s.now
        if s.desired and not s.e.jobs() and not s.owner and not held:
            s.idle = s.idle or s.now
            if s.now - s.idle > max(3600, s.J + GRACE + 1200) + (s.J + GRACE if s.e.ghosts else 0) and s.ticks_since(s.idle) > 20:
                s.bad = s.bad or "up for an hour for nothing"
        else:
            s.idle = None
        # Rule 4: with results, and neither lease nor hold, within idle_minutes and two ticks after the last result.
        leased = "lease" in s.recs and s.recs["lease"][1] > s.now and s.lease_ok
        calm = s.desired and s.current and s.ready() and s.e.quiet() and not s.owner and not held and not leased
        calm = calm and not s.suspended and not s.e.outage and s.unreadable is None and v["own"] in ("None", "Ours")
        calm = calm and not any(not it["u"] and it["d"] > s.now - KEEP - 60 for it in s.items.values())
        # An item of a result that was lost, of an upload that nobody invoked, or of a key that is used again is left to the metric.
        calm = calm and all(l in s.e.settled_locs for l, it in s.items.items() if it["u"] and (not it["r"] or len(it["u"]) > 1 or it["v"] < it["c"] - 5))
        calm = calm and any(it["d"] > -1e8 for it in s.items.values())
        if calm:
            s.late = s.late or s.now
            if s.now - s.late > s.e.idle + 240 and s.ticks_since(s.late) >= 5:
                s.bad = s.bad or "late: all work is done, and still up"
        else:
            s.late = None

    def arrive(s, delay):
        s.e.arrive(delay)


for name in SHARED:
    setattr(Variant, name, property(lambda s, n=name: getattr(s.e, n), lambda s, x, n=name: setattr(s.e, n, x)))


class Endpoint:
    def __init__(s, seed, faults, flags, moments=False):
        s.draw(random.Random(seed), faults)
        s.moments, s.container = moments, 0
        s.has_alarm = not (moments and seed % 2)
        if moments:
            s.n, s.idle, s.outages, s.throttle = 1, 0, False, 0.2 if seed % 4 < 2 else 0
            s.ghosts = s.inline = s.reuse = s.twice = s.lost_results = s.lost_events = s.trails = 0
            s.late_results = s.upgrade = s.plain = False
        s.variants = []
        s.variants += [Variant(s, seed, faults, flags) for _ in range(s.n)]
        s.written = {}  # when the ledger write was answered
        s.items, s.outage, s.queue, s.running, s.ks = {}, False, [], {}, 0
        s.all, s.intervals, s.paid, s.empty_since, s.settled_locs, s.metric_out = [], [], [], None, set(), False

    def draw(s, r, faults):
        yes = lambda x: r.random() < x
        s.n = 2 if yes(0.4) else 1
        s.idle = r.choice([0, 60, 60, 180])
        s.job = r.choice([180, 480, 900])
        s.J = max(s.idle, s.job + 120, 300)
        s.waiting_only = yes(0.5)  # what the backlog metric counts
        s.lost_when_cut = yes(0.5)
        s.ghosts = 0.15 if yes(0.3) else 0
        s.inline = 0.2 if yes(0.25) else 0
        s.dups = 0.3 if yes(0.4) else 0.05
        s.reuse = 0.3 if yes(0.3) else 0
        s.twice = 0.15 if yes(0.3) else 0
        s.lost_results = r.choice([0.02, 0.02, 0.3]) if faults else 0
        s.late_results = yes(0.3)
        s.lost_events = 0.1 if yes(0.3) else 0
        s.trails = 0.3 if yes(0.3) else 0
        s.upgrade = yes(0.2)
        s.outages = faults and yes(0.35)
        s.throttle = 0.3 if faults and yes(0.35) else 0  # uploads whose ledger write never succeeds
        s.plain = not (s.ghosts or s.inline or s.reuse or s.twice or s.upgrade or s.late_results or s.throttle or s.lost_events) and s.lost_results < 0.1

    def worked(s):
        return bool(s.all)

    def jobs(s):
        return s.queue + [j for j in s.running.values() if j]

    def quiet(s, ghosts=False):
        """No request is queued, running, or still to come, and every result was handled."""
        return not s.jobs() and all(j.told or ghosts and j.kind == "ghost" for j in s.all[-60:])

    def at(s, t, f):
        s.variants[0].at(t, f)

    # ---- requests
    def tempt(s, loc):
        """An upload to a key whose item is about to be changed."""
        if s.reuse and s.r.random() < 0.3:
            s.arrive(0, loc)

    def in_the_moment(s):
        """A tick is about to put the endpoint to sleep: an upload comes, and the ledger or the metric fails next."""
        r = s.r
        if not s.moments or r.random() < 0.5:
            return
        s.arrive(0, at_once=True)
        for name, x, lasts in (("outage", r.uniform(0.3, 3), (10, 1500)), ("metric_out", 0, (600, 2400))):
            if r.random() < 0.5:
                s.at(s.now + x, lambda n=name: setattr(s, n, True))
                s.at(s.now + x + r.uniform(*lasts), lambda n=name: setattr(s, n, False))

    def arrive(s, delay, loc=None, at_once=False, length=None):
        r = s.r

        def go():
            if s.now > s.end - 5400:
                return
            s.ks += 1
            k = s.ks
            kind = "inline" if r.random() < s.inline else "ghost" if r.random() < s.ghosts else "upload"
            where = loc or ("key-%d" % r.randrange(3) if kind != "inline" and r.random() < s.reuse else "object-%d" % k)
            lengths = [r.uniform(5, 60), r.uniform(60, 170), r.uniform(100, s.job * 0.98)]
            job = Job(k, kind, where, s.now, length or r.choice(lengths))
            job.throttled = r.random() < s.throttle
            s.all.append(job)
            s.settled_locs.discard(where)
            s.trace.append((round(s.now, 1), "arrives", k, kind, where))
            if kind != "ghost":
                s.at(s.now + r.choice([0.2, 1, 1, r.uniform(1, 30)]), lambda: s.enqueue(job))
                if r.random() < s.twice:
                    again = Job(k, "second", where, s.now, r.choice(lengths))
                    s.all.append(again)
                    s.at(s.now + r.uniform(5, 60), lambda: s.enqueue(again))
                if r.random() < s.trails:
                    late = r.uniform(20, 800)
                    for v in s.variants:
                        v.spawn("alarm", lambda p, v=v: v.on_alarm(p, job), 2, None, late)
            if kind != "inline" and r.random() >= s.lost_events:
                s.deliver(job, 0 if loc or at_once else r.uniform(0.1, 2) if r.random() > 0.04 else r.uniform(2, 50), 2)
                if r.random() < s.dups:
                    s.deliver(job, r.uniform(0.1, 2400), 0)

        s.at(s.now + delay, go)

    def deliver(s, job, delay, tries):
        """One event, handled in one container: one ledger write, and one unit for each variant."""
        # Lambda prefers the container that was used last.
        c = s.container = s.container if s.moments and s.r.random() < 0.8 else s.r.randrange(3)

        def invoke():
            inv = {"ok": None, "t0": s.now}
            s.variants[0].spawn("ledger", lambda p: s.variants[0].ledger_write(p, inv, job))
            return inv

        def go():
            inv = invoke()
            for v in s.variants:
                first = [inv]
                make = lambda p, v=v, first=first: v.on_input(p, first.pop() if first else invoke(), c, job)
                v.spawn("input", make, tries)

        s.at(s.now + delay, go)

    def enqueue(s, job):
        s.queue.append(job)
        job.received = s.now
        job.interval = [s.now, None, "waiting"]
        s.intervals.append(job.interval)
        s.empty_since = None
        s.at(s.now + s.r.uniform(150, 240), lambda: s.backstop(job))
        s.dispatch()

    def backstop(s, job):
        if s.has_alarm and job in s.queue and not any(v.current for v in s.variants):
            for v in s.variants:
                v.spawn("alarm", v.on_alarm, 2)

    def dispatch(s):
        for v in s.variants:
            if v.current and v.desired and not s.running.get(v) and s.queue:
                job = s.queue.pop(0)
                s.running[v] = job
                job.interval[1] = s.now
                job.interval = [s.now, None, "running"]
                s.intervals.append(job.interval)
                s.at(s.now + job.length, lambda v=v, job=job, cuts=job.cuts: s.finish(v, job, cuts))

    def finish(s, v, job, cuts):
        if s.running.get(v) is not job or job.cuts != cuts:
            return
        s.running[v] = None
        job.over = True
        job.interval[1] = s.now
        if not s.jobs():
            s.empty_since = s.now
            if s.moments and s.r.random() < 0.5:
                s.arrive(0, at_once=True, length=s.r.uniform(3, 10))
        if s.r.random() < s.lost_results:
            s.trace.append((round(s.now, 1), "result lost", job.k))
        else:
            i = (job.k, job.kind)
            for n in range(1 + (s.r.random() < 0.05)):
                wait = s.r.uniform(0.1, 3) if not n and not (s.late_results and s.r.random() < 0.2) else s.r.uniform(1, 900)
                s.variants[0].spawn("result", lambda p: s.result(p, job, i), 2, None, wait)
        s.dispatch()

    def result(s, p, job, i):
        yield from s.variants[0].on_result(p, job, i)
        same = [j for j in s.all if j.loc == job.loc]
        if len({j.k for j in same}) == 1:
            s.settled_locs.add(job.loc)

    def cut(s, v):
        job = s.running.get(v)
        if not job:
            return
        s.running[v] = None
        job.cuts += 1
        job.interval[1] = s.now
        s.fig["jobs cut"] += 1
        if job.cuts >= 3:
            s.bad = s.bad or "the same request cut three times"
        if not s.lost_when_cut:
            s.queue.insert(0, job)
            job.interval = [s.now, None, "waiting"]
            s.intervals.append(job.interval)
            s.at(s.now + s.r.uniform(150, 240), lambda: s.backstop(job))
        else:
            job.over = True

    def backlog(s, after, least):
        """ApproximateBacklogSize: the maximum of each minute, 150 s late, by its datapoints with a stamp after `after`."""
        if s.metric_out:
            return None
        first, last = (after // 60 + 1) * 60, (s.now - base.LAG) // 60 * 60
        if (last - first) / 60 + 1 < least:
            return None
        kinds = ("waiting",) if s.waiting_only else ("waiting", "running")
        for a, b, kind in reversed(s.intervals[-80:]):
            if kind in kinds and a < last + 60 and (b is None or b >= first):
                return "busy"
        return "idle"

    def run(s, hours=7):
        r = s.r
        s.end = hours * 3600
        stop = s.end - 5400
        for v in s.variants:
            v.end = s.end
        if s.upgrade:
            # The version before wrote a lease, and its uploads are in no ledger.
            for v in s.variants:
                v.desired = v.current = v.min = 1
                v.ours = v.lease_ok = True
                v.recs["lease"] = ("F", s.J + 660.0, 2, -1)
                v.at(s.J + 660.0, lambda v=v: v.fire("lease", -1))
            for i in range(r.choice([1, 2, 3])):
                s.ks += 1
                job = Job(s.ks, "upload", "object-%d" % s.ks, 0.0, r.uniform(60, s.job * 0.98))
                s.all.append(job)
                for v in s.variants:
                    v.handled[job.k] = -60
                s.enqueue(job)
        t = r.uniform(60, 900)
        while t < stop:
            for _ in range(r.choice([1, 1, 1, 2, 4])):
                s.at(t + r.uniform(0, 5), lambda: s.arrive(0))
            t += r.choice([r.uniform(1, 60), r.uniform(200, 900), r.uniform(620, 1300), r.uniform(1500, 5000)])
        for v in s.variants:
            if r.random() < 0.5:
                s.owners(v, stop)
            for kind, f, x in (("person", v.on_person, 2), ("hold", v.on_hold, 1), ("release", v.on_release, 1), ("force", v.on_force, 3)):
                for _ in range(r.randint(0, x)):
                    s.at(r.uniform(0, stop), lambda k=kind, f=f, v=v: v.spawn(k, f))
            if r.random() < 0.5:
                s.at(r.uniform(0, stop), lambda v=v: v.spawn("sleep", lambda p: v.on_force(p, False)))
            s.at(r.uniform(0, 60), v.schedule)
            s.at(10, v.watch)
        if s.outages:
            for _ in range(r.randint(1, 4)):
                t = r.uniform(0, stop)
                for x, on in ((t, True), (t + r.choice([r.uniform(10, 300), r.uniform(300, 6000)]), False)):
                    s.at(x, lambda on=on: setattr(s, "outage", on))
        if r.random() < 0.15:
            t = r.uniform(0, stop)
            for x, on in ((t, True), (t + r.uniform(60, 2400), False)):
                s.at(x, lambda on=on: setattr(s, "metric_out", on))
        while s.heap and not s.bad and s.now < s.end:
            s.now, _, f = heapq.heappop(s.heap)
            f()
            for v in s.variants:
                v.judge()
        return s

    def owners(s, v, stop):
        r = s.r
        t = r.uniform(0, 6000)
        while t < stop:
            m = r.choice([1, 1, 1, 2])
            e = t + r.choice([r.uniform(5, 400), r.uniform(600, 4000)])
            s.at(t, lambda m=m: v.own(m))
            s.at(e, lambda: v.own(0))
            t = e + r.choice([r.uniform(60, 3000), r.uniform(1000, 9000)])
        for name, x in (("foreign", 0.2), ("suspended", 0.2), ("quota", 0.3)):
            if r.random() < x:
                t = r.uniform(0, stop)
                s.at(t, lambda n=name: v.flag(n, True))
                s.at(t + r.uniform(120, 4000), lambda n=name: v.flag(n, False))
        for _ in range(r.randint(0, 3)):
            s.at(r.uniform(0, stop), v.remax)


def main():
    worlds, first = int(sys.argv[1]), int(sys.argv[2])
    for name in sys.argv[3:] or VARIANTS:
        for kind, (faults, moments) in KINDS.items():
            kinds, seeds, fig, paid, plain, t0, n = Counter(), {}, Counter(), [], [], time.time(), 0
            for seed in range(first, first + worlds):
                if name != "built" and sum(c for k, c in kinds.items() if "took seconds" not in k) >= 3:
                    break  # it is caught
                n += 1
                w = Endpoint(seed, faults, VARIANTS[name], moments).run()
                longest = max(fig["longest wait at zero"], w.fig["longest wait at zero"])
                fig.update(w.fig)
                fig["longest wait at zero"] = longest
                paid += w.paid
                if w.plain and not w.bad:
                    plain += w.paid
                if w.bad:
                    kinds[w.bad] += 1
                    seeds.setdefault(w.bad, seed)
            at = lambda paid, x: round(sorted(paid)[int(x * (len(paid) - 1))]) if paid else None
            found = {k: "%d (seed %d)" % (c, seeds[k]) for k, c in kinds.items()}
            print("%-30s %-7s %d worlds: %s" % (name, kind, n, found or "no violation"))
            kept = {k: round(x) for k, x in sorted(fig.items()) if not k.startswith(("calls", "excused"))}
            done, metric = ([x for why, x in plain if why == wanted] for wanted in ("done", "metric"))
            idle = (at(done, 0.5), at(done, 0.95), at(metric, 0.5), at(metric, 0.95), time.time() - t0)
            print("     idle seconds where every upload has one result: done %s (95%% %s), metric %s (95%% %s); took %.0f s;" % idle, kept, flush=True)


if __name__ == "__main__":
    main()
