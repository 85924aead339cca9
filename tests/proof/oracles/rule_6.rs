//! Rule 6, the API budget: the number of control-plane calls depends on the number of containers
//! and awake endpoints, never on the number of uploads. At zero without a record, and during a live
//! lease, no paid metric is read.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{lease::Records, port::VariantId};
use simulator::Operation;

use crate::{
    call::{Request, Response, shown_desired},
    event_log::{CallMade, EventLog, Invocation, InvocationEnd, Signal, lives},
    plan::{Command, Plan},
};

/// The maximum number of calls per endpoint in an invocation: a sleep during which new work
/// arrives, while others change the lease.
const MOST_CALLS: usize = 24;

pub fn violation(plan: &Plan, log: &EventLog) -> Option<String> {
    let paid = log
        .invocations
        .iter()
        .find_map(|made| made.calls.iter().find_map(|call| read_for_nothing(log, made, call)));
    paid.or_else(|| too_many(plan, log)).or_else(|| warm_calls(plan, log))
}

/// A metric that is read at zero without a record, or during a live lease.
fn read_for_nothing(log: &EventLog, made: &Invocation, call: &CallMade) -> Option<String> {
    let Request::Backlog(name) = &call.request else { return None };
    // A sleep command reads the metric in spite of a lease. With `force`, it skips it.
    if matches!(made.signal, Signal::Command(_, Command::Sleep { .. })) {
        return None;
    }
    if !matches!(made.signal, Signal::Tick | Signal::Status(_)) {
        return Some(format!("{} ({:?}) read the backlog of {name}", made.cause, made.signal));
    }
    // The metric of an endpoint can be read for any of its variants.
    let ids = || log.ids.iter().filter(|id| id.endpoint == *name);
    let why = ids().map(|id| needless(made, call, id)).collect::<Option<Vec<_>>>()?;
    Some(format!(
        "{} ({:?}) read the backlog of {name} {} at {}",
        made.cause,
        made.signal,
        why.first()?,
        call.requested.at
    ))
}

/// Why the backlog is not needed for this variant.
fn needless(made: &Invocation, call: &CallMade, id: &VariantId) -> Option<&'static str> {
    let (records, desired) = shown_before(made, call, id, ahead(made, call));
    // The state of a record at the start of the tick counts: reads of other endpoints in the same
    // tick can delay its read past R.
    let (at_first, _) = shown_before(made, call, id, looked(made));
    match (records, desired) {
        (Some(records), _) if records.live(ahead(made, call)) => Some("under a live lease"),
        (Some(_), Some(0)) if at_first.is_some_and(|it| !it.watched(looked(made))) => {
            Some("at zero without a record")
        }
        (None, _) | (_, None) => Some("before it looked"),
        _ => None,
    }
}

fn ahead(made: &Invocation, call: &CallMade) -> jiff::Timestamp {
    call.requested.at + SignedDuration::from_secs(made.ahead)
}

/// Lease and desired capacity in the last responses before a call.
fn shown_before(
    made: &Invocation,
    call: &CallMade,
    id: &VariantId,
    now: Timestamp,
) -> (Option<Records>, Option<i32>) {
    let (mut records, mut desired) = (None, None);
    for (read, effect, answered) in made.answers() {
        if answered >= call.requested {
            break;
        }
        match &effect.response {
            Response::Actions(actions) if read.request.is_about(id) => {
                records = Some(Records::read(actions, id, now));
            }
            Response::Endpoint(Some(shown)) if read.request.endpoint() == Some(&id.endpoint) => {
                desired = shown_desired(shown, id);
            }
            _ => {}
        }
    }
    (records, desired)
}

fn too_many(plan: &Plan, log: &EventLog) -> Option<String> {
    let pages = 2 * (2 * plan.endpoints.len()).div_ceil(plan.settings.page_size);
    log.invocations.iter().find_map(|made| {
        let endpoints = match made.signal {
            Signal::Foreign => 0,
            Signal::Tick => plan.endpoints.len(),
            signal => signal.endpoint().map_or(1, |of| plan.variants(of)),
        };
        let most = MOST_CALLS * endpoints + pages;
        // The calls to the ledger have their own limits.
        let calls = made.calls.iter().filter(|call| !call.request.is_of_ledger()).count();
        (calls > most).then(|| format!("{} ({:?}) made {calls} calls", made.cause, made.signal))
    })
}

/// Within W after a read that found the lease late enough, a warm container makes no call.
fn warm_calls(plan: &Plan, log: &EventLog) -> Option<String> {
    for life in lives(log).values() {
        for (place, number) in life.iter().enumerate() {
            let second = &log.invocations[*number];
            let Signal::Input(also) = second.signal else { continue };
            // Foreign events and ticks do not clear the memory of a container.
            let earlier = life[..place].iter().rev().map(|number| &log.invocations[*number]);
            let mut earlier = earlier.filter(|made| made.signal.endpoint() == Some(also));
            let Some(first) = earlier.next() else { continue };
            let Signal::Input(of) = first.signal else { continue };
            // The answer has a decision for each variant, and each has its own memory.
            if plan.variants(of) > 1 {
                continue;
            }
            let (InvocationEnd::Answered(answer), Some(ended)) = (&first.end, first.ended) else {
                continue;
            };
            let unrecorded = |call: &CallMade| {
                let shown = call.effect.as_ref().map(|effect| &effect.response);
                call.request.is_of_ledger()
                    && (call.answered.is_none() || matches!(shown, Some(Response::Failed(_))))
            };
            // The event does not identify the upload, so the ledger cannot have it.
            let records =
                second.calls.iter().any(|call| matches!(call.request, Request::AddUpload(..)));
            if second.calls.iter().all(|call| call.request.is_of_ledger())
                || second.calls.iter().any(unrecorded)
                || plan.endpoints[of].results && !records
            {
                continue;
            }
            let idle = plan.endpoints[of].window();
            let w = SignedDuration::from_secs(60).min(idle / 4);
            let until = answer["decisions"][0]["awake_until"].as_str();
            let until = until.and_then(|until| until.parse().ok());
            let looked = first.calls.first().map(|call| call.requested.at);
            let (Some(until), Some(looked)) = (until, looked) else { continue };
            let until: jiff::Timestamp = until;
            let now = second.began.at + SignedDuration::from_secs(second.ahead);
            let relied_on = match answer["decisions"][0]["reason"].as_str() {
                // If an input cannot extend the lease, a read is valid for 2 s only (Limits).
                Some("max_is_zero" | "not_registered") => looked + SignedDuration::from_secs(2),
                Some("min_capacity_set") => looked + w,
                _ => looked.max(ended.at - SignedDuration::from_secs(1)) + w,
            };
            let fresh = second.began.at < relied_on && now + idle < until;
            if fresh {
                let kinds: Vec<Operation> =
                    second.calls.iter().map(|call| call.request.operation()).collect();
                return Some(format!(
                    "{} at {} found the lease good until {until}, and {} at {} made calls in the \
                     same container: {kinds:?}",
                    first.cause, first.began.at, second.cause, second.began.at
                ));
            }
        }
    }
    None
}

/// The time, by its own clock, at which the invocation started to read. The state at that time
/// decides whether the metric is read.
fn looked(made: &Invocation) -> jiff::Timestamp {
    made.began.at + SignedDuration::from_secs(made.ahead)
}
