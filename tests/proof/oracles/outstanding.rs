//! Rule 1, with results: an input that was handled with success and whose request waits leads to capacity within two
//! ticks while the endpoint can be woken.

use jiff::SignedDuration;

use super::{jobs, rule_1, visible::got_the_lists};
use crate::{
    call::Request,
    event_log::{CallMade, EventLog, EventTime, Invocation, Signal},
    plan::{Command, EventKind, OutsideChange, Plan},
};

/// The time within which a call follows another one.
const SOON: SignedDuration = SignedDuration::from_millis(100);

/// The ticks after which a request that waits at zero is lost.
const TICKS: usize = 2;

/// Without a tick that AWS answers for this long, a record can end unseen. Then nothing but the backstop alarm knows of the request.
const UNSEEN: SignedDuration = SignedDuration::from_mins(10);

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    jobs::uploads(log).find_map(|(request, job)| {
        if !plan.endpoints[request.endpoint].results {
            return None;
        }
        let handled = jobs::handled(log, request).next()?;
        let waits = jobs::waits(log, job);
        waits.into_iter().find_map(|(since, until)| {
            let handled_at = handled.ended?;
            // What is invoked later than this is left to the metric and the backstop alarm.
            let known_until = handled.began.at + plan.endpoints[request.endpoint].window();
            if since > known_until {
                return None;
            }
            let mut lost = 0;
            let ticks = log.invocations.iter().filter(|made| {
                made.signal == Signal::Tick && made.began >= handled_at && made.began.at >= since
            });
            ticks.take_while(|tick| tick.ended.is_some_and(|end| end.at < until)).find_map(|tick| {
                let ended = tick.ended?;
                if is_given_up(log, request.endpoint, handled, ended)
                    || no_tick_for_long(log, handled_at, ended)
                    || !stayed_ours(plan, log, request.endpoint, handled_at, ended)
                {
                    return None;
                }
                if tick.troubled || !tick.succeeded() {
                    return None;
                }
                let mut states = log.states(tick.began, ended, request.endpoint);
                let at_zero = states.all(|state| state.desired == 0 && rule_1::wakeable(plan, state));
                lost = if at_zero { lost + 1 } else { 0 };
                (lost >= TICKS).then(|| {
                    format!(
                        "{} handled {} until {}, its request (job {}) waits since {since}, and {} is \
                         still at zero after {lost} ticks, at {}",
                        handled.cause,
                        request.location,
                        handled_at.at,
                        job.0,
                        log.ids[request.endpoint],
                        ended.at
                    )
                })
            })
        })
    })
}

/// The capacity request of an input waits for nothing but the endpoint and the target.
pub fn waits_for_ledger(_: &Plan, log: &EventLog) -> Option<String> {
    log.invocations.iter().find_map(|made| {
        let Signal::Input(_) = made.signal else { return None };
        let call = made.calls.iter().find(|c| matches!(c.request, Request::SetCapacity(_, 1..)))?;
        let reads =
            |call: &&CallMade| matches!(call.request, Request::Endpoint(_) | Request::Target(_));
        let reads = made.calls.iter().filter(reads).filter(|read| read.requested < call.requested);
        // A target that is not answered is waited for as well.
        let read: Option<Vec<EventTime>> = reads.map(|read| read.answered).collect();
        let read = read?.into_iter().max().filter(|answered| *answered < call.requested)?;
        let waited = call.requested.at.duration_since(read.at);
        (waited > SOON && !made.frozen).then(|| {
            format!("{} waited {waited:#} before it asked for capacity, at {}", made.cause, read.at)
        })
    })
}

/// Whether a person ended the records, or removed the instances by hand. A person answers for what only they knew.
fn is_given_up(log: &EventLog, endpoint: usize, handled: &Invocation, until: EventTime) -> bool {
    let removed = log.outside_changes.iter().any(|(when, what)| {
        let EventKind::OutsideChange { endpoint: of, change: OutsideChange::Scale { to: 0 } } =
            what
        else {
            return false;
        };
        log.same_endpoint(*of, endpoint) && (handled.began..=until).contains(when)
    });
    removed
        || log.invocations.iter().any(|made| {
            let ends = matches!(
                made.signal,
                Signal::Command(of, Command::Release | Command::Sleep { .. })
                    if log.same_endpoint(of, endpoint)
            );
            ends && made.began <= until && made.ended.is_none_or(|ended| ended >= handled.began)
        })
}

fn no_tick_for_long(log: &EventLog, from: EventTime, until: EventTime) -> bool {
    let ticks =
        log.invocations.iter().filter(|made| made.signal == Signal::Tick && got_the_lists(made));
    let ticks = ticks.map(|tick| tick.began).filter(|began| (from..=until).contains(began));
    let times: Vec<_> = [from].into_iter().chain(ticks).map(|time| time.at).collect();
    times.windows(2).any(|pair| pair[1].duration_since(pair[0]) > UNSEEN)
}

fn stayed_ours(
    plan: &Plan,
    log: &EventLog,
    endpoint: usize,
    from: EventTime,
    until: EventTime,
) -> bool {
    let id = &log.ids[endpoint];
    log.states(from, until, endpoint).all(|state| rule_1::ours(plan, log, state, id, until.at))
}
