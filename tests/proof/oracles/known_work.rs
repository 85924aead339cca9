//! Rule 3, with results: the function never sets the capacity to zero over an upload that the ledger had before the last
//! look began and whose request has not ended, unless the metric was idle in all of J and the upload is older. It does so
//! only for one of two reasons, which the responses of AWS must show: the metric was idle, or the ledger shows that all
//! work is done.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{Records, WORK, release_time},
    ledger::{Item, Standing, Summary, Verdict},
    port::{EndpointStatus, VariantId},
};

use super::{jobs, last_look, rule_3};
use crate::{
    call::{Request, Response},
    event_log::{CallMade, Effect, EventLog, EventTime, Invocation, InvocationEnd, Signal},
    plan::{Command, Plan},
};

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    sleeps(plan, log).find_map(|sleep| {
        let why = sleep.check().err()?;
        let Sleep { made, id, effect, .. } = sleep;
        Some(format!(
            "{} ({:?}) put {} to zero at {}: {why}",
            made.cause, made.signal, id.endpoint, effect.when.at
        ))
    })
}

/// Rule 4: a sleep by the metric forgets the outstanding uploads that nobody invoked. Otherwise the ledger could not end
/// the wait for later work.
pub fn unforgotten(plan: &Plan, log: &EventLog) -> Option<String> {
    sleeps(plan, log).find_map(|sleep| {
        let (look, earlier) = sleep.looks().ok()?;
        let since = sleep.idle(&earlier).ok()?;
        let ledger = first_read(&look)?;
        // The metric alone decides then, and nothing is forgotten.
        if sleep.may_not_have_read_the_ledger() {
            return None;
        }
        let is_over = sleep.call.answered.filter(|_| sleep.effect.response == Response::Done)?;
        let old = ledger.items.iter().filter(|item| {
            item.standing() == Standing::Outstanding && item.touched_at.is_some_and(|at| at < since)
        });
        let forgets = |item: &Item| {
            sleep.made.calls.iter().any(|call| {
                matches!(&call.request, Request::ForgetItem(_, of) if *of == item.location)
                    && call.requested >= is_over
            })
        };
        let left = old.into_iter().find(|item| sleep.went_on() && !forgets(item))?;
        Some(format!("{} left {left:?} outstanding, which nobody invoked", sleep.made.cause))
    })
}

/// The accepted calls that set the capacity of an endpoint with results to zero.
fn sleeps<'a>(plan: &'a Plan, log: &'a EventLog) -> impl Iterator<Item = Sleep<'a>> {
    let calls = log.invocations.iter().flat_map(|made| made.calls.iter().map(move |c| (made, c)));
    calls.filter_map(move |(made, call)| {
        let Request::SetCapacity(id, 0) = &call.request else { return None };
        let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
        let endpoint = log.ids.iter().position(|known| known == id)?;
        if !plan.endpoints[endpoint].results {
            return None;
        }
        Some(Sleep { plan, log, made, call, effect, id, endpoint })
    })
}

/// A call that set the capacity to zero.
struct Sleep<'a> {
    plan: &'a Plan,
    log: &'a EventLog,
    made: &'a Invocation,
    call: &'a CallMade,
    effect: &'a Effect,
    id: &'a VariantId,
    endpoint: usize,
}

/// A last look that takes longer than this is not good (rule 9 of the ledger).
const SLOW: SignedDuration = SignedDuration::from_secs(3);

type Answer<'a> = (&'a CallMade, &'a Effect, EventTime);

/// What the last look saw of the ledger.
struct Ledger {
    /// When the first page was read.
    read: EventTime,
    items: Vec<Item>,
}

