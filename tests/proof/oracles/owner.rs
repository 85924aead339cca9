//! What owners set stays set (rules 2, 3 and 4): `MinCapacity` above 0, `MaxCapacity`; no floor of ours is
//! left behind, none stands where capacity was refused, and one stands where it is due.
//!
//! The judge knows from the history who set what. Excused is what cannot be told apart: the owner sets 1
//! while our floor of 1 stands, or in the course of an invocation that writes about that endpoint.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::{EndpointStatus, ScheduledAction, VariantId};
use simulator::Event;

use super::seen::{clean_ticks, was_told_the_lists};
use crate::{
    call::{Ask, Shown},
    history::{CallMade, History, Invocation, When},
    past::Stand,
    plan::{OwnerDeed, Plan, What},
};

const OURS: &str = "reactive-scaler-";
const CANCELS: &str = "reactive-scaler-no-floor";
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// Who set a bound last.
#[derive(Debug, Clone, PartialEq, Eq)]
enum By {
    Nobody,
    Owner,
    /// A call of the function.
    Us,
    /// A scheduled action of the function, by its name.
    OurAction(String),
}

/// A change of a bound.
#[derive(Debug, Clone)]
struct Change {
    when: When,
    to: i32,
    by: By,
}

/// Rule 3: a `MinCapacity` above 0 that the owner has set.
pub fn minimum_undone(_: &Plan, history: &History) -> Option<String> {
    (0..history.ids.len()).find_map(|endpoint| {
        let changes = changes(history, endpoint, |stand| stand.target.as_ref().map(|t| t.min));
        let pairs = changes.windows(2).enumerate().find_map(|(place, pair)| {
            let [set, undone] = pair else { return None };
            if stands_for_ours(history, &changes[..=place]) {
                return None;
            }
            let ours = matches!(undone.by, By::Us | By::OurAction(_));
            let theirs = set.by == By::Owner && set.to > 0;
            (theirs && ours && !excused(history, endpoint, set, undone)).then(|| {
                format!(
                    "the owner of {} set MinCapacity {} at {}, and {:?} set {} at {}",
                    history.ids[endpoint],
                    set.to,
                    set.when.at,
                    undone.by,
                    undone.to,
                    undone.when.at
                )
            })
        });
        pairs.or_else(|| slept_under(history, endpoint, &changes))
    })
}

