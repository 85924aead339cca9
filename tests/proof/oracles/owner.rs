//! Settings of owners stay (rules 2, 3 and 4): a `MinCapacity` above 0, and `MaxCapacity`. The
//! function leaves no floor behind, sets none if the capacity was refused, and sets one when it is
//! due.
//!
//! The oracle knows from the log who set which value. Exceptions are cases that the function cannot
//! distinguish: the owner sets 1 while the function's floor of 1 exists, or during an invocation
//! that writes to that endpoint.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::{EndpointStatus, ScheduledAction, VariantId};
use simulator::Event;

use super::visible::{clean_ticks, got_the_lists};
use crate::{
    call::{Request, Response},
    event_log::{CallMade, EventLog, EventTime, Invocation},
    plan::{EventKind, OwnerChange, Plan},
    state_history::EndpointState,
};

const OURS: &str = "reactive-scaler-";
const CANCELS: &str = "reactive-scaler-no-floor";
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Who set a bound last.
#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    Nobody,
    Owner,
    /// The function, with a call.
    Us,
    /// A scheduled action of the function, by its name.
    OurAction(String),
}

/// A change of a bound.
#[derive(Debug, Clone)]
struct Change {
    when: EventTime,
    to: i32,
    by: By,
}

/// Rule 3: the function does not undo a `MinCapacity` above 0 that the owner has set.
pub fn minimum_undone(_: &Plan, log: &EventLog) -> Option<String> {
    (0..log.ids.len()).find_map(|endpoint| {
        let changes = changes(log, endpoint, |state| state.target.as_ref().map(|t| t.min));
        let pairs = changes.windows(2).enumerate().find_map(|(place, pair)| {
            let [set, undone] = pair else { return None };
            if looks_like_ours(log, endpoint, &changes[..=place]) {
                return None;
            }
            let ours = matches!(undone.by, By::Us | By::OurAction(_));
            let theirs = set.by == By::Owner && set.to > 0;
            (theirs && ours && !excused(log, endpoint, set, undone)).then(|| {
                format!(
                    "the owner of {} set MinCapacity {} at {}, and {:?} set {} at {}",
                    log.ids[endpoint], set.to, set.when.at, undone.by, undone.to, undone.when.at
                )
            })
        });
        pairs.or_else(|| slept_under(log, endpoint, &changes))
    })
}

/// Rule 3: the function does not set the capacity to 0 if its last look could see the owner's
/// minimum.
fn slept_under(log: &EventLog, endpoint: usize, changes: &[Change]) -> Option<String> {
    let id = &log.ids[endpoint];
    log.invocations.iter().find_map(|made| {
        made.calls.iter().find_map(|call| {
            let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
            if call.request != Request::SetCapacity(id.clone(), 0) {
                return None;
            }
            let set = changes.iter().rev().find(|change| change.when < effect.when)?;
            let seen = made.began > set.when && set.by == By::Owner && set.to > 0;
            (seen && !made.troubled).then(|| {
                format!(
                    "{} ({:?}) put {id} to zero at {} under the owner's MinCapacity {} of {}",
                    made.cause, made.signal, effect.when.at, set.to, set.when.at
                )
            })
        })
    })
}

/// Rule 2: no record of the function undoes a `MaxCapacity` that the owner has set.
pub fn maximum_undone(_: &Plan, log: &EventLog) -> Option<String> {
    (0..log.ids.len()).find_map(|endpoint| {
        let changes = changes(log, endpoint, |state| state.target.as_ref().map(|t| t.max));
        changes.windows(2).find_map(|pair| {
            let [set, undone] = pair else { return None };
            let ours = matches!(undone.by, By::Us | By::OurAction(_));
            let could = clean_ticks(log).filter(|(tick, ended)| {
                tick.began > set.when && *ended < undone.when && got_the_lists(tick)
            });
            (set.by == By::Owner && ours && could.count() > 0).then(|| {
                format!(
                    "the owner of {} set MaxCapacity {} at {}, and {:?} set {} at {}",
                    log.ids[endpoint], set.to, set.when.at, undone.by, undone.to, undone.when.at
                )
            })
        })
    })
}

/// Whether the owner replaced the function's 1 with another value and then with 1, before a tick
/// had to act on the other value. A tick in the last two minutes of a lease restores no floor and
/// writes nothing, so the next tick cannot know what it saw.
fn looks_like_ours(log: &EventLog, endpoint: usize, changes: &[Change]) -> bool {
    let Some(last) = changes.last().filter(|last| last.to == 1) else { return false };
    let Some(ours) = changes.iter().rposition(|change| change.by != By::Owner) else {
        return false;
    };
    let first = &changes[ours + 1..].first();
    changes[ours].by == By::Us
        && changes[ours].to == 1
        && first.is_some_and(|first| {
            !clean_ticks(log).any(|(tick, ended)| {
                let had_to_act = || {
                    writes(tick, &log.ids[endpoint])
                        || log.states(tick.began, ended, endpoint).all(|state| due(state, ended.at))
                };
                tick.began > first.when && ended < last.when && got_the_lists(tick) && had_to_act()
            })
        })
}

