"""Whose MinCapacity it is: the protocol of docs/internals/design.md, with three records (lease, work, hold) and a marker.

Usage: min_capacity.py WORLDS FIRST_SEED [VARIANT...]

Every AWS call of every process is a point of interleaving. F: floor record (sets MinCapacity 0 at R). P: plain record (sets MaxCapacity to its
present value). The marker cancels the floor records with R <= X, and is due at X + SPARE. A record is live until L = R - GRACE. Judged by what is true, not by what ticks see.
"""

import heapq, random, sys
from collections import Counter, defaultdict

IDLE, GRACE, W, LAG, SPARE = 600, 600, 60, 150, 180
NAMES, MARK = ("lease", "work", "hold"), "no-floor"


class Fault(Exception):
    pass


# What the first draft of the protocol lacked. "draft" has none of these rules, "built" has all of them.
FIXES = {
    "busy-look": "C answered busy: describe again; desired above 0 counts as accepted (another input was first)",
    "busy-perhaps": "C answered busy, or not at all: another input may have been first, and raise the floor: a floor record, without the floor",
    "no-plain-over-floor": "a wake without capacity does not put plain over a live, uncancelled floor record",
    "read-before": "a rewrite or delete by a tick reads the records again just before, and leaves what was renewed",
    "recheck-all": "after each rewrite or delete by a tick, also of a live record: E and T again; desired above 0, or a minimum of 1, where it was \
0: a floor lease; not under an owner's minimum",
    "delete-any": "near R a plain record that is not itself live is deleted wherever it stands (also up, also under an owner's minimum)",
    "keep-owner": "under an owner's minimum with desired 0, the last record is kept (plain, ends now) until capacity was accepted",
    "recheck-wake": "after a wake's plain record at zero: endpoint and target again; desired above 0 or a minimum of 1: the record becomes a floor record, floor up",
    "fresh-look": "the wake after the look again reads target, then records, anew; an owner's minimum found there: only capacity",
    "not-due-at-0": "an uncancelled floor record where no floor is due is cancelled and made plain also when MinCapacity is 0",
    "live-plain": "where no floor is due, a live floor record is made plain (A just before, E and T after): the marker covers only what is over, or \
an ended record, whose R is after X, would be live",
    "plain-at-zero": "the same at zero beside a MinCapacity of 0, also while Updating or after a refusal, by a tick that wrote nothing else",
    "delete-late": "cancelled floor records are not made plain: they are deleted at R - 3 min (A just before); so is one that ended beside a later record",
    "owner-twice": "also for a minimum of 2 or more: T again after A before the marker is put",
    "recheck-ended": "release, forced sleep, Done: after a plain ended record (and the delete of the hold), E and T again; 1 where it was 0: \
the ended record becomes a floor record",
    "done-keeps-kind": "Done, release, forced sleep: the ended record stays a floor record where an uncancelled floor record of that name stands",
    "settle": "no tick leaves MinCapacity 0 beside an uncancelled floor record, also while Updating: floor back (desired above 0, live), or marker (desired 0, ended)",
    "marker-again": "last look, MinCapacity 0: uncancelled floor records that are not live get the marker again (another tick's marker may have had a smaller X)",
    "own-view": "a sleep cancels what it judged, or ended itself: not what a later look shows, which may be renewed and stand beside a floor again",
    "raised-again": "a sleep that read MinCapacity 0 reads the target again before it puts the marker; 1 by then: the endpoint stays up",
    "restore-writes": "a floor is raised only after a put: where nothing was put, the records are read again and the live one is put again; \
ended or cancelled by then: no floor",
    "tidy-last": "a tick deletes and rewrites records after its decision, and only where that wrote nothing: not the record of a sleep of its own",
    "tidy-refused": "the same after a decision whose capacity was refused: such ticks can follow each other until the marker is due",
    "tidy-marker": "after a decision that wrote something else, and did not lower the floor, the marker is kept up all the same",
    "marker-watch": "at zero the marker stays until X, and the backlog is watched until then, also when the records are deleted",
    "marker-any": "the marker is deleted by any tick that finds no floor record with R <= X, also when the endpoint is up",
    "raise-checks": "a floor that is up more than a second after its record was about to be put: the records again; no live record lowers it: the \
record is put again",
    "raise-checks-late": "a floor that an input raises without a live record, or a tick, while the endpoint is up, or put back by a sleep: 16 s later records and target again, and 8 s later once more; 1, \
and no floor record counts: the record is put again",
    "lower-checks": "after a live record was made plain because the floor was lowered: T again; 1, and a floor may be raised: a floor record again",
    "delete-cover": "right after a tick deleted a record under our floor, the records again: none lowers the floor any more: an ended floor record \
is put",
    "delete-cover-late": "the same once more, 8 s later",
    "release-cover": "right after a release deleted the hold under our floor, the same",
    "tick-twice": "a tick that finds an owner's minimum of 1 reads T again after A",
}
ALL = set(FIXES)
VARIANTS = {
    "draft": set(),
    "built": ALL,
    **{"built-without-" + f: ALL - {f} for f in FIXES},
    "today": ALL | {"today"},
    "content-at-sleep": ALL | {"content"},
    "no-recheck-after-defuse": (ALL - {"delete-late"}) | {"norecheck"},
    "no-recheck-after-delete": ALL | {"norecheck"},
    "marker-before-F0": ALL | {"markerfirst"},
    "raise-first": ALL | {"raisefirst"},
    "floor-when-refused": ALL | {"frefused"},
    "max-not-rewritten": ALL | {"norewrite"},
    "never-deleted": ALL | {"nodelete"},
    "R-not-after-X": ALL | {"samex"},
    "owner-nothing": ALL | {"ownernothing"},
    "busy-is-floor": ALL | {"busyfloor"},
    "last-look-is-floor": ALL | {"lastlookfloor"},
}


