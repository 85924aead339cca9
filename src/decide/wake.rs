//! The decision after an input, an invocation, an alarm or a request for capacity: a desired capacity of at least 1, and a
//! lease. If a read fails, the endpoint is still woken.

use jiff::Timestamp;

use super::{
    decision::{Action, Decision, FloorWithheld, RecordWrite, TICK},
    floor::{min_outlasts, with_floor},
    leave_alone::leave_alone,
    observed::{Observed, Read, updatable},
};
use crate::{
    config::Policy,
    lease::{Kept, Records},
    port::{Endpoint, ScalableTarget, Variant},
    reason::Reason,
};

/// The capacity that a wake requests immediately. `None` if no request is needed or possible. It does not
/// depend on records, so it can be requested before they are read.
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
        // `MinCapacity` and `MaxCapacity` are unknown. One instance is the minimum that can process the
        // input.
        Read::Failed => Some(1),
        Read::Known(None) => Some(policy.wake_to),
        Read::Known(Some(target)) if target.max < 1 || target.suspended.scaling_out => None,
        Read::Known(Some(target)) => Some(within_bounds(policy.wake_to, target)),
    }
}

/// Decides for an input, an invocation, an alarm or a request for capacity. `cause` is the reason of a wake, `kept` the record that it
/// renews.
pub fn decide(
    seen: &Observed,
    policy: &Policy,
    now: Timestamp,
    (cause, kept): (Reason, Kept),
) -> Decision {
    match &seen.target {
        Read::Failed => with_target_unreadable(seen, policy, cause),
        Read::Known(None) => not_registered(seen, policy, cause),
        Read::Known(Some(target)) => registered(seen, target, policy, now, (cause, kept)),
    }
}

/// `MinCapacity` and `MaxCapacity` are unknown, so one instance is requested. The read failure fails the
/// invocation. The next tick writes a lease for the endpoint.
fn with_target_unreadable(seen: &Observed, policy: &Policy, cause: Reason) -> Decision {
    let mut decision = woken(seen, policy, cause)
        .unwrap_or_else(|| Decision::none(Reason::TargetUnreadable).recheck(TICK));
    decision.floor_withheld = Some(FloorWithheld::Unreadable);
    decision
}

/// Without a scalable target, no lease can be stored. A wake that cannot be requested now fails so that the
/// caller retries.
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
    (cause, kept): (Reason, Kept),
) -> Decision {
    if target.max < 1 {
        return Decision::none(Reason::MaxIsZero);
    }
    // Without the records the endpoint is still woken. It is only unknown who set the floor.
    let known = match &seen.records {
        Read::Known(records) => Some(*records),
        Read::Failed => None,
    };
    let records = known.unwrap_or_default();
    let users_min = match known {
        Some(records) => min_outlasts(target, &records),
        // The lease is written unless it could lower a floor that the user set.
        None => target.min >= 1,
    };
    // The backstop alarm changes to ALARM during almost every cold start. The work that it reports is known then, and a
    // lease would prevent that the ledger ends the wait. An invocation counts as an alarm.
    let is_known = policy.done_after.is_some()
        && matches!(cause, Reason::AlarmFired | Reason::InvocationSeen)
        && seen.variant.desired.is_some_and(|desired| desired > 0)
        && records.live(now);
    let renewal = match users_min || is_known {
        true => None,
        false => renewal(&records, kept, policy, now),
    };

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
    decision.records.extend(renewal.map(|end| RecordWrite::Extend(kept, end)));
    // The request cannot be carried out now and no record stores it. The caller must retry.
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

/// A wake with the reason `cause`, if capacity can be requested now.
fn woken(seen: &Observed, policy: &Policy, cause: Reason) -> Option<Decision> {
    let capacity = capacity(&seen.endpoint, &seen.variant, &seen.target, policy)?;
    Some(Decision { capacity: Some(capacity), ..Decision::of(Action::Wake, cause) })
}

/// The number of instances within `MinCapacity` and `MaxCapacity` (rule 2).
pub(super) fn within_bounds(instances: i32, target: &ScalableTarget) -> i32 {
    instances.max(target.min).min(target.max)
}

/// The new end of the record: now + idle window + W. W is [`Policy::renewal_step`]. `None` if it would gain W or less.
/// The ledger can end a work record, so it does not stand for what only a lease stands for.
pub(crate) fn renewal(
    records: &Records,
    kept: Kept,
    policy: &Policy,
    now: Timestamp,
) -> Option<Timestamp> {
    let records = match kept {
        Kept::Work => *records,
        Kept::Lease => records.without_work(),
    };
    let renewed = now + policy.idle + policy.renewal_step();
    let gains_enough = records.ends_at().is_none_or(|end| end + policy.renewal_step() < renewed);
    gains_enough.then_some(renewed)
}

fn renewed_or(renewal: Option<Timestamp>, action: Action, reason: Reason) -> Decision {
    Decision::of(if renewal.is_some() { action } else { Action::None }, reason)
}
