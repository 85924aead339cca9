//! The decision on a tick. It depends on the current state only, so it corrects the effects of lost events
//! and failed calls.

mod after_lease;
mod at_zero;
mod backlog_items;
mod floor_lowered;
mod record_extended;
mod up;

pub use record_extended::EXTENSION;
pub(crate) use record_extended::runs_out;
pub(super) use up::{is_done, on_the_way_up, work_done};

use jiff::Timestamp;

use self::{
    at_zero::{at_zero_watching, at_zero_with_live_lease},
    floor_lowered::lower_floor_or,
    record_extended::{extension, kept},
    up::up,
};
use super::{
    decision::{Action, Decision, TICK, Verdict},
    floor::min_keeps_up,
    observed::{Observed, Read, updatable},
    wake::{renewal, within_bounds},
};
use crate::{
    config::Policy,
    lease::{Kept, Records},
    port::ScalableTarget,
    reason::Reason,
};

/// Decides for one variant on a tick or after a change of the endpoint's status.
pub fn decide(seen: &Observed, policy: &Policy, now: Timestamp) -> Verdict {
    let target = match &seen.target {
        Read::Failed => return target_unreadable(seen, now).into(),
        Read::Known(None) => return Decision::none(Reason::NotRegistered).into(),
        Read::Known(Some(target)) => target,
    };
    let records = match &seen.records {
        Read::Failed => return Decision::none(Reason::LeaseUnreadable).recheck(TICK).into(),
        Read::Known(records) => records,
    };
    if min_keeps_up(target, records) {
        return under_owners_min(seen, target, records, now).into();
    }
    let Some(desired) = seen.variant.desired else {
        return capacity_unknown(seen, records, policy, now).into();
    };
    if desired > 0 {
        up(seen, target, records, policy, now, desired)
    } else if records.live(now) {
        at_zero_with_live_lease(seen, target, records, policy, now).into()
    } else if records.watched(now) {
        at_zero_watching(seen, target, records, policy, now)
    } else {
        lower_floor_or(target, records, Reason::Asleep).into()
    }
}

/// The owner's `MinCapacity` keeps the endpoint awake. With zero instances it can still need a capacity
/// request: if the owner set the minimum while SageMaker was busy, Application Auto Scaling did not change
/// the capacity (API: `RegisterScalableTarget`).
fn under_owners_min(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    now: Timestamp,
) -> Decision {
    let can_be_woken = seen.variant.desired == Some(0)
        && records.exist()
        && target.max >= 1
        && !target.suspended.scaling_out
        && updatable(seen.endpoint.status);
    let reason = if records.live(now) { Reason::LeaseUnserved } else { Reason::MinCapacitySet };
    let mut decision = match can_be_woken {
        true => {
            let capacity = Some(within_bounds(1, target));
            Decision { capacity, ..Decision::of(Action::Wake, reason) }.recheck(TICK)
        }
        false => Decision::none(Reason::MinCapacitySet),
    };
    // Capacity that was not granted is requested again, so its record must not expire.
    let is_waiting = seen.variant.desired == Some(0) && records.exist();
    if is_waiting && runs_out(records.release_at(), now) {
        decision.records.push(extension(seen, records, now));
    }
    decision
}

/// Whether capacity is requested because a `MinCapacity` of 1 counts as the owner's. It can be our floor, if it was read
/// just before it was lowered, and the records just after they were canceled.
pub(crate) fn wakes_for_owners_one(decision: &Decision, seen: &Observed) -> bool {
    let (Read::Known(Some(target)), Read::Known(records)) = (&seen.target, &seen.records) else {
        return false;
    };
    decision.capacity.is_some_and(|capacity| capacity > 0)
        && target.min == 1
        && min_keeps_up(target, records)
}

/// The floor can be neither read nor lowered, and AWS might skip the action at R. The record shows that the
/// floor is ours, so it must exist longer than this state.
fn target_unreadable(seen: &Observed, now: Timestamp) -> Decision {
    match &seen.records {
        Read::Known(records) if records.exist() && runs_out(records.release_at(), now) => {
            kept(seen, records, now, Reason::TargetUnreadable)
        }
        _ => Decision::none(Reason::TargetUnreadable).recheck(TICK),
    }
}

/// The endpoint is being created. The record must exist longer than that takes.
fn capacity_unknown(
    seen: &Observed,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
) -> Decision {
    let renewed = renewal(records, Kept::Work, policy, now).filter(|_| records.exist());
    let mut decision = Decision::of(
        if renewed.is_some() { Action::Extend } else { Action::None },
        Reason::CapacityUnknown,
    );
    decision.records.extend(renewed.map(|end| extension(seen, records, end)));
    decision.recheck(TICK)
}