/// Whether an invocation changed something of the endpoint, or tried to.
fn writes(made: &Invocation, id: &VariantId) -> bool {
    made.calls.iter().any(|call| {
        call.request.operation().is_write() && call.request.endpoint() == Some(&id.endpoint)
    })
}

/// Whether the function could not distinguish the values, or could not see the change in time.
fn excused(log: &EventLog, endpoint: usize, set: &Change, undone: &Change) -> bool {
    let id = &log.ids[endpoint];
    // Setting 1 while the function's 1 exists is not a change. A 2 belongs to the owner from then
    // on.
    let about = || log.invocations.iter().filter(|made| writes(made, id));
    let in_flight = about()
        .any(|made| made.began <= set.when && made.ended.is_none_or(|ended| ended >= set.when));
    // After a crash or a failure between two calls, the value looks like the function's floor.
    let an_hour = SignedDuration::from_hours(1);
    let broken_off = about().any(|made| {
        made.troubled
            && made.began < undone.when
            && set.when.at.duration_since(made.began.at) < an_hour
    });
    // If AWS makes a change at R, a tick must have had the time to prevent it.
    let unprevented = matches!(undone.by, By::OurAction(_))
        && !clean_ticks(log).any(|(tick, ended)| {
            tick.began > set.when && ended < undone.when && got_the_lists(tick)
        });
    in_flight || broken_off || unprevented
}

/// Every change of a bound, and who made it.
fn changes(
    log: &EventLog,
    endpoint: usize,
    bound: impl Fn(&EndpointState) -> Option<i32>,
) -> Vec<Change> {
    let id = &log.ids[endpoint];
    let mut changes: Vec<Change> = Vec::new();
    for pair in log.snapshots.windows(2) {
        let [before, after] = pair else { continue };
        let (Some(from), Some(to)) =
            (bound(&before.states[endpoint]), bound(&after.states[endpoint]))
        else {
            continue;
        };
        if from == to {
            continue;
        }
        let when = EventTime { at: after.at, order: after.order };
        let within = |order: u64| before.order < order && order <= after.order;
        let called = log.invocations.iter().flat_map(|made| &made.calls).any(|call| {
            // A floor that is raised again changes nothing.
            let bound_of = |state: &Option<EndpointState>| state.as_ref().map(&bound);
            matches!(&call.request, Request::SetMin(of, _) if of == id)
                && call.effect.as_ref().is_some_and(|e| {
                    e.accepted && within(e.when.order) && bound_of(&e.before) != bound_of(&e.after)
                })
        });
        let fired = log.events.iter().rev().find_map(|(at, event)| match event {
            Event::ActionRan(of, name) if of == id && *at > before.at && *at <= after.at => {
                Some(name.clone())
            }
            _ => None,
        });
        let by_hand = log.outside_changes.iter().any(|(when, what)| {
            let EventKind::Owner { endpoint: of, change, .. } = what else { return false };
            let sets_bound = matches!(change, OwnerChange::Min(_) | OwnerChange::Max(_));
            sets_bound && *of == endpoint && within(when.order)
        });
        let by = match fired {
            _ if called => By::Us,
            _ if by_hand => By::Owner,
            Some(name) if name.starts_with(OURS) => By::OurAction(name),
            Some(_) => By::Owner,
            None => By::Nobody,
        };
        changes.push(Change { when, to, by });
    }
    changes
}

/// R of an action of the function that sets `MinCapacity` 0, if R is in the future.
fn floor_record(action: &ScheduledAction, now: Timestamp) -> Option<Timestamp> {
    let ours = action.name.starts_with(OURS) && action.name != CANCELS && action.min == Some(0);
    release(action).filter(|release| ours && *release > now)
}

fn release(action: &ScheduledAction) -> Option<Timestamp> {
    let time = action.schedule.strip_prefix("at(")?.strip_suffix(')')?;
    format!("{time}Z").parse().ok()
}

/// Whether AWS will remove the current floor of the function.
fn covered(state: &EndpointState, now: Timestamp) -> bool {
    let cancelled = state.actions.iter().filter(|action| action.name == CANCELS).find_map(release);
    let floors = state.actions.iter().filter_map(|action| floor_record(action, now));
    floors.max().is_some_and(|last| cancelled.is_none_or(|cancelled| last > cancelled))
}