impl Sleep<'_> {
    /// The answers of the last look, and those before it.
    fn looks(&self) -> Result<(Vec<Answer<'_>>, Vec<Answer<'_>>), String> {
        // A tick reads several endpoints. Reads of other endpoints do not count.
        let ours = |request: &Request| request.is_about(self.id);
        let answers = self.made.answers();
        let before: Vec<Answer<'_>> = answers
            .into_iter()
            .filter(|(call, _, answered)| *answered < self.call.requested && ours(&call.request))
            .collect();
        let describe = Request::Endpoint(self.id.endpoint.clone());
        let described = before.iter().filter(|(call, ..)| call.request == describe);
        let last = last_look::began(self.made, self.call, self.id);
        let last = last.filter(|_| described.count() > 1).ok_or("it took no last look")?;
        Ok(before.into_iter().partition(|(call, ..)| call.requested >= last))
    }

    /// Whether a read of the ledger failed in the last look. With several variants, the reads do not show for which of
    /// them they were made.
    fn may_not_have_read_the_ledger(&self) -> bool {
        let Some(began) = last_look::began(self.made, self.call, self.id) else { return false };
        let failed = |read: &CallMade| {
            let response = read.effect.as_ref().map(|effect| &effect.response);
            matches!(&read.request, Request::Items(name, _) if *name == self.id.endpoint)
                && (began..self.call.requested).contains(&read.requested)
                && (read.answered.is_none() || !matches!(response, Some(Response::Items(_))))
        };
        self.log.variants(self.endpoint).count() > 1 && self.made.calls.iter().any(failed)
    }

    /// Whether the invocation had the time to do everything.
    fn went_on(&self) -> bool {
        match &self.made.end {
            InvocationEnd::Answered(_) => true,
            InvocationEnd::Failed(text) => !text.contains("time was up"),
            _ => false,
        }
    }

    fn check(&self) -> Result<(), String> {
        let (look, earlier) = self.looks()?;
        self.nothing_prevents_it(&look, &earlier)?;
        self.was_quick(&look)?;
        let ledger = first_read(&look);
        let since = match (self.done(&earlier, ledger.as_ref()), self.idle(&earlier)) {
            (Ok(()), _) => Timestamp::MIN,
            (Err(_), Ok(since)) => since,
            (Err(undone), Err(busy)) => return Err(format!("{undone}, and {busy}")),
        };
        if let Some(ledger) = &ledger {
            self.over_known_work(ledger, since)?;
        }
        self.looked_again()
    }

    /// What a look reads first can be too old when its last part arrives.
    fn was_quick(&self, look: &[Answer<'_>]) -> Result<(), String> {
        // The wait for the ledger is shorter than this. Another variant of the endpoint has a look of its own at it.
        let parts = look
            .iter()
            .filter(|(call, ..)| matches!(call.request, Request::Target(_) | Request::Actions(_)));
        let began = look.iter().map(|(call, ..)| call.requested.at).min();
        let last = parts.map(|(.., answered)| answered.at).max();
        let (Some(began), Some(last)) = (began, last) else { return Ok(()) };
        let took = last.duration_since(began);
        match took > SLOW {
            true => Err(format!("its last look took {took:#}")),
            false => Ok(()),
        }
    }

    /// The status, the target, and the records that the last look saw.
    fn nothing_prevents_it(
        &self,
        look: &[Answer<'_>],
        earlier: &[Answer<'_>],
    ) -> Result<(), String> {
        let now = self.call.requested.at + SignedDuration::from_secs(self.made.ahead);
        let (mut status, mut target, mut records) = (None, None, None);
        for (_, effect, _) in look {
            match &effect.response {
                Response::Endpoint(Some(shown)) => status = Some(shown.status),
                Response::Target(shown) => target = Some(shown.clone()),
                Response::Actions(actions) => records = Some(Records::read(actions, self.id, now)),
                _ => {}
            }
        }
        if status != Some(EndpointStatus::InService) {
            return Err(format!("its last look saw the status {status:?}"));
        }
        let mut records = records.ok_or("its last look saw no records")?;
        if self.ended_work() && self.seen(earlier).is_some_and(|seen| seen.work == records.work) {
            // A late read of the record that this invocation ended.
            records.work = None;
        }
        // The records were judged when they were read.
        if records.live(self.call.requested.at + SignedDuration::from_secs(self.made.ahead)) {
            return Err("a record was live at its last look".to_owned());
        }
        let is_forced =
            matches!(self.made.signal, Signal::Command(_, Command::Sleep { force: true }));
        match target.ok_or("its last look saw no scalable target")? {
            None if is_forced => Ok(()),
            None => Err("the variant was not registered at its last look".to_owned()),
            Some(target) if target.suspended.scaling_in => {
                Err("scaling in was suspended at its last look".to_owned())
            }
            Some(target) if target.min > 1 => {
                Err(format!("its last look saw a MinCapacity of {}", target.min))
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether the ledger shows that all work is done, and nothing that it does not explain keeps the endpoint awake.
    fn done(&self, earlier: &[Answer<'_>], ledger: Option<&Ledger>) -> Result<(), String> {
        if self.made.signal.endpoint().is_some() && !matches!(self.made.signal, Signal::Status(_)) {
            return Err("a command does not go by the results".to_owned());
        }
        let last = ledger.ok_or("its last look did not read the ledger")?;
        if last.items.iter().any(|item| item.standing() == Standing::Outstanding) {
            return Err("its last look saw outstanding work".to_owned());
        }
        // A result that came during the sleep does not prevent it.
        let now = self.call.requested.at + SignedDuration::from_secs(self.made.ahead);
        let idle = SignedDuration::from_mins(self.plan.endpoints[self.endpoint].idle_minutes);
        let verdict = |read: Ledger| Verdict::of(Some(&Summary::of(&read.items, now)), now, idle);
        // Each variant reads the ledger of its endpoint, so the first read can be that of another one.
        let variants = self.log.variants(self.endpoint).count();
        let verdicts: Vec<Verdict> =
            reads(earlier).into_iter().take(variants).map(verdict).collect();
        let first = verdicts.first().ok_or("it did not read the ledger")?;
        if !verdicts.iter().any(|verdict| matches!(verdict, Verdict::Done { .. })) {
            return Err(format!("the ledger said {first:?}"));
        }
        let records = self.seen(earlier).ok_or("it saw no records")?;
        match records.lease.is_some() || records.hold.is_some() {
            true => Err("a lease or a hold stood".to_owned()),
            false => Ok(()),
        }
    }

    /// The records in the last response that has them.
    fn seen(&self, answers: &[Answer<'_>]) -> Option<Records> {
        answers.iter().rev().find_map(|(_, effect, answered)| match &effect.response {
            Response::Actions(actions) => {
                let now = answered.at + SignedDuration::from_secs(self.made.ahead);
                Some(Records::read(actions, self.id, now))
            }
            _ => None,
        })
    }

    /// Whether the invocation ended the work record before it requested the capacity.
    fn ended_work(&self) -> bool {
        let ahead = SignedDuration::from_secs(self.made.ahead);
        self.made.calls.iter().any(|call| {
            matches!(&call.request, Request::Put(id, name, at)
                if id == self.id && name == WORK && release_time(call.requested.at + ahead) >= *at)
                && call.effect.as_ref().is_some_and(|effect| effect.accepted)
                && call.requested < self.call.requested
        })
    }

    /// Whether the metric was idle in all of J. Since when.
    fn idle(&self, earlier: &[Answer<'_>]) -> Result<Timestamp, String> {
        let metric = Request::Backlog(self.id.endpoint.clone());
        let reads = (0..earlier.len()).rev().filter(|place| earlier[*place].0.request == metric);
        // Each variant reads the metric of its endpoint, so the last read can be that of another one.
        let variants = self.log.variants(self.endpoint).count();
        let mut judged = reads.take(variants).map(|place| self.idle_by(earlier, place));
        let last = judged.next().unwrap_or_else(|| Err("it looked at no metric".to_owned()));
        judged.fold(last, |known, other| known.or_else(|why| other.map_err(|_| why)))
    }

    /// Whether one read of the metric shows that it was idle in all of J.
    fn idle_by(&self, earlier: &[Answer<'_>], place: usize) -> Result<Timestamp, String> {
        let ahead = SignedDuration::from_secs(self.made.ahead);
        let (call, shown, answered) = earlier[place];
        let Response::Backlog(points) = &shown.response else {
            return Err("it could not read the metric".to_owned());
        };
        let records =
            earlier[..place].iter().rev().find_map(|(_, effect, _)| match &effect.response {
                Response::Actions(actions) => {
                    Some(Records::read(actions, self.id, call.requested.at + ahead))
                }
                _ => None,
            });
        let judged_at = answered.at + ahead;
        let records = records.ok_or("it saw no records before the metric")?;
        let end = records.ends_at().filter(|end| *end <= judged_at).unwrap_or(judged_at);
        let since = end - self.plan.endpoints[self.endpoint].window();
        rule_3::idle_since(points, since, judged_at).map(|()| since)
    }

    /// Whether the ledger had an upload whose request has not ended.
    fn over_known_work(&self, ledger: &Ledger, since: Timestamp) -> Result<(), String> {
        for (request, job) in jobs::uploads(self.log) {
            if !self.log.same_endpoint(request.endpoint, self.endpoint)
                || !jobs::is_alive(self.log, job, self.effect.when.at)
            {
                continue;
            }
            // What was handled with success is in the ledger.
            let handled = jobs::handled(self.log, request).filter_map(|made| {
                Some((made.ended?, made.began.at + SignedDuration::from_secs(made.ahead)))
            });
            let known = jobs::recorded(self.log, request).chain(handled);
            let known = known.filter(|(when, _)| *when < ledger.read).map(|(_, at)| at);
            let Some(touched) = known.max() else { continue };
            let item = ledger.items.iter().find(|item| item.location == request.location);
            // A later request for the same object has a result.
            let is_hidden = item.is_some_and(|item| item.standing() == Standing::Finished);
            if touched >= since && !is_hidden {
                return Err(format!(
                    "the ledger had {} since {touched}, whose request (job {}) has not ended; it \
                     saw {item:?}",
                    request.location, job.0
                ));
            }
        }
        Ok(())
    }

    /// After the capacity call, the records and the ledger are read again.
    fn looked_again(&self) -> Result<(), String> {
        let Some(answered) = self.call.answered.filter(|_| self.went_on()) else { return Ok(()) };
        if self.effect.response != Response::Done {
            return Ok(());
        }
        let read = |wanted: &Request| {
            self.made.calls.iter().any(|call| call.request == *wanted && call.requested > answered)
        };
        let items = Request::Items(self.id.endpoint.clone(), None);
        match read(&items) && read(&Request::Actions(self.id.clone())) {
            true => Ok(()),
            false => Err("it did not look again".to_owned()),
        }
    }
}

/// The items that a look read first. `None` if it did not read them, or not all.
fn first_read(look: &[Answer<'_>]) -> Option<Ledger> {
    reads(look).into_iter().next()
}

/// The items, for each time that they were read. Each variant of an endpoint reads them, also in between, and the read of
/// one of the two can fail.
fn reads(look: &[Answer<'_>]) -> Vec<Ledger> {
    let page_after = |start: Option<&str>, from: EventTime| {
        let answered =
            look.iter().filter_map(|(call, effect, _)| match (&call.request, &effect.response) {
                (Request::Items(_, after), Response::Items(page)) if after.as_deref() == start => {
                    Some((call.requested, effect.when, page))
                }
                _ => None,
            });
        answered
            .filter(|(requested, ..)| *requested >= from)
            .min_by_key(|(requested, ..)| *requested)
    };
    let from = |first: EventTime| {
        let (_, read, mut page) = page_after(None, first)?;
        let mut items = page.items.clone();
        while let Some(start) = &page.next {
            (.., page) = page_after(Some(start), first)?;
            items.extend(page.items.clone());
        }
        Some(Ledger { read, items })
    };
    let mut begun: Vec<EventTime> = look
        .iter()
        .filter(|(call, ..)| matches!(call.request, Request::Items(_, None)))
        .map(|(call, ..)| call.requested)
        .collect();
    begun.sort();
    begun.into_iter().filter_map(from).collect()
}
