//! Rule 2: a wake never scales in, and never leaves the scalable target's bounds as they were read.

use reactive_scaler::port::{ScalableTarget, VariantId};

use crate::{
    call::{Ask, Shown},
    history::{CallMade, History, Invocation},
    plan::Plan,
};

pub fn broken(_: &Plan, history: &History) -> Option<String> {
    history.invocations.iter().find_map(|made| {
        made.calls.iter().find_map(|call| match &call.ask {
            Ask::SetCapacity(id, to) if *to > 0 => {
                out_of_bounds(made, call, id, *to).or_else(|| scaled_in(made, call, id))
            }
            // To raise or to drop the floor makes Application Auto Scaling clamp the capacity.
            Ask::SetMin(id, min) if *min > 0 || made.signal.is_wake() => scaled_in(made, call, id),
            _ => None,
        })
    })
}

fn scaled_in(made: &Invocation, call: &CallMade, id: &VariantId) -> Option<String> {
    let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
    let (before, after) = (effect.before.as_ref()?.desired, effect.after.as_ref()?.desired);
    // There is no compare-and-set: what changed since it was read cannot be seen.
    let changed = made.calls.iter().any(|read| {
        read.effect.as_ref().is_some_and(|seen| {
            seen.stale
                || match &seen.shown {
                    Shown::Target(Some(target)) if target.id == *id => {
                        effect.before.as_ref().and_then(|stand| stand.target.as_ref())
                            != Some(target)
                    }
                    Shown::Endpoint(Some(shown)) if read.ask.endpoint() == Some(&id.endpoint) => {
                        shown.variants[0].desired != Some(before)
                    }
                    _ => false,
                }
        })
    });
    (after < before && !changed).then(|| {
        format!(
            "{} ({:?}) scaled {} in from {before} to {after} by {:?} at {}",
            made.cause, made.signal, id.endpoint, call.ask, effect.when.at
        )
    })
}

fn out_of_bounds(made: &Invocation, call: &CallMade, id: &VariantId, to: i32) -> Option<String> {
    let target = last_target(made, call, id)?;
    let within = target.max >= to && target.min <= to;
    (!within).then(|| {
        format!(
            "{} ({:?}) asked for {to} instances of {} within {}..={}",
            made.cause, made.signal, id.endpoint, target.min, target.max
        )
    })
}

/// The scalable target as it was shown last before a call.
fn last_target(made: &Invocation, call: &CallMade, id: &VariantId) -> Option<ScalableTarget> {
    let mut last = None;
    for (_, effect, answered) in made.answers() {
        if answered >= call.asked {
            break;
        }
        match &effect.shown {
            Shown::Target(Some(target)) if target.id == *id => last = Some(target.clone()),
            Shown::Targets(all) => {
                last = all.iter().find(|target| target.id == *id).cloned().or(last);
            }
            _ => {}
        }
    }
    last
}