class World:
    def __init__(s, seed, faults, ledger, flags, slow=False, stale=False):
        s.r = random.Random(seed)
        # Half of the writes take seconds, inputs and releases like the instants around a delete, suspensions end as a floor is lowered, and some
        # ticks run out of time before their last look.
        s.slow = slow
        s.lag = s.r.uniform(0.5, 6) if stale else 0  # reads are that old
        s.past = []
        s.v = flags
        s.faults = faults
        s.ledger = ledger
        s.now = 0.0
        s.heap = []
        s.seq = 0
        s.bad = None
        s.trace = []
        s.desired = s.current = 0
        s.busy_until = 0
        s.min = 0
        s.max = 2
        s.recs = {}
        s.gen = 0
        s.fig = defaultdict(float)
        s.owner = 0
        s.owner_at = s.max_at = s.wfault = s.lowered = -1e9
        s.excused = s.ours = False
        s.foreign = s.suspended = s.quota = False
        s.lists_past = s.r.random() < 0.5
        s.queue = []
        s.done = []
        s.known = set()
        s.forgiven = set()
        s.items = {}
        s.results = {}
        s.newest = -1e9
        s.procs = {}
        s.pid = 0
        s.clean = []
        s.wait = s.leak = s.idle = None
        s.hold_at = -1e9

    def at(s, t, f):
        s.seq += 1
        heapq.heappush(s.heap, (t, s.seq, f))

    def log(s, *a):
        s.trace.append((round(s.now, 2),) + a)

    # ---- AWS: each call takes effect at one instant, and may fail before or after it
    def call(s, p, name, *a):
        q = s.procs[p]
        q["calls"] += 1
        write = name in ("put", "delete", "set_min", "cap")
        yield s.r.uniform(0.02, 0.3) if s.r.random() > (0.5 if s.slow and write else 0.03) else s.r.uniform(1, 15)
        for late in (0, 1):
            if late:
                v = s.effect(p, q, name, *a)
                s.log(p, q["kind"], name, *a, v if name != "describe" else (s.desired, s.ready()))
                yield s.r.uniform(0.01, 0.06)
            x = s.r.random()
            if s.faults and x < 0.025:
                s.wfault = s.now if write or q["wrote"] else s.wfault
                s.log(p, "FAULT", name, "effect" if late else "")
                raise Fault(x < 0.01)
        return v

    def effect(s, p, q, name, *a):
        if name == "target":
            q["read0"], q["read"] = q["read"], s.now - s.lag
        if name == "records":
            q["looked"] = s.now - s.lag
        if name in ("put", "delete", "set_min", "cap"):
            q["wrote"] = True
            q["lowered"] = q["lowered"] or (name, *a) in (("set_min", 0), ("cap", 0)) or name == "put" and a[0] == MARK
        if name in ("set_min", "put") and q["read"] < s.owner_at and s.owner:
            s.excuse("owner acted between our read of the target and our write")
        elif name == "put" and a[1] == "F" and q["read0"] < s.owner_at < s.now < q["read0"] + 30 and s.owner:
            s.excuse("owner acted between two reads of a re-check")
        return getattr(s, name)(p, *a)

    def excuse(s, why):
        if not s.excused:
            s.fig["excused: " + why] += 1
        s.excused = True

    def ready(s):
        return s.now >= s.busy_until

    def state(s):
        return (
            {"desired": s.desired, "ok": s.ready()},
            {"min": s.min, "max": s.max, "suspended": s.suspended},
            {"recs": dict(s.recs), "foreign": s.foreign},
        )

    def shown(s, p, i):
        """What a read by a process returns, and what the judge sees (p = 0)."""
        if not s.lag or not p:
            return s.state()[i]
        while len(s.past) > 1 and s.past[1][0] <= s.now - s.lag:
            s.past.pop(0)
        return s.past[0][1][i]

    def describe(s, p):
        return s.shown(p, 0)

    def target(s, p):
        return s.shown(p, 1)

    def records(s, p):
        return s.shown(p, 2)

    def put(s, p, n, kind, R, mx):
        s.gen += 1
        s.recs[n] = r = (kind, R, mx, s.gen)
        s.at(R + s.r.uniform(0, 58), lambda g=s.gen: s.fire(n, g))
        s.hold_at = s.now if n == "hold" else s.hold_at
        if n == MARK:
            s.provoke(0.10)
        return r

    def delete(s, p, n):
        s.recs.pop(n, None)

    def set_min(s, p, m):
        if m == 0:
            s.lowered = s.now
            s.ours = False
            s.provoke(0.10)
            if s.slow and s.suspended and s.r.random() < 0.7:
                s.at(s.now + s.r.uniform(0, 1), lambda: s.flag("suspended", False))
                s.arrive(s.r.uniform(0.1, 3))
        elif s.min == 0:
            s.ours = True
        s.min = m
        s.clamp()

    def cap(s, p, n):
        if not s.ready():
            return "busy"
        if n > s.desired and s.quota:
            return "refused"
        q = s.procs[p]
        if n == 0 and s.desired:
            if "hold" in s.recs and s.recs["hold"][1] - GRACE > s.now and s.hold_at < q["looked"]:
                s.bad = "slept under a live hold"
            q["slept"] = True
            s.fig["sleeps"] += 1
            s.provoke(0.15)
        s.change(n)
        return "ok"

    def change(s, n):
        if n != s.desired:
            s.desired = n
            s.busy_until = s.now + (s.r.uniform(120, 420) if n else s.r.uniform(30, 120))
            s.at(s.busy_until, s.settled)

    def settled(s):
        s.current = s.desired if s.ready() else s.current
        if s.r.random() < 0.7:
            s.spawn("tick", s.tick)

    def clamp(s):
        if s.ready() and s.desired < s.min and not s.quota:
            s.change(s.min)
        if s.ready() and s.desired > s.max:
            s.change(s.max)

    def fire(s, n, gen):
        if s.recs.get(n, (0, 0, 0, 0))[3] != gen:
            return
        kind, R, mx, _ = s.recs[n]
        if not s.suspended:
            s.log("fires", n, kind, mx)
            s.fig["fired"] += 1
            tick = lambda since: any(since < a and b < R for a, b in s.clean)
            if kind == "F":
                if s.owner and not tick(max(s.owner_at, R - SPARE)):
                    # A tick deletes the record from SPARE before R on, as the function does: an earlier one had no chance.
                    s.excuse("no clean tick between the owner's change and R, or in the 3 minutes before R")
                s.min = 0
                s.ours = False
            elif mx != s.max:
                if tick(s.max_at):
                    s.bad = "owner's MaxCapacity undone"
                else:
                    s.fig["excused: no clean tick between a change of MaxCapacity and R"] += 1
                    s.max = mx
                s.clamp()
        if not s.lists_past:
            del s.recs[n]
        else:
            s.at(s.now + 300, lambda: s.recs.pop(n) if s.recs.get(n, (0, 0, 0, 0))[3] == gen else None)

    # ---- what the function makes of what it reads
    def parse(s, t, a, now=None):
        now = now or s.now
        recs = a["recs"]
        X = recs[MARK][1] - SPARE + 1e-6 if MARK in recs else 0  # 1e-6: R + SPARE - SPARE may differ from R in its last digits
        v = {"X": X, "recs": recs, "t": t, "foreign": a["foreign"], "all": {n: r for n, r in recs.items() if r[1] > now}}
        v["ahead"] = {n: r for n, r in v["all"].items() if n != MARK}
        v["F"] = {n: r for n, r in v["ahead"].items() if r[0] == "F"}
        v["unc"] = {n: r for n, r in v["F"].items() if r[1] > X or "today" in s.v}
        v["live"] = {n: r for n, r in v["ahead"].items() if r[1] - GRACE > now}
        v["end"] = max([r[1] - GRACE for r in v["ahead"].values()], default=None)
        v["ending"] = [
            n
            for n, r in recs.items()
            if r[0] == "F" and X < r[1] <= now and (r[1] > now - 120 or t["suspended"])
        ]
        m = t["min"]
        v["watched"] = bool(v["ahead"]) or "marker-watch" in s.v and now < X
        v["own"] = (
            "None"
            if m == 0
            else "Ours" if m == 1 and v["unc"] else "Ending" if m == 1 and v["ending"] else "Owner"
        )
        v["may"] = v["own"] != "Owner" and ("today" in s.v or not a["foreign"] and not t["suspended"])
        return v

    def look(s, p, t=None):
        t = t or (yield from s.call(p, "target"))
        a = yield from s.call(p, "records")
        now = s.now
        v = s.parse(t, a)
        twice = s.procs[p]["kind"] != "tick" or "tick-twice" in s.v
        if twice and v["own"] == "Owner" and (t["min"] == 1 or v["unc"] and "owner-twice" in s.v):
            t = yield from s.call(p, "target")
            v = s.parse(t, a, now)
        return v

    def write(s, p, n, v, kind, R):
        if "today" in s.v:
            kind = "F"
        if kind == "F" and "samex" not in s.v:
            R = max(R, v["X"] + 1)
        r = yield from s.call(p, "put", n, kind, R, v["t"]["max"])
        return s.parse(v["t"], {"recs": {**v["recs"], n: r}, "foreign": v["foreign"]})

    def wake(s, p, n, d, v, R, gain=W):
        """Capacity (only from zero), the record n, the floor. The capacity call comes after the look here; the code makes it beside A."""
        got, err, asked = d["desired"] > 0, None, False
        if not got and d["ok"]:
            asked = True
            try:
                got = yield from s.call(p, "cap", 1)
                err = None if got == "ok" else Fault(got)
                got = got == "ok"
            except Fault as e:
                if e.args[0] is True:
                    raise
                err = e
            if err and "busy-look" in s.v:
                d = yield from s.call(p, "describe")
                got = d["desired"] > 0
                if got:
                    err = None
        elif not got and "busy-look" in s.v:
            d = yield from s.call(p, "describe")
            got = d["desired"] > 0
        floor = got and v["may"] or "frefused" in s.v or "today" in s.v
        n = (yield from n()) if callable(n) else n
        stands = v["own"] == "Ours"
        old = v["ahead"].get(n)
        now_f = old and n in v["unc"]
        kind = "F" if floor or stands else "P"
        skip = kind == "P" and now_f and n in v["live"] and "no-plain-over-floor" in s.v
        if floor and got and v["t"]["min"] == 0 and "raisefirst" in s.v:
            yield from s.call(p, "set_min", 1)
        if kind == "P" and not got and v["may"] and ("busyfloor" in s.v or err and err.args[0] != "refused" and "busy-perhaps" in s.v):
            kind = "F"
        wrote = not skip and not (old and old[1] > R - gain and (kind == "P" or now_f))
        begun, put = s.now, v
        if wrote:
            put = yield from s.write(p, n, v, kind, max(R, old[1] if old else 0))
        if kind == "P" and not got and v["may"] and "recheck-wake" in s.v:
            d, t = yield from s.both(p)
            if d["desired"] or t["min"] == 1:
                yield from s.write(p, n, v, "F", max(R, old[1] if old else 0))
                if d["desired"] and t["min"] == 0:
                    yield from s.call(p, "set_min", 1)
        if floor and got and v["t"]["min"] == 0 and "raisefirst" not in s.v:
            if wrote or "restore-writes" not in s.v:
                yield from s.floor_up(p, n, put, begun)
                if not asked and (v["ahead"] if s.procs[p]["kind"] == "tick" else not v["live"]):
                    yield from s.floor_kept(p, n, put)
            else:
                yield from s.restore(p, v)
        if err:
            raise err

    def floor_up(s, p, n, v, begun):
        """A process that read the records before this one was put may delete it, or make it plain, and look for a floor before there is one."""
        yield from s.call(p, "set_min", 1)
        if "raise-checks" not in s.v or s.now - begun <= 1:
            return
        w = s.parse(v["t"], (yield from s.call(p, "records")))
        if not set(w["live"]) & set(w["unc"]):
            stands = w["ahead"].get(n)
            yield from s.write(p, n, w, "F", max(v["recs"][n][1], stands[1] if stands else 0))
            s.fig["records put again beside a raised floor"] += 1

    def floor_kept(s, p, n, v):
        """An input that found the endpoint on its way to zero, and read what was before this floor, may have made the record plain."""
        if "raise-checks-late" not in s.v:
            return
        # The input can act on such reads until 8 s later, and what it writes shows after as long again. Then once more, 8 s later.
        for wait in (16, 8):
            yield wait
            a = yield from s.call(p, "records")
            t = yield from s.call(p, "target")
            w = s.parse(t, a)
            if t["min"] != 1 or t["suspended"] or a["foreign"] or w["unc"]:
                return
        if n == "hold" and n not in w["recs"]:
            n = "lease"
            yield from s.write(p, n, w, "F", max([s.now + GRACE] + [r[1] + 1 for r in w["unc"].values()]))
            return
        stands = w["ahead"].get(n)
        yield from s.write(p, n, w, "F", max(v["recs"][n][1], stands[1] if stands else 0))
        s.fig["records put again 16 s after a floor was raised"] += 1

    def both(s, p):
        if s.r.random() < 0.5:
            d = yield from s.call(p, "describe")
            t = yield from s.call(p, "target")
        else:
            t = yield from s.call(p, "target")
            d = yield from s.call(p, "describe")
        return d, t

    def under_owner(s, p, d, v):
        if d["desired"] == 0:
            if not d["ok"] or (yield from s.call(p, "cap", max(1, v["t"]["min"]))) != "ok":
                raise Fault("unserved")

    def on_input(s, p, k):
        n, failed = "lease", None
        if s.ledger:
            try:
                yield from s.call(p, "ledger_add", k)
                n = "work"
            except Fault as e:
                if e.args[0] is True:
                    raise
                failed = e
        d, t = yield from s.both(p)
        v = yield from s.look(p, t)
        if v["own"] == "Owner":
            yield from s.under_owner(p, d, v)
        else:
            yield from s.wake(p, n, d, v, s.now + IDLE + W + GRACE)
        if failed:
            raise failed

    def on_result(s, p, k):
        yield from s.call(p, "ledger_done", k)

    def ledger_add(s, p, k):
        s.items[k] = s.now

    def ledger_done(s, p, k):
        s.results[k] = s.now
        s.newest = max(s.newest, s.now)

    def query(s, p):
        return {
            "out": [k for k, t in s.items.items() if k not in s.results and t > s.now - 1200],
            "newest": s.newest,
            "stray": [k for k, t in s.results.items() if k not in s.items and t > s.now - 3600],
        }

    def on_alarm(s, p):
        d, t = yield from s.both(p)
        v = yield from s.look(p, t)
        if v["own"] == "Owner":
            yield from s.under_owner(p, d, v)
        elif not (d["desired"] and v["live"]):
            yield from s.wake(p, "lease", d, v, s.now + IDLE + W + GRACE)

    def on_hold(s, p):
        d, t = yield from s.both(p)
        v = yield from s.look(p, t)
        if v["own"] == "Owner":
            yield from s.under_owner(p, d, v)
            yield from s.write(p, "hold", v, "P", s.now + 2400 + GRACE)
        else:
            yield from s.wake(p, "hold", d, v, s.now + 2400 + GRACE)

    def end_all(s, p, v):
        s.forgiven |= {
            k for _, k in s.queue
        }  # a person ends what stands: an input that was seen a moment ago is theirs to answer for
        kind = "F" if v["own"] == "Ours" else "P"
        for n in ("lease", "work") if "work" in v["ahead"] else ("lease",):
            v = yield from s.write(
                p,
                n,
                v,
                "F" if n in v["unc"] and v["own"] != "Owner" and "done-keeps-kind" in s.v else kind,
                s.now + GRACE,
            )
        return v

    def recheck_ended(s, p, v, n):
        """A plain record that is over may just have replaced the floor record of an input."""
        if "recheck-ended" not in s.v or v["own"] != "None" or not v["may"] or v["recs"][n][0] == "F":
            return v
        d, t = yield from s.both(p)
        if t["min"] == 1 and (yield from s.same(p, n, v["recs"][n], True)):
            v = yield from s.write(p, n, v, "F", v["recs"][n][1])
        return v

    def on_release(s, p):
        v = yield from s.look(p)
        if "hold" not in v["ahead"] and not v["live"]:
            return
        v = yield from s.end_all(p, v)
        yield from s.call(p, "delete", "hold")
        if v["own"] == "Ours" and "hold" in v["ahead"] and "release-cover" in s.v:
            yield from s.cover(p, v, "lease")
        yield from s.recheck_ended(p, v, "lease")

    def on_force(s, p):
        d, t = yield from s.both(p)
        v = yield from s.look(p, t)
        if not d["desired"] or not d["ok"] or v["own"] == "Owner" or s.metric(IDLE) or "hold" in v["live"]:
            return
        if s.ledger and (yield from s.call(p, "query"))["out"]:
            return
        v = yield from s.end_all(p, v)
        for n in sorted(set(NAMES[:2]) & set(v["ahead"])):
            v = yield from s.recheck_ended(p, v, n)
        if "own-view" not in s.v:
            v = yield from s.look(p)
        yield from s.sleep(p, v)

    def metric(s, window):
        """The backlog metric shows what was queued or running LAG seconds ago, and in the window before that."""
        return any(a <= s.now - LAG for a, _ in s.queue) or any(
            a <= s.now - LAG and e >= s.now - LAG - window for a, e in s.done[-40:]
        )

    # ---- the tick
    def tick(s, p):
        d, t = yield from s.both(p)
        v = yield from s.look(p, t)
        own = v["own"]
        if own == "Owner":
            if "ownernothing" in s.v:
                return
            if "today" not in s.v:
                yield from s.unfloor(p, d, v, True)
                yield from s.plain(p, v, v["F"], owner=True)
                yield from s.tidy(p, d, v, True)
            if d["desired"] == 0 and d["ok"] and v["ahead"]:
                if not s.owner and not s.desired and s.now - s.owner_at > 60:
                    s.bad = s.bad or "woken for nothing: our floor was taken for the owner's"
                yield from s.call(p, "cap", max(1, t["min"]))
            return
        if "tidy-last" not in s.v and "today" not in s.v:
            yield from s.tidy(p, d, v, False)
        refused = None
        try:
            yield from s.decide(p, d, t, v)
        except Fault as e:
            if e.args[0] != "refused" or "tidy-refused" not in s.v:
                raise
            refused = e
        if "tidy-last" in s.v and "today" not in s.v and (refused or not s.procs[p]["wrote"]):
            yield from s.tidy(p, d, v, False)
        elif "tidy-last" in s.v and "tidy-marker" in s.v and "today" not in s.v and not s.procs[p]["lowered"]:
            yield from s.tidy(p, d, v, False, only=MARK)
        if refused:
            raise refused

    def decide(s, p, d, t, v):
        own = v["own"]
        n = max(
            v["live"] or v["ahead"] or {"lease": (0, 0)},
            key=lambda n: (v["live"] or v["ahead"]).get(n, (0, 0))[1],
        )
        end = v["end"]
        Q = (yield from s.call(p, "query")) if s.ledger and (v["watched"] or d["desired"]) else None
        if d["desired"] == 0:
            old = {n: r for n, r in v["unc"].items() if n not in v["live"]}
            if not d["ok"]:
                if old and own == "None" and "settle" in s.v and "today" not in s.v:
                    yield from s.mark(p, {**v, "unc": old})
                return
            if v["live"]:
                yield from s.wake(p, n, d, v, v["live"][n][1], 0)
            elif Q and Q["out"]:
                yield from s.wake(p, "work", d, v, s.now + IDLE + GRACE)
            elif v["watched"] and s.metric(0) and not (Q and Q["newest"] > s.now - LAG):
                yield from s.wake(p, "lease", d, v, s.now + IDLE + W + GRACE)
            elif "today" in s.v:
                if own == "Ours":
                    yield from s.call(p, "set_min", 0)
            elif own == "Ours" or v["F"]:
                yield from s.defuse(p, d, v)
            return
        if own == "Ending":
            if t["suspended"]:
                yield from s.call(p, "set_min", 0)
                yield from s.wake(p, "lease", d, {**v, "own": "None"}, s.now + IDLE + GRACE)
            return
        stands = "work" if Q and Q["out"] or "lease" not in v["ahead"] and "work" in v["ahead"] else "lease"
        if not d["ok"]:
            if end is None or end < s.now + IDLE:
                yield from s.wake(p, stands, d, v, s.now + IDLE + W + GRACE)
            elif v["may"] and t["min"] == 0 and d["desired"] <= t["max"] and "settle" in s.v:
                yield from s.restore(p, v)
            return
        if end is None:
            yield from s.wake(p, "lease", d, v, s.now + IDLE + GRACE)
            return
        quiet = (
            Q
            and not Q["out"]
            and not Q["stray"]
            and -1e8 < Q["newest"] < s.now - 60
            and not {"lease", "hold"} & set(v["ahead"])
        )
        if quiet:
            v = yield from s.write(
                p,
                "work",
                v,
                "F" if own == "Ours" or "work" in v["unc"] and "done-keeps-kind" in s.v else "P",
                s.now + GRACE,
            )
            v = yield from s.recheck_ended(p, v, "work")
            if "own-view" not in s.v:
                v = yield from s.look(p)
            yield from s.sleep(p, v, True)
            return
        if v["live"]:
            if v["may"] and t["min"] == 0 and d["desired"] <= t["max"]:
                yield from s.restore(p, v)
            elif (
                (own == "Ours" or v["unc"] and "not-due-at-0" in s.v) and not v["may"] and "today" not in s.v
            ):
                if own == "Ours":
                    yield from s.call(p, "set_min", 0)
                yield from s.unfloor(p, d, v, False)
                yield from s.plain(p, v, v["F"])
            return
        if Q and Q["out"] or s.metric(IDLE):
            yield from s.wake(p, stands, d, v, s.now + 180 + GRACE, 0)
            return
        yield from s.sleep(p, v)

    def restore(s, p, v):
        n = max(v["live"], key=lambda n: v["live"][n][1])
        if "restore-writes" in s.v:
            a = yield from s.call(p, "records")
            begun = s.now
            if a["recs"].get(n) == v["recs"][n]:
                v = yield from s.write(p, n, v, "F", v["live"][n][1])
            else:
                v = s.parse(v["t"], a)
            if not set(v["live"]) & set(v["unc"]):
                if v["unc"] and v["t"]["min"] == 0:
                    yield from s.cancel_over(p)
                return
        elif not set(v["live"]) & set(v["unc"]):
            begun = s.now
            v = yield from s.write(p, n, v, "F", v["live"][n][1])
        else:
            begun = s.now
        if v["t"]["min"] == 0:
            n = max(set(v["live"]) & set(v["unc"]), key=lambda n: v["live"][n][1], default=n)
            yield from s.floor_up(p, n, v, begun)
            yield from s.floor_kept(p, n, v)

    def unfloor(s, p, d, v, owner):
        """No floor is due beside these floor records."""
        live = {n: r for n, r in v["unc"].items() if n in v["live"] and "live-plain" in s.v}
        over = {n: r for n, r in v["unc"].items() if n not in live}
        wrote = False
        for n, r in live.items():
            if (yield from s.same(p, n, r, True)):
                yield from s.call(p, "put", n, "P", r[1], v["t"]["max"])
                wrote = True
        if over:
            yield from s.mark(p, {**v, "unc": over})
        if wrote and v["own"] == "Ours" and "lower-checks" in s.v:
            # The floor was lowered before. An input may have put the same record again, and raised the floor.
            t = yield from s.call(p, "target")
            if t["min"] == 1 and not t["suspended"]:
                a = yield from s.call(p, "records")
                for n, r in live.items():
                    if not a["foreign"] and a["recs"].get(n, (0, 0))[:2] == ("P", r[1]):
                        yield from s.write(p, n, s.parse(t, a), "F", r[1])
        if wrote and not owner and not v["foreign"] and "recheck-all" in s.v and "norecheck" not in s.v:
            yield from s.recheck(p, v, d)

    def cancel_over(s, p):
        """The floor is not raised, because the record is over by now: nothing may be left that makes an owner's 1 ours."""
        a = yield from s.call(p, "records")
        t = yield from s.call(p, "target")
        v = s.parse(t, a)
        over = {n: r for n, r in v["unc"].items() if n not in v["live"]}
        if over and t["min"] == 0:
            yield from s.mark(p, {**v, "unc": over})

    def mark(s, p, v):
        if "today" in s.v:
            return
        X = max(r[1] for r in v["unc"].values())
        yield from s.call(p, "put", MARK, "P", X + SPARE, v["t"]["max"])

    def sleep(s, p, v, done=False):
        own = v["own"]
        if own not in ("None", "Ours"):
            return
        if "markerfirst" in s.v and v["unc"]:
            yield from s.mark(p, v)
        if v["own"] == "Ours":
            yield from s.call(p, "set_min", 0)
        elif v["unc"] and "raised-again" in s.v and not s.v & {"today", "content"}:
            if (yield from s.call(p, "target"))["min"]:
                return
        if "content" in s.v:
            for n, r in v["unc"].items():
                yield from s.call(p, "put", n, "P", r[1], v["t"]["max"])
        elif v["unc"] and "markerfirst" not in s.v:
            yield from s.mark(p, v)
        d, t = yield from s.both(p)
        a = yield from s.call(p, "records")
        v = s.parse(t, a)
        Q = (yield from s.call(p, "query")) if done else None
        if v["live"] or Q and Q["out"]:
            if v["live"] and v["may"]:
                yield from s.restore(p, v)
            elif not v["live"]:
                yield from s.wake(p, "work", d, v, s.now + IDLE + GRACE, 0)
            return
        if t["min"] >= 1:
            if t["min"] == 1 and "lastlookfloor" in s.v and own == "None" and not v["foreign"] and not t["suspended"]:
                yield from s.write(p, "lease", v, "F", s.now + GRACE)
            return
        if v["unc"] and "marker-again" in s.v and "content" not in s.v:
            yield from s.mark(p, v)
        if not d["ok"]:
            return
        yield from s.call(p, "cap", 0)
        a = yield from s.call(p, "records")
        v = s.parse(t, a)
        Q = (yield from s.call(p, "query")) if done else None
        if v["live"] or Q and Q["out"]:
            d, t = yield from s.both(p)
            if "fresh-look" in s.v:
                v = yield from s.look(p, t)
            else:
                v = s.parse(t, a)
            if v["own"] == "Owner" and "fresh-look" in s.v:
                yield from s.under_owner(p, d, v)
                return
            n = max(v["live"] or {"work": (0, 0)}, key=lambda n: v["live"].get(n, (0, 0))[1])
            if d["desired"] == 0:
                yield from s.wake(p, n, d, v, v["live"][n][1] if v["live"] else s.now + IDLE + GRACE, 0)

    def same(s, p, n, r, always=False):
        if not always and "read-before" not in s.v:
            return True
        a = yield from s.call(p, "records")
        return a["recs"].get(n) == r

    def recheck(s, p, v, d0):
        """After a put or delete of ours: an input's record may just have been replaced. The next tick raises the floor."""
        if s.lag:
            yield 8
        d, t = yield from s.both(p)
        if d["desired"] and not d0["desired"] or t["min"] == 1 and v["t"]["min"] == 0:
            R = max(s.now + IDLE + GRACE, v["recs"].get("lease", (0, 0))[1])
            yield from s.write(p, "lease", v, "F" if v["may"] else "P", R)

    def plain(s, p, v, F, owner=False):
        if "delete-late" in s.v:
            return
        for n, r in F.items():
            if (yield from s.same(p, n, r, True)):
                yield from s.call(p, "put", n, "P", r[1], v["t"]["max"])

    def defuse(s, p, d, v):
        if v["own"] == "Ours":
            yield from s.call(p, "set_min", 0)
        if v["unc"]:
            yield from s.mark(p, v)
        yield from s.plain(p, v, v["F"])
        if "norecheck" not in s.v and "delete-late" not in s.v:
            yield from s.recheck(p, v, d)

    def tidy(s, p, d, v, owner, only=None):
        # No floor is due at zero: a floor record that stands beside a MinCapacity of 0 would make an owner's minimum ours.
        if d["desired"] == 0 and v["own"] == "None" and v["unc"] and only is None and "plain-at-zero" in s.v:
            yield from s.unfloor(p, d, v, False)
        zero = d["desired"] == 0 and d["ok"]
        wrote, deleted = False, None
        left = dict(v["F"])
        for n, r in sorted(v["all"].items(), key=lambda x: x[0] == MARK):
            watches = "marker-watch" in s.v and d["desired"] == 0 and s.now < v["X"]
            free = n != MARK or not watches and not [x for x in left.values() if x[1] <= v["X"]]
            over = "delete-late" in s.v and (n not in v["unc"] or r[1] < max(x[1] for x in v["unc"].values()))
            if r[0] != "P" and not over or only not in (None, n):
                continue
            near = (
                r[1] - s.now <= SPARE
                and n not in v["live"]
                and "nodelete" not in s.v
                and (zero and not owner or "delete-any" in s.v)
            )
            if near and owner and d["desired"] == 0 and n != MARK and "keep-owner" in s.v:
                if (yield from s.same(p, n, r)):
                    yield from s.call(p, "put", n, "P", s.now + GRACE, v["t"]["max"])
                continue
            if free and (near or n == MARK and (zero or "marker-any" in s.v)):
                if s.slow and n != MARK and s.r.random() < 0.5:
                    s.arrive(s.r.uniform(0, 4))
                if s.slow and n != MARK and "hold" in v["live"] and s.r.random() < 0.5:
                    s.spawn("release", s.on_release, delay=s.r.uniform(0, 2))
                if (yield from s.same(p, n, r)):
                    yield from s.call(p, "delete", n)
                    wrote = wrote or n != MARK
                    left.pop(n, None)
                    if n != MARK and v["own"] == "Ours":
                        if "delete-cover" in s.v:
                            yield from s.cover(p, v, n)
                        deleted = n
            elif r[0] == "P" and r[2] != v["t"]["max"] and "norewrite" not in s.v:
                if (yield from s.same(p, n, r)):
                    yield from s.call(p, "put", n, "P", r[1], v["t"]["max"])
                    wrote = wrote or n != MARK
        if (
            wrote
            and (zero or "delete-late" in s.v)
            and not owner
            and "norecheck" not in s.v
            and "recheck-all" in s.v
        ):
            yield from s.recheck(p, v, d)
        if deleted:
            yield 8
            if s.slow and s.r.random() < 0.2:
                raise Fault(True)
            if "delete-cover-late" in s.v:
                yield from s.cover(p, v, deleted)

    def cover(s, p, v, n):
        """A release may have ended the other records in the meantime, and left the floor to the one that was deleted."""
        w = s.parse(v["t"], (yield from s.call(p, "records")))
        if not w["unc"] and (yield from s.call(p, "target"))["min"] == 1:
            yield from s.write(p, n, w, "F", s.now + GRACE)
            s.fig["records put after a delete"] += 1

    # ---- processes
    def spawn(s, kind, make, tries=0, done=None, delay=0.0):
        def start():
            s.pid += 1
            p = s.pid
            s.procs[p] = {
                "kind": kind,
                "calls": 0,
                "read": 1e9,
                "read0": 1e9,
                "looked": -1,
                "wrote": False,
                "lowered": False,
                "slept": False,
                "t0": s.now,
            }
            step(p, make(p))

        def step(p, g):
            q = s.procs[p]
            try:
                x = next(g)
                s.at(s.now + x, lambda: step(p, g))
                return
            except StopIteration:
                if kind == "tick":
                    s.clean.append((q["t0"], s.now))
                    s.clean = s.clean[-30:]
                if done:
                    done()
            except Fault as e:
                if kind == "tick" and e.args[0] in ("refused", "busy"):
                    s.clean.append((q["t0"], s.now))
                if tries:
                    s.spawn(kind, make, tries - 1, done, 60 if tries == 2 else 120)
            if q["slept"]:
                s.fig["calls of sleeping ticks"] += q["calls"]
            elif kind == "tick" and q["wrote"] and s.desired == 0:
                s.fig["calls of ticks that write at zero"] += q["calls"]
            del s.procs[p]

        s.at(s.now + delay, start)

    def provoke(s, x):
        """Inputs and owners like the instants around our sleeps."""
        if s.r.random() < x:
            s.arrive(s.r.uniform(0, 2.5))
        elif s.r.random() < 0.25 and s.owner == 0:
            m = s.r.choice([1, 1, 2])
            t = s.now + s.r.choice([s.r.uniform(0, 4), s.r.uniform(5, 130), s.r.uniform(100, 700)])
            s.at(t, lambda: s.own(m))
            s.at(t + s.r.choice([s.r.uniform(5, 300), s.r.uniform(600, 4000)]), lambda: s.own(0))
        elif s.r.random() < 0.1:
            s.at(s.now + s.r.choice([s.r.uniform(0, 5), s.r.uniform(300, 620)]), s.remax)

    def arrive(s, delay):
        def go():
            if s.now > s.end - 5400:
                return
            k = s.seq
            s.queue.append((s.now, k))
            s.log("input", k)
            a = lambda: s.known.add(k)
            for i in range(1 + (s.r.random() < 0.08)):
                s.spawn(
                    "input",
                    lambda p: s.on_input(p, k),
                    2,
                    a if not i else None,
                    s.r.uniform(0.1, 2) if not i else s.r.uniform(0.1, 900),
                )
            if s.r.random() < 0.3:
                s.spawn("alarm", s.on_alarm, 2, None, s.r.uniform(60, 200))

        s.at(s.now + delay, go)

    def work(s):
        s.at(s.now + 5, s.work)
        if s.queue and s.current and s.ready() and s.desired and s.r.random() < 0.12:
            a, k = s.queue.pop(0)
            s.done.append((a, s.now))
            s.known.discard(k)
            if s.ledger and not (s.faults and s.r.random() < 0.02):
                s.spawn("result", lambda p: s.on_result(p, k), 2, None, s.r.uniform(0.1, 3))

    def own(s, m):
        if s.now > s.end - 5400 and m:
            return
        s.max = max(s.max, m)
        v = s.parse({**s.target(0), "min": 1}, s.records(0))
        # 1 over 1 changes nothing in AWS. Whoever could not tell the owner's 1 from our floor still cannot, as long as a floor record
        # stands that makes it ours. (docs/internals/design.md: "These cases cannot be distinguished".)
        s.excused = s.excused and m == s.owner == s.min == 1 and bool(v["unc"] or v["ending"])
        s.owner = m
        s.owner_at = s.now
        s.log("OWNER min", m)
        s.fig["owner sets a minimum"] += m > 0
        if m == 1:
            acting = [
                q for q in s.procs.values() if q["wrote"] or q["kind"] != "result" and q["read"] < s.now
            ]
            if s.min == 1 and s.ours:
                s.excuse("1 set beside a floor of ours")
            elif set(v["unc"]) & set(v["live"]) and s.desired and not s.foreign:
                s.excuse("1 set beside a live floor record, endpoint up")
            elif v["unc"] and (acting or s.now - s.wfault < 200):
                s.excuse("1 set while we were writing, or just after a write of ours failed")
            elif v["unc"] and not s.ticks_since(s.lowered):
                s.excuse("1 set beside a floor record, no clean tick since the floor went")
            elif v["ending"]:
                s.excuse("1 set within 2 minutes after a floor record's R")
        if m == 0:
            s.lowered = s.now
        s.min = m
        s.ours = False
        s.clamp()

    def remax(s):
        s.max = s.r.choice([x for x in (1, 2, 3, 4) if x >= max(1, s.owner)])
        s.max_at = s.now
        s.log("OWNER max", s.max)
        s.fig["owner sets MaxCapacity"] += 1
        s.clamp()

    def schedule(s):
        s.spawn("tick", s.tick) if not (s.faults and s.r.random() < 0.05) else None
        s.at(s.now + 60, s.schedule)
        s.r.random() < 0.05 and s.spawn("tick", s.tick, 0, None, s.r.uniform(0, 5))

    def flag(s, name, on):
        setattr(s, name, on)
        s.log(name, on)

    def run(s, hours=7):
        r = s.r
        s.end = hours * 3600
        stop = s.end - 5400
        t = r.uniform(60, 900)
        while t < stop:
            s.at(t, lambda: s.arrive(0))
            t += r.choice(
                [r.uniform(1, 60), r.uniform(300, 900), r.uniform(620, 1300), r.uniform(1500, 5000)]
            )
        t = r.uniform(0, 4000)
        while t < stop:
            m = r.choice([1, 1, 1, 2])
            e = t + r.choice([r.uniform(5, 400), r.uniform(600, 5000)])
            s.at(t, lambda m=m: s.own(m))
            s.at(e, lambda: s.own(0))
            t = e + r.choice([r.uniform(60, 3000), r.uniform(1, 6000)])
        for name, x, k in (("foreign", 0.3, 1), ("suspended", 0.25, 1), ("quota", 0.35, 2)):
            for _ in range(k):
                if r.random() < x:
                    t = r.uniform(0, stop)
                    s.at(t, lambda n=name: s.flag(n, True))
                    s.at(t + r.uniform(120, 5000), lambda n=name: s.flag(n, False))
        for kind, f, x in (
            ("hold", s.on_hold, 2),
            ("release", s.on_release, 2),
            ("force", s.on_force, 2),
            ("alarm", s.on_alarm, 2),
        ):
            for _ in range(r.randint(0, x)):
                s.at(r.uniform(0, stop), lambda k=kind, f=f: s.spawn(k, f))
        for _ in range(r.randint(0, 4)):
            s.at(r.uniform(0, stop), s.remax)
        s.at(r.uniform(0, 60), s.schedule)
        s.at(5, s.work)
        s.at(10, s.watch)
        while s.heap and not s.bad and s.now < s.end:
            s.now, _, f = heapq.heappop(s.heap)
            if s.lag and not s.past:
                s.past.append((s.now, s.state()))
            f()
            if s.lag and s.past[-1][1] != s.state():
                s.past.append((s.now, s.state()))
            s.judge()
        return s

    def ticks_since(s, t):
        return sum(1 for a, b in s.clean if a > t)

    def judge(s):
        if s.min < s.owner:
            if not s.excused:
                s.bad = s.bad or "owner's minimum undone"
            s.owner = s.min
        if (
            [1 for _, k in s.queue if k in s.known and k not in s.forgiven]
            and s.desired == 0
            and s.ready()
            and not s.quota
        ):
            s.wait = s.wait or s.now
            if s.now - s.wait > 135 and s.ticks_since(s.wait) >= 3:
                s.bad = s.bad or "lost wake"
        else:
            s.wait = None

    def watch(s):
        s.at(s.now + 10, s.watch)
        v = s.parse(s.target(0), s.records(0))
        if (
            s.ours
            and s.min == 1
            and not s.owner
            and not v["unc"]
            and not v["ending"]
            and not s.procs
            or s.leak
            and s.procs
            and s.ours
            and s.min == 1
            and not s.owner
        ):
            s.leak = s.leak or s.now
            if s.ticks_since(s.leak) > 4:
                s.bad = s.bad or "floor leaked"
        else:
            s.leak = None
        if (
            s.desired
            and not s.queue
            and not s.owner
            and not ("hold" in s.recs and s.recs["hold"][1] - GRACE > s.now)
        ):
            s.idle = s.idle or s.now
            if s.now - s.idle > 3600:
                s.bad = s.bad or "up for an hour for nothing"
        else:
            s.idle = None


