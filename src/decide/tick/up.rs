//! A tick that finds instances: on their way, kept by a lease, or done.

use jiff::Timestamp;

use super::{after_lease::decide_after_lease, record_extended::extension};
use crate::{
    config::Policy,
    decide::{
        decision::{Action, Decision, Floor, LedgerAtSleep, RecordWrite, TICK, Verdict},
        floor::with_floor,
        observed::Observed,
        wake::renewal,
    },
    lease::{Kept, Records},
    port::{EndpointStatus, ScalableTarget},
    reason::Reason,
};

/// Desired capacity is above 0.
pub(super) fn up(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
    desired: i32,
) -> Verdict {
    let Some(end) = records.ends_at() else {
        return adopt(target, records, policy, now, desired).into();
    };
    if on_the_way_up(seen, desired) {
        return push_on(seen, target, records, policy, now, desired).into();
    }
    if is_done(seen, target, records, policy, now) {
        return work_done().into();
    }
    if now < end {
        return keep(target, records, desired, now).recheck(end.duration_since(now)).into();
    }
    decide_after_lease(seen, target, records, policy, now, end)
}

/// The sleep after the last result.
pub(in crate::decide) fn work_done() -> Decision {
    Decision {
        capacity: Some(0),
        records: vec![RecordWrite::End(Kept::Work)],
        ledger: LedgerAtSleep::Done,
        ..Decision::of(Action::Sleep, Reason::WorkDone)
    }
}

/// Whether the ledger ends the wait: all work has a result, and nothing that the ledger does not explain keeps the
/// endpoint awake.
pub(in crate::decide) fn is_done(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
) -> bool {
    policy.done_after.is_some_and(|done_after| seen.ledger.is_done(done_after, now))
        && seen.endpoint.status == EndpointStatus::InService
        && records.lease.is_none()
        && records.hold.is_none()
        && !target.suspended.scaling_in
}

/// Whether instances of this variant are starting, or may be: only a change of another variant starts none.
pub(in crate::decide) fn on_the_way_up(seen: &Observed, desired: i32) -> bool {
    seen.variant.current.is_none_or(|current| current < desired)
        || seen.endpoint.status != EndpointStatus::InService && !another_variant_changes(seen)
}

/// Whether the endpoint is `Updating` because the capacity of another variant changes.
fn another_variant_changes(seen: &Observed) -> bool {
    let others = seen.endpoint.variants.iter().filter(|other| other.name != seen.variant.name);
    let mut counts = others.filter_map(|other| other.current.zip(other.desired));
    seen.endpoint.status == EndpointStatus::Updating
        && counts.any(|(current, desired)| current != desired)
}

/// Somebody else woke the endpoint. It gets a lease of one idle window. After that, it is treated like any
/// other endpoint.
fn adopt(
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
    desired: i32,
) -> Decision {
    let mut decision = Decision::of(Action::Extend, Reason::Adopted);
    decision.records.push(RecordWrite::Extend(Kept::Lease, now + policy.idle));
    with_floor(decision, target, records, Some(desired), now).recheck(policy.idle)
}

/// Instances are starting. The idle window starts when they are in service.
fn push_on(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
    desired: i32,
) -> Decision {
    let Some(renewed) = renewal(records, Kept::Work, policy, now) else {
        return keep_with(target, records, desired, Reason::OnTheWayUp, now).recheck(TICK);
    };
    let mut decision = Decision::of(Action::Extend, Reason::OnTheWayUp);
    decision.records.push(extension(seen, records, renewed));
    with_floor(decision, target, records, Some(desired), now).recheck(TICK)
}

/// The lease is live. Only the floor is checked.
fn keep(target: &ScalableTarget, records: &Records, desired: i32, now: Timestamp) -> Decision {
    keep_with(target, records, desired, Reason::LeaseLive, now)
}

fn keep_with(
    target: &ScalableTarget,
    records: &Records,
    desired: i32,
    otherwise: Reason,
    now: Timestamp,
) -> Decision {
    let kept = with_floor(Decision::none(otherwise), target, records, Some(desired), now);
    let (action, reason) = match kept.floor {
        Some(Floor::Raise) => (Action::Extend, Reason::FloorRestored),
        Some(Floor::Lower) => (Action::Release, Reason::FloorLowered),
        None => return kept,
    };
    Decision { action, reason, ..kept }
}
