//! Work arrived, or somebody asked: capacity of at least 1, and a lease. Waking fails open.

use jiff::Timestamp;

use super::{
    decision::{Action, Decision, FloorWithheld, RecordWrite, TICK},
    floor::{min_outlasts, with_floor},
    leave_alone::leave_alone,
    observed::{Observed, Read, updatable},
};
use crate::{
    config::Policy,
    lease::Records,
    port::{Endpoint, ScalableTarget, Variant},
    reason::Reason,
};

/// The capacity that a wake requests at once; `None` where there is nothing to request now. It depends on
/// no record, so it can be requested before the records are read.
pub fn capacity(
    endpoint: &Endpoint,
    variant: &Variant,
    target: &Read<Option<ScalableTarget>>,
    policy: &Policy,
) -> Option<i32> {
    let can_be_woken = leave_alone(endpoint, variant).is_none()
        && variant.desired == Some(0)
        && updatable(endpoint.status);
    if !can_be_woken {
        return None;
    }
    match target {
        // Bounds unknown: one instance is the least that serves the work.
        Read::Failed => Some(1),
        Read::Known(None) => Some(policy.wake_to),
        Read::Known(Some(target)) if target.max < 1 || target.suspended.scaling_out => None,
        Read::Known(Some(target)) => Some(within_bounds(policy.wake_to, target)),
    }
}

/// Judges an input, an alarm, or a request for capacity; `cause` is the reason of a wake.
pub fn decide(seen: &Observed, policy: &Policy, now: Timestamp, cause: Reason) -> Decision {
    match &seen.target {
        Read::Failed => with_target_unreadable(seen, policy, cause),
        Read::Known(None) => not_registered(seen, policy, cause),
        Read::Known(Some(target)) => registered(seen, target, policy, now, cause),
    }
}

/// Bounds unknown: one instance is the least that serves the work (waking fails open). The read's
/// failure fails the invocation; the next tick adopts what was woken.
fn with_target_unreadable(seen: &Observed, policy: &Policy, cause: Reason) -> Decision {
    let mut decision = woken(seen, policy, cause)
        .unwrap_or_else(|| Decision::none(Reason::TargetUnreadable).recheck(TICK));
    decision.floor_withheld = Some(FloorWithheld::Unreadable);
    decision
}

/// There is nowhere to keep a lease: what cannot be done at once must fail, to be retried.
fn not_registered(seen: &Observed, policy: &Policy, cause: Reason) -> Decision {
    let mut decision = match (woken(seen, policy, cause), seen.variant.desired) {
        (Some(woken), _) => woken,
        (None, Some(0)) => Decision::none(Reason::EndpointBusy).recheck(TICK).unserved(),
        (None, Some(_)) => Decision::none(Reason::NotRegistered),
        (None, None) => Decision::none(Reason::CapacityUnknown).recheck(TICK).unserved(),
    };
    decision.floor_withheld = Some(FloorWithheld::NotRegistered);
    decision
}

fn registered(
    seen: &Observed,
    target: &ScalableTarget,
    policy: &Policy,
    now: Timestamp,
    cause: Reason,
) -> Decision {
    if target.max < 1 {
        return Decision::none(Reason::MaxIsZero);
    }
    // Without the records, a wake is still a wake; only whose floor it is cannot be told.
    let known = match &seen.records {
        Read::Known(records) => Some(*records),
        Read::Failed => None,
    };
    let records = known.unwrap_or_default();
    let users_min = match known {
        Some(records) => min_outlasts(target, &records),
        // A lease is worth having unless it could drop a user's own floor at R.
        None => target.min >= 1,
    };
    let renewal = if users_min { None } else { renewal(&records, policy, now) };

    let mut decision = match (woken(seen, policy, cause), seen.variant.desired) {
        (Some(woken), _) => woken,
        (None, None | Some(0)) if target.suspended.scaling_out => {
            renewed_or(renewal, Action::Extend, Reason::ScalingOutSuspended)
        }
        (None, Some(0)) => renewed_or(renewal, Action::Extend, Reason::EndpointBusy).recheck(TICK),
        (None, None) => renewed_or(renewal, Action::Extend, Reason::CapacityUnknown).recheck(TICK),
        (None, Some(_)) if users_min => Decision::none(Reason::MinCapacitySet),
        (None, Some(_)) if renewal.is_some() => Decision::of(Action::Extend, Reason::LeaseRenewed),
        (None, Some(_)) => Decision::none(Reason::LeaseFresh),
    };
    decision.records.extend(renewal.map(RecordWrite::Lease));
    // What cannot be done now, and is written nowhere, must be tried again by the caller.
    if users_min && decision.capacity.is_none() && seen.variant.desired.is_none_or(|n| n == 0) {
        decision.unserved = !target.suspended.scaling_out;
    }
    if users_min {
        return decision;
    }
    if known.is_none() {
        decision.floor_withheld = Some(FloorWithheld::Unreadable);
        return decision;
    }
    let desired = decision.capacity.or(seen.variant.desired);
    with_floor(decision, target, &records, desired, now)
}

/// A wake on account of `cause`, where capacity can be requested now.
fn woken(seen: &Observed, policy: &Policy, cause: Reason) -> Option<Decision> {
    let capacity = capacity(&seen.endpoint, &seen.variant, &seen.target, policy)?;
    Some(Decision { capacity: Some(capacity), ..Decision::of(Action::Wake, cause) })
}

/// This many instances, as far as the target's bounds allow: rule 2.
pub(super) fn within_bounds(instances: i32, target: &ScalableTarget) -> i32 {
    instances.max(target.min).min(target.max)
}

/// Where the lease's end goes, if that gains more than W: to idle + W from now.
pub(crate) fn renewal(records: &Records, policy: &Policy, now: Timestamp) -> Option<Timestamp> {
    let renewed = now + policy.idle + policy.renewal_step();
    let gains_enough = records.ends_at().is_none_or(|end| end + policy.renewal_step() < renewed);
    gains_enough.then_some(renewed)
}

fn renewed_or(renewal: Option<Timestamp>, action: Action, reason: Reason) -> Decision {
    Decision::of(if renewal.is_some() { action } else { Action::None }, reason)
}
