//! The level-triggered look: whatever event got lost, whichever call failed, this makes good.

use jiff::{SignedDuration, Timestamp};

use super::{
    decision::{Action, Decision, Floor, RecordWrite, TICK, Verdict},
    floor::{floor_is_ours, floor_while_awake, min_keeps_up, with_floor},
    idle_evidence::{Backlog, Evidence},
    observed::{Observed, Read, updatable},
    wake::{renewal, within_bounds},
};
use crate::{
    config::Policy,
    lease::Records,
    port::{EndpointStatus, ScalableTarget},
    reason::Reason,
};

/// How far a busy endpoint's lease is extended.
pub const EXTENSION: SignedDuration = SignedDuration::from_mins(3);

/// Judges one variant on a tick, or when its endpoint's status has changed.
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
        return capacity_unknown(records, policy, now).into();
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

/// The owner's `MinCapacity` keeps the endpoint up. At zero it may still need our request: where the owner
/// sets it while SageMaker is busy, Application Auto Scaling changes no capacity (API:
/// `RegisterScalableTarget`).
fn under_owners_min(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    now: Timestamp,
) -> Decision {
    let can_be_woken = seen.variant.desired == Some(0)
        && records.stand()
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
    // What is not granted is requested again: the record that remembers it must not run out.
    let is_waiting = seen.variant.desired == Some(0) && records.stand();
    if is_waiting && runs_out(records.release_at(), now) {
        decision.records.push(RecordWrite::Lease(now));
    }
    decision
}

/// The floor that a record stands for can be neither seen nor put back; AWS might miss it at R. What
/// remembers whose it is must outlast that.
fn target_unreadable(seen: &Observed, now: Timestamp) -> Decision {
    match &seen.records {
        Read::Known(records) if records.stand() && runs_out(records.release_at(), now) => {
            kept(now, Reason::TargetUnreadable)
        }
        _ => Decision::none(Reason::TargetUnreadable).recheck(TICK),
    }
}

/// An endpoint that is being created: what is remembered must outlast that.
fn capacity_unknown(records: &Records, policy: &Policy, now: Timestamp) -> Decision {
    let renewed = renewal(records, policy, now).filter(|_| records.stand());
    let mut decision = Decision::of(
        if renewed.is_some() { Action::Extend } else { Action::None },
        Reason::CapacityUnknown,
    );
    decision.records.extend(renewed.map(RecordWrite::Lease));
    decision.recheck(TICK)
}

/// Desired capacity is 0 although the lease says awake: a wake was lost, refused or undone.
fn at_zero_with_live_lease(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
) -> Decision {
    if target.max < 1 {
        return lower_floor_or(target, records, Reason::MaxIsZero);
    }
    if target.suspended.scaling_out {
        return lower_if_missed(seen, target, records, Reason::ScalingOutSuspended).recheck(TICK);
    }
    if !updatable(seen.endpoint.status) {
        return lower_if_missed(seen, target, records, Reason::EndpointBusy).recheck(TICK);
    }
    wake(target, records, policy, Reason::LeaseUnserved, now)
}

/// Desired capacity is 0 and the lease has ended: until R, the backlog is watched.
fn at_zero_watching(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
) -> Verdict {
    if target.max < 1 {
        return lower_floor_or(target, records, Reason::MaxIsZero).into();
    }
    if seen.backlog == Backlog::NotRead {
        return Verdict::ReadBacklog;
    }
    let extended = RecordWrite::Lease(now + EXTENSION);
    let waiting = seen.backlog.newest(now);
    if target.suspended.scaling_out {
        // The intent outlives the suspension: resuming finds it.
        return if waiting == Some(0.0) {
            lower_floor_or(target, records, Reason::ScalingOutSuspended)
        } else {
            let mut decision = Decision::of(Action::Extend, Reason::ScalingOutSuspended);
            decision.records.push(extended);
            decision.recheck(EXTENSION)
        }
        .into();
    }
    match waiting {
        Some(0.0) => lower_floor_or(target, records, Reason::Asleep).into(),
        Some(_) if updatable(seen.endpoint.status) => {
            let policy = &policy.for_known_work(items(waiting));
            let mut decision = wake(target, records, policy, Reason::Backlog, now);
            decision.records.extend(renewal(records, policy, now).map(RecordWrite::Lease));
            decision.into()
        }
        Some(_) => {
            let mut decision = Decision::of(Action::Extend, Reason::EndpointBusy);
            decision.records.push(extended);
            decision.recheck(TICK).into()
        }
        // Capacity was never granted: the floor still stands. The renewed lease wakes on the next
        // tick. Otherwise an unreadable metric must not undo a sleep.
        None if floor_is_ours(target, records) => {
            let mut decision = Decision::of(Action::Extend, Reason::BacklogUnknown);
            decision.records.push(extended);
            decision.recheck(TICK).into()
        }
        None => Decision::none(Reason::BacklogUnknown).recheck(TICK).into(),
    }
}

fn wake(
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    reason: Reason,
    now: Timestamp,
) -> Decision {
    let capacity = within_bounds(policy.wake_to, target);
    let decision = Decision { capacity: Some(capacity), ..Decision::of(Action::Wake, reason) };
    with_floor(decision, target, records, Some(capacity), now).recheck(TICK)
}

/// Desired capacity is above 0.
fn up(
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
        return push_on(target, records, policy, now, desired).into();
    }
    if now < end {
        return keep(target, records, desired, now).recheck(end.duration_since(now)).into();
    }
    judge(seen, target, records, policy, now, end)
}