def main():
    worlds, first = int(sys.argv[1]), int(sys.argv[2])
    for v in sys.argv[3:] or VARIANTS:
        for ledger in (False, True):
            for faults, slow, stale in ((False, False, False), (True, False, False), (False, True, False), (False, False, True)):
                kinds, seeds, fig = Counter(), {}, Counter()
                for seed in range(first, first + worlds):
                    w = World(seed, faults, ledger, VARIANTS[v], slow, stale).run()
                    fig.update(w.fig)
                    if w.bad:
                        kinds[w.bad] += 1
                        seeds.setdefault(w.bad, seed)
                n = max(fig["sleeps"], 1)
                print(
                    "%-26s %-6s %-6s %d worlds: %s"
                    % (
                        v,
                        "ledger" if ledger else "",
                        "stale" if stale else "slow" if slow else "faults" if faults else "quiet",
                        worlds,
                        {k: "%d (seed %d)" % (c, seeds[k]) for k, c in kinds.items()} or "no violation",
                    )
                )
                print(
                    "     owner: %d minima, %d maxima; sleeps %d; calls per sleep %.1f + %.1f at zero; "
                    % (
                        fig["owner sets a minimum"],
                        fig["owner sets MaxCapacity"],
                        fig["sleeps"],
                        fig["calls of sleeping ticks"] / n,
                        fig["calls of ticks that write at zero"] / n,
                    ),
                    {k: round(x) for k, x in sorted(fig.items()) if k.startswith("exc")},
                    flush=True,
                )


if __name__ == "__main__":
    main()
