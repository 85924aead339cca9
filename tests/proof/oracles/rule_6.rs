//! Rule 6, the API budget: control-plane calls grow with containers and awake endpoints, never with
//! uploads. At zero without a record, and while a lease is live, no paid metric is read.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{lease::Records, port::VariantId};
use simulator::Operation;

use crate::{
    call::{Ask, Shown},
    history::{CallMade, End, History, Invocation, Signal, lives},
    plan::{Command, Plan},
};

/// One endpoint's share of an invocation at its worst: a sleep that work slips into, with a lease
/// that others change at the same time.
const MOST_CALLS: usize = 24;

pub fn broken(plan: &Plan, history: &History) -> Option<String> {
    let paid = history
        .invocations
        .iter()
        .find_map(|made| made.calls.iter().find_map(|call| read_for_nothing(history, made, call)));
    paid.or_else(|| too_many(plan, history)).or_else(|| warm_calls(plan, history))
}

/// A metric that is read at zero without a record, or under a live lease.
fn read_for_nothing(history: &History, made: &Invocation, call: &CallMade) -> Option<String> {
    let Ask::Backlog(name) = &call.ask else { return None };
    // What a person asks for is judged whatever the lease says: `force` skips it.
    if matches!(made.signal, Signal::Command(_, Command::Sleep { .. })) {
        return None;
    }
    if !matches!(made.signal, Signal::Tick | Signal::Status(_)) {
        return Some(format!("{} ({:?}) read the backlog of {name}", made.cause, made.signal));
    }
    let id = history.ids.iter().find(|id| id.endpoint == *name)?;
    let (records, desired) = shown_before(made, call, id, ahead(made, call));
    // A record counts as it stood when the tick began: others of the same tick may delay its read past R.
    let (at_first, _) = shown_before(made, call, id, looked(made));
    let why = match (records, desired) {
        (Some(records), _) if records.live(ahead(made, call)) => "under a live lease",
        (Some(_), Some(0)) if at_first.is_some_and(|it| !it.watched(looked(made))) => {
            "at zero without a record"
        }
        (None, _) | (_, None) => "before it looked",
        _ => return None,
    };
    Some(format!(
        "{} ({:?}) read the backlog of {name} {why} at {}",
        made.cause, made.signal, call.asked.at
    ))
}

fn ahead(made: &Invocation, call: &CallMade) -> jiff::Timestamp {
    call.asked.at + SignedDuration::from_secs(made.ahead)
}

/// Lease and desired capacity as they were shown last before a call.
fn shown_before(
    made: &Invocation,
    call: &CallMade,
    id: &VariantId,
    now: Timestamp,
) -> (Option<Records>, Option<i32>) {
    let (mut records, mut desired) = (None, None);
    for (read, effect, answered) in made.answers() {
        if answered >= call.asked {
            break;
        }
        match &effect.shown {
            Shown::Actions(actions)
                if read.ask.endpoint().is_none_or(|name| name == id.endpoint) =>
            {
                records = Some(Records::read(actions, id, now));
            }
            Shown::Endpoint(Some(shown)) if read.ask.endpoint() == Some(&id.endpoint) => {
                desired = shown.variants[0].desired;
            }
            _ => {}
        }
    }
    (records, desired)
}

fn too_many(plan: &Plan, history: &History) -> Option<String> {
    let pages = 2 * (2 * plan.endpoints.len()).div_ceil(plan.settings.page_size);
    history.invocations.iter().find_map(|made| {
        let endpoints = match made.signal {
            Signal::Foreign => 0,
            Signal::Tick => plan.endpoints.len(),
            _ => 1,
        };
        let most = MOST_CALLS * endpoints + pages;
        (made.calls.len() > most)
            .then(|| format!("{} ({:?}) made {} calls", made.cause, made.signal, made.calls.len()))
    })
}

/// Within W of a look that found the lease late enough, a warm container makes no call.
fn warm_calls(plan: &Plan, history: &History) -> Option<String> {
    for life in lives(history).values() {
        for (place, number) in life.iter().enumerate() {
            let second = &history.invocations[*number];
            let Signal::Input(also) = second.signal else { continue };
            // What is about nobody or somebody else, and a tick, makes a container forget nothing.
            let earlier = life[..place].iter().rev().map(|number| &history.invocations[*number]);
            let mut earlier = earlier.filter(|made| made.signal.endpoint() == Some(also));
            let Some(first) = earlier.next() else { continue };
            let Signal::Input(of) = first.signal else { continue };
            let (End::Answered(answer), Some(ended)) = (&first.end, first.ended) else { continue };
            if second.calls.is_empty() {
                continue;
            }
            let idle = SignedDuration::from_mins(plan.endpoints[of].idle_minutes.max(5));
            let w = SignedDuration::from_secs(60).min(idle / 4);
            let until = answer["decisions"][0]["awake_until"].as_str();
            let until = until.and_then(|until| until.parse().ok());
            let looked = first.calls.first().map(|call| call.asked.at);
            let (Some(until), Some(looked)) = (until, looked) else { continue };
            let until: jiff::Timestamp = until;
            let now = second.began.at + SignedDuration::from_secs(second.ahead);
            let relied_on = match answer["decisions"][0]["reason"].as_str() {
                // Where no input can move the lease, a look holds for 2 s only (Limits).
                Some("max_is_zero" | "not_registered") => looked + SignedDuration::from_secs(2),
                Some("min_capacity_set") => looked + w,
                _ => looked.max(ended.at - SignedDuration::from_secs(1)) + w,
            };
            let fresh = second.began.at < relied_on && now + idle < until;
            if fresh {
                let kinds: Vec<Operation> =
                    second.calls.iter().map(|call| call.ask.operation()).collect();
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

/// The time at which it began to look, by its own clock: what it saw then decides whether the metric is read.
fn looked(made: &Invocation) -> jiff::Timestamp {
    made.began.at + SignedDuration::from_secs(made.ahead)
}
