//! Rule 5, idempotent: duplicated, reordered, delayed and foreign events make no further changes.
//!
//! The same world runs twice with calls that take no time: once unchanged, and once with a
//! duplicate of each event and a foreign event in between. Both runs have either warm or cold
//! containers: a cold container can wake where a warm one relies on the lease for up to W (Limits).
//! Both runs must make the same changes in the same order at the same times.

use jiff::Timestamp;
use reactive_scaler::port::FailureKind;

use crate::{
    broken_scalers::Defect,
    call::{Request, Response},
    event_log::{EventLog, Invocation, InvocationEnd, Signal},
    plan::{EventKind, Family, OutsideChange, Plan},
    runner,
};

/// Every fifth seed is compared, because that takes two more runs.
const EVERY: u64 = 5;

/// Whether the world of this seed is compared.
pub fn compared(plan: &Plan) -> bool {
    // SageMaker accepts one change of capacity at a time. Which of two variants is first is not determined.
    let has_two = (0..plan.endpoints.len()).any(|endpoint| plan.variants(endpoint) > 1);
    plan.family != Family::Fleet && !has_two && plan.seed.is_multiple_of(EVERY)
}

pub fn violation(plan: &Plan, defect: Defect) -> Option<String> {
    let mut plan = plan.clone();
    let cold = plan.seed.is_multiple_of(2 * EVERY);
    // A fault applies to a call by its number. A duplicate makes more calls, so runs with faults
    // cannot be compared.
    plan.events.retain(|event| match &event.kind {
        EventKind::Disruption(_) | EventKind::Drop { .. } => false,
        // A warm container also relies on a user's minimum for up to W (Limits). Only the duplicate
        // reads it, because the first wake found the endpoint at zero.
        EventKind::OutsideChange { change: OutsideChange::Bounds { min, .. }, .. } => {
            cold || *min == 0
        }
        // Without metrics, one tick renews the lease and the next one wakes, so an additional tick
        // makes a difference. Without a quota, or on a degraded endpoint, an input fails, and the retry of its
        // duplicate renews the record.
        EventKind::OutsideChange { change, .. } => !matches!(
            change,
            OutsideChange::LoseMetrics { .. }
                | OutsideChange::DelayMetrics { .. }
                | OutsideChange::Quota { .. }
                | OutsideChange::Degrade { .. }
        ),
        _ => true,
    });
    // With different clocks, a duplicate would be handled at a different time.
    plan.skews.fill(0);
    let once = runner::run_instantly(&plan, defect, cold, false);
    let twice = runner::run_instantly(&plan, defect, cold, true);
    if ignored_inputs(&once) || ignored_inputs(&twice) {
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

/// For 2 s after a warm container has read that there is no scalable target, or that `MaxCapacity`
/// is 0, it ignores inputs, even if this has changed since (Limits). Only the duplicate makes that
/// read, because the first wake found the endpoint at zero.
fn ignored_inputs(log: &EventLog) -> bool {
    log.invocations.iter().any(|made| {
        // While a container relies on a failed read, an input or a request fails without a call.
        let failed = matches!(made.end, InvocationEnd::Failed(_));
        if failed && matches!(made.signal, Signal::Input(_) | Signal::Invocation(..)) {
            return made.calls.is_empty();
        }
        let (Signal::Input(of), InvocationEnd::Answered(answer)) = (made.signal, &made.end) else {
            return false;
        };
        let reason = answer["decisions"][0]["reason"].as_str();
        made.calls.is_empty()
            && matches!(reason, Some("max_is_zero" | "not_registered"))
            && log
                .states(made.began, made.began, of)
                .any(|state| state.target.as_ref().is_some_and(|target| target.max > 0))
    })
}

/// Every accepted write. If SageMaker refused the capacity call as busy, a duplicate reads again and
/// can write the record again without a change. Such a write does not count.
fn changes(log: &EventLog) -> Vec<(Timestamp, Request)> {
    let mut changes: Vec<_> = log
        .invocations
        .iter()
        .flat_map(|made| made.calls.iter().map(move |call| (made, call)))
        .filter(|(_, call)| call.request.operation().is_write())
        .filter_map(|(made, call)| {
            let effect = call.effect.as_ref().filter(|effect| effect.accepted)?;
            let unchanged = effect.before.is_some() && effect.before == effect.after;
            // The ledger takes an event again, and nothing changes.
            let repeats = call.request.is_of_ledger() || was_busy(made);
            (!unchanged || !repeats).then_some((call, effect))
        })
        .map(|(call, effect)| (effect.when, call.request.clone()))
        .collect();
    changes.sort_by_key(|(when, _)| *when);
    changes.into_iter().map(|(when, request)| (when.at, request)).collect()
}

/// Whether SageMaker refused its capacity call as busy.
fn was_busy(made: &Invocation) -> bool {
    made.answers().iter().any(|(call, effect, _)| {
        matches!(call.request, Request::SetCapacity(..))
            && matches!(&effect.response, Response::Failed(failure) if failure.kind == FailureKind::Busy)
    })
}

/// A foreign event makes no call.
pub fn foreign_calls(_: &Plan, log: &EventLog) -> Option<String> {
    let made = log
        .invocations
        .iter()
        .find(|made| made.signal == Signal::Foreign && !made.calls.is_empty())?;
    Some(format!("{}, which is about somebody else, made calls: {:?}", made.cause, made.calls))
        .filter(|_| made.end != InvocationEnd::Running)
}