/// Rule 4: a floor of the function that nothing will remove, for more than three ticks.
pub fn leaked(_: &Plan, log: &EventLog) -> Option<String> {
    (0..log.ids.len()).find_map(|endpoint| {
        let changes = changes(log, endpoint, |state| state.target.as_ref().map(|t| t.min));
        let mut bare = 0;
        clean_ticks(log).filter(|(tick, _)| got_the_lists(tick)).find_map(|(_, ended)| {
            let state = log.states(ended, ended, endpoint).last()?;
            let target = state.target.as_ref()?;
            let last = changes.iter().rev().find(|change| change.when <= ended);
            let ours = target.min == 1 && last.is_some_and(|change| change.by == By::Us);
            let watched = !target.suspended.scheduled
                && state.endpoint.as_ref().is_some_and(|e| e.status == EndpointStatus::InService);
            bare = if ours && watched && !covered(state, ended.at) { bare + 1 } else { 0 };
            (bare > 4).then(|| {
                format!("a floor of {} stands without a record at {}", log.ids[endpoint], ended.at)
            })
        })
    })
}

/// Rule 4: an invocation sets no floor if its capacity request was refused.
pub fn floor_without_capacity(_: &Plan, log: &EventLog) -> Option<String> {
    log.invocations.iter().find_map(|made| {
        made.calls.iter().find_map(|call| {
            let Request::SetMin(id, 1..) = &call.request else { return None };
            let refused = last_capacity(made, call, id).is_some_and(|asked| {
                let shown = asked.effect.as_ref().map(|effect| &effect.response);
                matches!(shown, Some(Response::Failed(failure)) if refuses(failure.kind))
            });
            refused.then(|| {
                format!(
                    "{} ({:?}) raised the floor of {id} at {}, whose capacity it was refused",
                    made.cause, made.signal, call.requested.at
                )
            })
        })
    })
}

fn refuses(kind: reactive_scaler::port::FailureKind) -> bool {
    use reactive_scaler::port::FailureKind;
    matches!(kind, FailureKind::AccessDenied | FailureKind::Quota | FailureKind::Busy)
}

fn last_capacity<'a>(
    made: &'a Invocation,
    before: &CallMade,
    id: &VariantId,
) -> Option<&'a CallMade> {
    let mut asked = made.calls.iter().rev().filter(|call| call.requested < before.requested);
    asked.find(|call| matches!(&call.request, Request::SetCapacity(of, 1..) if of == id))
}

/// Rule 1: a live record and an instance in service, without a schedule or minimum of the owner,
/// and without a floor for three ticks. A policy could scale the instance in.
pub fn floor_missing(_: &Plan, log: &EventLog) -> Option<String> {
    (0..log.ids.len()).find_map(|endpoint| {
        let mut bare = 0;
        clean_ticks(log).filter(|(tick, _)| got_the_lists(tick)).find_map(|(tick, ended)| {
            let due = log.states(tick.began, ended, endpoint).all(|state| due(state, ended.at));
            bare = if due { bare + 1 } else { 0 };
            (bare > 3).then(|| {
                format!("{} has a live lease and no floor at {}", log.ids[endpoint], ended.at)
            })
        })
    })
}

fn due(state: &EndpointState, now: Timestamp) -> bool {
    let (Some(target), Some(endpoint)) = (&state.target, &state.endpoint) else { return false };
    let live = state.actions.iter().filter(|action| action.name.starts_with(OURS)).any(|action| {
        let ends = release(action).map(|release| release - MINUTE * 10);
        action.name != CANCELS && ends.is_some_and(|ends| ends > now + MINUTE * 2)
    });
    // A schedule of the owner counts until well after its time, in any time zone.
    let scheduled = state.actions.iter().any(|action| {
        let over = release(action).is_some_and(|at| at + SignedDuration::from_hours(27) < now);
        !action.name.starts_with(OURS) && action.min.is_some() && !over
    });
    let suspended = target.suspended.scheduled || target.suspended.scaling_out;
    live && !scheduled
        && !suspended
        && endpoint.status == EndpointStatus::InService
        && target.min == 0
        && (1..=target.max).contains(&state.desired)
}

/// Rule 1: an owner's minimum above 0, a live record, and the endpoint at zero. Each tick must
/// request the capacity.
pub fn owner_unserved(plan: &Plan, log: &EventLog) -> Option<String> {
    (0..log.ids.len()).find_map(|endpoint| {
        let mut lost = 0;
        clean_ticks(log).filter(|(tick, _)| got_the_lists(tick)).find_map(|(tick, ended)| {
            let waits = log.states(tick.began, ended, endpoint).all(|state| {
                let min = state.target.as_ref().map_or(0, |target| target.min);
                let live = state.actions.iter().any(|action| {
                    let ends = release(action).map(|release| release - MINUTE * 10);
                    action.name.starts_with(OURS)
                        && action.name != CANCELS
                        && ends.is_some_and(|ends| ends > ended.at)
                });
                min > 0 && live && state.desired == 0 && super::rule_1::wakeable(plan, state)
            });
            lost = if waits { lost + 1 } else { 0 };
            (lost > 2).then(|| {
                format!(
                    "{} is at zero under a live record and a MinCapacity of its owner, at {}",
                    log.ids[endpoint], ended.at
                )
            })
        })
    })
}
