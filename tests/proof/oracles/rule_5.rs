//! Rule 5, idempotent: duplicated, reordered, delayed and foreign events change nothing more.
//!
//! The same world is played twice with calls that take no time: once as it is, once with every event
//! delivered again at once, and a foreign one in between. Both runs have warm containers, or both
//! have cold ones: a cold one may wake where a warm one relies on the lease for up to W (Limits).
//! What was changed must be the same, in the same order, at the same times.

use jiff::Timestamp;
use reactive_scaler::port::FailureKind;

use crate::{
    broken::Break,
    call::{Ask, Shown},
    history::{End, History, Invocation, Signal},
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

/// Every write that was accepted. Where SageMaker refused the capacity call as busy, a duplicate looks again and may put
/// the record again as it stands, which changes nothing.
fn changes(history: &History) -> Vec<(Timestamp, Ask)> {
    let mut changes: Vec<_> = history
        .invocations
        .iter()
        .flat_map(|made| made.calls.iter().map(move |call| (made, call)))
        .filter(|(_, call)| call.ask.operation().is_write())
        .filter_map(|(made, call)| {
            let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
            let unchanged = effect.before.is_some() && effect.before == effect.after;
            (!unchanged || !was_busy(made)).then_some((call, effect))
        })
        .map(|(call, effect)| (effect.when, call.ask.clone()))
        .collect();
    changes.sort_by_key(|(when, _)| *when);
    changes.into_iter().map(|(when, ask)| (when.at, ask)).collect()
}

/// Whether SageMaker refused its capacity call as busy.
fn was_busy(made: &Invocation) -> bool {
    made.answers().iter().any(|(call, effect, _)| {
        matches!(call.ask, Ask::SetCapacity(..))
            && matches!(&effect.shown, Shown::Failed(failure) if failure.kind == FailureKind::Busy)
    })
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