/// The capacity goes to 0 under an owner's minimum that the last look could see.
fn slept_under(history: &History, endpoint: usize, changes: &[Change]) -> Option<String> {
    let id = &history.ids[endpoint];
    history.invocations.iter().find_map(|made| {
        made.calls.iter().find_map(|call| {
            let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
            if call.ask != Ask::SetCapacity(id.clone(), 0) {
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

/// Rule 2: a `MaxCapacity` that the owner has set, and a record of ours that fires with an older value.
pub fn maximum_undone(_: &Plan, history: &History) -> Option<String> {
    (0..history.ids.len()).find_map(|endpoint| {
        let changes = changes(history, endpoint, |stand| stand.target.as_ref().map(|t| t.max));
        changes.windows(2).find_map(|pair| {
            let [set, undone] = pair else { return None };
            let ours = matches!(undone.by, By::Us | By::OurAction(_));
            let could = clean_ticks(history).filter(|(tick, ended)| {
                tick.began > set.when && *ended < undone.when && was_told_the_lists(tick)
            });
            (set.by == By::Owner && ours && could.count() > 0).then(|| {
                format!(
                    "the owner of {} set MaxCapacity {} at {}, and {:?} set {} at {}",
                    history.ids[endpoint],
                    set.to,
                    set.when.at,
                    undone.by,
                    undone.to,
                    undone.when.at
                )
            })
        })
    })
}

/// Whether the last change is an owner's 1 that took the place of our 1, by way of another value that no
/// tick had the time to see.
fn stands_for_ours(history: &History, changes: &[Change]) -> bool {
    let Some(last) = changes.last().filter(|last| last.to == 1) else { return false };
    let Some(ours) = changes.iter().rposition(|change| change.by != By::Owner) else {
        return false;
    };
    let first = &changes[ours + 1..].first();
    changes[ours].by == By::Us
        && changes[ours].to == 1
        && first.is_some_and(|first| {
            !clean_ticks(history).any(|(tick, ended)| {
                tick.began > first.when && ended < last.when && was_told_the_lists(tick)
            })
        })
}

/// What the function cannot tell apart, or could not see in time.
fn excused(history: &History, endpoint: usize, set: &Change, undone: &Change) -> bool {
    let id = &history.ids[endpoint];
    // 1 beside our own 1 changes nothing and is no change here; 2 over our 1 is the owner's from then on.
    let writes = |made: &Invocation| {
        made.calls.iter().any(|call| {
            call.ask.operation().is_write() && call.ask.endpoint() == Some(&id.endpoint)
        })
    };
    let about = || history.invocations.iter().filter(|made| writes(made));
    let in_flight = about()
        .any(|made| made.began <= set.when && made.ended.is_none_or(|ended| ended >= set.when));
    // A crash or a failure between two calls leaves what looks like a floor of ours.
    let an_hour = SignedDuration::from_hours(1);
    let broken_off = about().any(|made| {
        made.troubled
            && made.began < undone.when
            && set.when.at.duration_since(made.began.at) < an_hour
    });
    // What AWS does by itself at R a tick must have had the time to prevent.
    let unprevented = matches!(undone.by, By::OurAction(_))
        && !clean_ticks(history).any(|(tick, ended)| {
            tick.began > set.when && ended < undone.when && was_told_the_lists(tick)
        });
    in_flight || broken_off || unprevented
}

/// Every change of a bound, with who made it.
fn changes(
    history: &History,
    endpoint: usize,
    bound: impl Fn(&Stand) -> Option<i32>,
) -> Vec<Change> {
    let id = &history.ids[endpoint];
    let mut changes: Vec<Change> = Vec::new();
    for pair in history.moments.windows(2) {
        let [before, after] = pair else { continue };
        let (Some(from), Some(to)) =
            (bound(&before.stands[endpoint]), bound(&after.stands[endpoint]))
        else {
            continue;
        };
        if from == to {
            continue;
        }
        let when = When { at: after.at, order: after.order };
        let within = |order: u64| before.order < order && order <= after.order;
        let called = history.invocations.iter().flat_map(|made| &made.calls).any(|call| {
            matches!(&call.ask, Ask::SetMin(of, _) if of == id)
                && call.effect.as_ref().is_some_and(|e| e.accepted && within(e.when.order))
        });
        let fired = history.events.iter().rev().find_map(|(at, event)| match event {
            Event::ActionRan(of, name) if of == id && *at > before.at && *at <= after.at => {
                Some(name.clone())
            }
            _ => None,
        });
        let by_hand = history.deeds.iter().any(|(when, what)| {
            matches!(what, What::Owner { endpoint: of, deed: OwnerDeed::Min(_) | OwnerDeed::Max(_), .. }
                if *of == endpoint) && within(when.order)
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

/// R of an action of ours that sets `MinCapacity` 0, if it is ahead.
fn floor_record(action: &ScheduledAction, now: Timestamp) -> Option<Timestamp> {
    let ours = action.name.starts_with(OURS) && action.name != CANCELS && action.min == Some(0);
    release(action).filter(|release| ours && *release > now)
}

fn release(action: &ScheduledAction) -> Option<Timestamp> {
    let time = action.schedule.strip_prefix("at(")?.strip_suffix(')')?;
    format!("{time}Z").parse().ok()
}

/// Whether AWS will drop a floor of ours that stands now.
fn covered(stand: &Stand, now: Timestamp) -> bool {
    let cancelled = stand.actions.iter().filter(|action| action.name == CANCELS).find_map(release);
    let floors = stand.actions.iter().filter_map(|action| floor_record(action, now));
    floors.max().is_some_and(|last| cancelled.is_none_or(|cancelled| last > cancelled))
}

/// Rule 4: a floor of ours that nothing will drop, for more than three ticks.
pub fn leaked(_: &Plan, history: &History) -> Option<String> {
    (0..history.ids.len()).find_map(|endpoint| {
        let changes = changes(history, endpoint, |stand| stand.target.as_ref().map(|t| t.min));
        let mut bare = 0;
        clean_ticks(history).filter(|(tick, _)| was_told_the_lists(tick)).find_map(|(_, ended)| {
            let stand = history.stands(ended, ended, endpoint).last()?;
            let target = stand.target.as_ref()?;
            let last = changes.iter().rev().find(|change| change.when <= ended);
            let ours = target.min == 1 && last.is_some_and(|change| change.by == By::Us);
            let watched = !target.suspended.scheduled
                && stand.endpoint.as_ref().is_some_and(|e| e.status == EndpointStatus::InService);
            bare = if ours && watched && !covered(stand, ended.at) { bare + 1 } else { 0 };
            (bare > 4).then(|| {
                format!(
                    "a floor of {} stands without a record at {}",
                    history.ids[endpoint], ended.at
                )
            })
        })
    })
}

/// Rule 4: no floor where this very invocation was refused the capacity.
pub fn floor_without_capacity(_: &Plan, history: &History) -> Option<String> {
    history.invocations.iter().find_map(|made| {
        made.calls.iter().find_map(|call| {
            let Ask::SetMin(id, 1..) = &call.ask else { return None };
            let refused = last_capacity(made, call, id).is_some_and(|asked| {
                let shown = asked.effect.as_ref().map(|effect| &effect.shown);
                matches!(shown, Some(Shown::Failed(failure)) if refuses(failure.kind))
            });
            refused.then(|| {
                format!(
                    "{} ({:?}) raised the floor of {id} at {}, whose capacity it was refused",
                    made.cause, made.signal, call.asked.at
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
    let mut asked = made.calls.iter().rev().filter(|call| call.asked < before.asked);
    asked.find(|call| matches!(&call.ask, Ask::SetCapacity(of, 1..) if of == id))
}

/// Rule 1: a live record, an instance in service, nobody's schedule or minimum, and no floor for three
/// ticks: a policy may scale the instance in.
pub fn floor_missing(_: &Plan, history: &History) -> Option<String> {
    (0..history.ids.len()).find_map(|endpoint| {
        let mut bare = 0;
        clean_ticks(history).filter(|(tick, _)| was_told_the_lists(tick)).find_map(
            |(tick, ended)| {
                let due =
                    history.stands(tick.began, ended, endpoint).all(|stand| due(stand, ended.at));
                bare = if due { bare + 1 } else { 0 };
                (bare > 3).then(|| {
                    format!(
                        "{} has a live lease and no floor at {}",
                        history.ids[endpoint], ended.at
                    )
                })
            },
        )
    })
}

fn due(stand: &Stand, now: Timestamp) -> bool {
    let (Some(target), Some(endpoint)) = (&stand.target, &stand.endpoint) else { return false };
    let live = stand.actions.iter().filter(|action| action.name.starts_with(OURS)).any(|action| {
        let ends = release(action).map(|release| release - MINUTE * 10);
        action.name != CANCELS && ends.is_some_and(|ends| ends > now + MINUTE * 2)
    });
    // A schedule of the owner's, until well after its time in whatever time zone.
    let scheduled = stand.actions.iter().any(|action| {
        let over = release(action).is_some_and(|at| at + SignedDuration::from_hours(27) < now);
        !action.name.starts_with(OURS) && action.min.is_some() && !over
    });
    let suspended = target.suspended.scheduled || target.suspended.scaling_out;
    live && !scheduled
        && !suspended
        && endpoint.status == EndpointStatus::InService
        && target.min == 0
        && (1..=target.max).contains(&stand.desired)
}

/// Rule 1: an owner's minimum above 0 with the endpoint at zero, and a record that is live: each tick asks
/// for the capacity.
pub fn owner_unserved(plan: &Plan, history: &History) -> Option<String> {
    (0..history.ids.len()).find_map(|endpoint| {
        let mut lost = 0;
        clean_ticks(history).filter(|(tick, _)| was_told_the_lists(tick)).find_map(
            |(tick, ended)| {
                let waits = history.stands(tick.began, ended, endpoint).all(|stand| {
                    let min = stand.target.as_ref().map_or(0, |target| target.min);
                    let live = stand.actions.iter().any(|action| {
                        let ends = release(action).map(|release| release - MINUTE * 10);
                        action.name.starts_with(OURS)
                            && action.name != CANCELS
                            && ends.is_some_and(|ends| ends > ended.at)
                    });
                    min > 0 && live && stand.desired == 0 && super::rule_1::wakeable(plan, stand)
                });
                lost = if waits { lost + 1 } else { 0 };
                (lost > 2).then(|| {
                    format!(
                        "{} is at zero under a live record and a MinCapacity of its owner, at {}",
                        history.ids[endpoint], ended.at
                    )
                })
            },
        )
    })
}