/// Instances are wanted that are not there yet.
fn on_the_way_up(seen: &Observed, desired: i32) -> bool {
    seen.endpoint.status != EndpointStatus::InService
        || seen.variant.current.is_none_or(|current| current < desired)
}

/// Somebody else woke it: one idle window, then it is judged like any other.
fn adopt(
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
    desired: i32,
) -> Decision {
    let mut decision = Decision::of(Action::Extend, Reason::Adopted);
    decision.records.push(RecordWrite::Lease(now + policy.idle));
    with_floor(decision, target, records, Some(desired), now).recheck(policy.idle)
}

/// Instances are on their way: the idle window starts when they are in service.
fn push_on(
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
    desired: i32,
) -> Decision {
    let Some(renewed) = renewal(records, policy, now) else {
        return keep_with(target, records, desired, Reason::OnTheWayUp, now).recheck(TICK);
    };
    let mut decision = Decision::of(Action::Extend, Reason::OnTheWayUp);
    decision.records.push(RecordWrite::Lease(renewed));
    with_floor(decision, target, records, Some(desired), now).recheck(TICK)
}

/// The lease is live: nothing but the floor to look after.
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
    let decision = match floor_while_awake(target, records, Some(desired)) {
        Ok(Some(Floor::Raise)) => Decision::of(Action::Extend, Reason::FloorRestored),
        Ok(Some(Floor::Lower)) => Decision::of(Action::Release, Reason::FloorLowered),
        Ok(None) | Err(_) => Decision::none(otherwise),
    };
    with_floor(decision, target, records, Some(desired), now)
}

/// The lease has ended, its record stands, instances are in service: busy or idle?
fn judge(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
    end: Timestamp,
) -> Verdict {
    if seen.endpoint.status != EndpointStatus::InService {
        return Decision::none(Reason::NotInService).recheck(TICK).into();
    }
    if target.suspended.scaling_in {
        // A floor that cannot be put back needs its record, or it would pass for a user's.
        if target.suspended.scheduled
            && above_max(seen, target)
            && runs_out(records.release_at(), now)
        {
            return kept(now, Reason::ScalingInSuspended).into();
        }
        return lower_if_missed(seen, target, records, Reason::ScalingInSuspended).into();
    }
    if seen.backlog == Backlog::NotRead {
        return Verdict::ReadBacklog;
    }
    match seen.backlog.since(policy.last_input(end), now) {
        Evidence::Idle => {
            Decision { capacity: Some(0), ..Decision::of(Action::Sleep, Reason::Idle) }.into()
        }
        Evidence::Busy => {
            let mut decision = Decision::of(Action::Extend, Reason::Backlog);
            decision.records.push(RecordWrite::Lease(now + EXTENSION));
            if let Some(more) = more_instances(seen, target, policy, now) {
                decision.action = Action::Wake;
                decision.capacity = Some(more);
            }
            let desired = decision.capacity.or(seen.variant.desired);
            with_floor(decision, target, records, desired, now).recheck(EXTENSION).into()
        }
        Evidence::Unknown => unknown(seen, target, records, now).into(),
    }
}

/// More instances than there are, where the route says how many items one is to have, and so many
/// wait that it takes more. Scaling in between n and 1 stays with the user's policy.
fn more_instances(
    seen: &Observed,
    target: &ScalableTarget,
    policy: &Policy,
    now: Timestamp,
) -> Option<i32> {
    let wanted = policy.instances_for(items(seen.backlog.newest(now))).min(target.max);
    let desired = seen.variant.desired?;
    (wanted > desired && !target.suspended.scaling_out).then_some(wanted)
}

/// A datapoint as a count of items.
fn items(datapoint: Option<f64>) -> usize {
    // The saturating conversion makes nothing of what is no number.
    datapoint.map_or(0, |value| value.ceil() as usize)
}

/// Unknown never sleeps. The record is kept from running out, with its end at now, so that every
/// tick looks again.
fn unknown(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    now: Timestamp,
) -> Decision {
    if runs_out(records.release_at(), now) {
        return kept(now, Reason::BacklogUnknown);
    }
    lower_if_missed(seen, target, records, Reason::BacklogUnknown).recheck(TICK)
}

/// Whether the next ticks may come too late for a record with this R.
pub(crate) fn runs_out(release: Option<Timestamp>, now: Timestamp) -> bool {
    release.is_none_or(|release| release.duration_since(now) <= EXTENSION)
}

fn kept(now: Timestamp, reason: Reason) -> Decision {
    let mut decision = Decision::of(Action::Extend, reason);
    decision.records.push(RecordWrite::Lease(now));
    decision.recheck(TICK)
}

fn above_max(seen: &Observed, target: &ScalableTarget) -> bool {
    seen.variant.desired.is_some_and(|desired| desired > target.max)
}

/// Nothing to do but to put back a floor that AWS would not drop: scheduled scaling is suspended.
/// Not where AWS would scale in to `MaxCapacity` by it (rule 2): nothing proves that there is no work.
fn lower_if_missed(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    otherwise: Reason,
) -> Decision {
    if target.suspended.scheduled && !above_max(seen, target) {
        lower_floor_or(target, records, otherwise)
    } else {
        Decision::none(otherwise)
    }
}

/// Puts our floor back where it stands, and says `otherwise` where it does not.
fn lower_floor_or(target: &ScalableTarget, records: &Records, otherwise: Reason) -> Decision {
    if floor_is_ours(target, records) {
        Decision {
            floor: Some(Floor::Lower),
            ..Decision::of(Action::Release, Reason::FloorLowered)
        }
    } else {
        Decision::none(otherwise)
    }
}
