//! Rule 5, idempotent: duplicated, reordered, delayed and foreign events change nothing more.
//!
//! The same world is played twice with calls that take no time: once as it is, once with every event
//! delivered again at once, and a foreign one in between. Both runs have warm containers, or both
//! have cold ones: a cold one may wake where a warm one relies on the lease for up to W (Limits).
//! What was changed must be the same, in the same order, at the same times.

use jiff::Timestamp;

use crate::{
    broken::Break,
    call::Ask,
    history::{End, History, Signal},
    plan::{Deed, Family, Plan, What},
    play,
};

/// Every so many seeds are compared: it takes two more runs.
const EVERY: u64 = 5;

/// Whether this seed's world is compared.
pub fn compared(plan: &Plan) -> bool {
    plan.family == Family::Small && plan.seed.is_multiple_of(EVERY)
}

pub fn broken(plan: &Plan, what: Break) -> Option<String> {
    let mut plan = plan.clone();
    let cold = plan.seed.is_multiple_of(2 * EVERY);
    // A fault hits a call by its number, and a second look makes more calls: not comparable.
    plan.happenings.retain(|happening| match &happening.what {
        What::Trouble(_) | What::Drop { .. } => false,
        // A warm container relies for up to W on a floor of the user's, too (Limits), and it is the
        // duplicate that meets the floor: the wake before it found the endpoint at zero.
        What::Deed { deed: Deed::Bounds { min, .. }, .. } => cold || *min == 0,
        // Without metrics, one tick renews and the next one wakes: two ticks are not one.
        What::Deed { deed, .. } => {
            !matches!(deed, Deed::LoseMetrics { .. } | Deed::DelayMetrics { .. })
        }
        _ => true,
    });
    // With clocks that differ, a duplicate is served at another time.
    plan.skews.fill(0);
    let once = play::play_instantly(&plan, what, cold, false);
    let twice = play::play_instantly(&plan, what, cold, true);
    if passed_over(&once) || passed_over(&twice) {
        return None;
    }
    let (once, twice) = (changes(&once), changes(&twice));
    let differs = (0..once.len().max(twice.len())).find(|n| once.get(*n) != twice.get(*n))?;
    Some(format!(
        "delivered once, the change number {differs} is {:?}; with duplicates and foreign events, {:?}",
        once.get(differs),
        twice.get(differs)
    ))
}

/// For 2 s after a look that found no scalable target, or `MaxCapacity` 0, a warm container passes over
/// inputs, just after that was changed as well (Limits). A duplicate takes that look where a wake did not: the
/// wake's own found the endpoint at zero.
fn passed_over(history: &History) -> bool {
    history.invocations.iter().any(|made| {
        // For as long a container relies on a read that has failed: its input fails without a call.
        if matches!((made.signal, &made.end), (Signal::Input(_), End::Failed(_))) {
            return made.calls.is_empty();
        }
        let (Signal::Input(of), End::Answered(answer)) = (made.signal, &made.end) else {
            return false;
        };
        let reason = answer["decisions"][0]["reason"].as_str();
        made.calls.is_empty()
            && matches!(reason, Some("max_is_zero" | "not_registered"))
            && history
                .stands(made.began, made.began, of)
                .any(|stand| stand.target.as_ref().is_some_and(|target| target.max > 0))
    })
}

/// Every write that was accepted and changed something: a record that is put again as it stands does not.
fn changes(history: &History) -> Vec<(Timestamp, Ask)> {
    let mut changes: Vec<_> = history
        .invocations
        .iter()
        .flat_map(|made| &made.calls)
        .filter(|call| call.ask.operation().is_write())
        .filter_map(|call| Some((call, call.effect.as_ref().filter(|effect| effect.accepted)?)))
        .filter(|(_, effect)| effect.before.is_none() || effect.before != effect.after)
        .map(|(call, effect)| (effect.when, call.ask.clone()))
        .collect();
    changes.sort_by_key(|(when, _)| *when);
    changes.into_iter().map(|(when, ask)| (when.at, ask)).collect()
}

/// A foreign event makes no call at all.
pub fn foreign_calls(_: &Plan, history: &History) -> Option<String> {
    let made = history
        .invocations
        .iter()
        .find(|made| made.signal == Signal::Foreign && !made.calls.is_empty())?;
    Some(format!("{}, which is about somebody else, made calls: {:?}", made.cause, made.calls))
        .filter(|_| made.end != End::Running)
}
