//! The decision on a tick. It depends on the current state only, so it corrects the effects of lost events
//! and failed calls.

use jiff::{SignedDuration, Timestamp};

use super::{
    decision::{Action, Decision, Floor, LedgerAtSleep, RecordWrite, TICK, Verdict},
    floor::{floor_is_ours, min_keeps_up, with_floor},
    idle_evidence::{Backlog, Evidence},
    ledger_seen::LedgerSeen,
    observed::{Observed, Read, updatable},
    wake::{renewal, within_bounds},
};
use crate::{
    config::Policy,
    lease::{Kept, Records},
    port::{EndpointStatus, ScalableTarget},
    reason::Reason,
};

/// Extension of the lease of a busy endpoint.
pub const EXTENSION: SignedDuration = SignedDuration::from_mins(3);

/// How long a ledger that cannot be read keeps a record. After it, the metric alone decides.
const LEDGER_PATIENCE: SignedDuration = SignedDuration::from_mins(60);

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

/// Desired capacity is 0 while the lease is live. A wake was lost, refused or undone.
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

/// Desired capacity is 0 and the lease has ended. The backlog is read until R.
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
    let extended = extension(seen, records, now + EXTENSION);
    let waiting = match shows_finished_work(seen, now) {
        true => Some(0.0),
        false => seen.backlog.newest(now),
    };
    // Without the metric, an older upload may wait as well: its record was extended while the endpoint could not be woken.
    let outstanding = outstanding_at_zero(seen, records, policy)
        || waiting.is_none() && seen.ledger.is_outstanding();
    if target.suspended.scaling_out {
        // The lease is kept so that the wake happens when scaling out is resumed.
        return if waiting == Some(0.0) && !outstanding {
            lower_floor_or(target, records, Reason::ScalingOutSuspended)
        } else {
            let mut decision = Decision::of(Action::Extend, Reason::ScalingOutSuspended);
            decision.records.push(extended);
            decision.recheck(EXTENSION)
        }
        .into();
    }
    if outstanding || waiting.is_some_and(|items| items != 0.0) {
        return work_at_zero(seen, target, records, policy, now, (outstanding, waiting)).into();
    }
    let floor_is_ours = floor_is_ours(target, records);
    match (waiting, kept_for_ledger(seen, records, now)) {
        (_, Some(kept)) if waiting.is_some() || !floor_is_ours => kept.into(),
        (Some(_), _) => lower_floor_or(target, records, Reason::Asleep).into(),
        // The floor is still raised, so capacity was never granted. The renewed lease wakes the endpoint on
        // the next tick. Without the floor, a metric that cannot be read must not undo a sleep.
        (None, _) if floor_is_ours => {
            let mut decision = Decision::of(Action::Extend, Reason::BacklogUnknown);
            decision.records.push(extended);
            decision.recheck(TICK).into()
        }
        (None, _) => Decision::none(Reason::BacklogUnknown).recheck(TICK).into(),
    }
}

/// Desired capacity is 0, and the ledger or the metric shows work. The work record stands for what the ledger knows, and
/// a lease for what only the metric shows.
fn work_at_zero(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
    (outstanding, waiting): (bool, Option<f64>),
) -> Decision {
    let (reason, kept) = match outstanding {
        true => (Reason::Outstanding, Kept::Work),
        false => (Reason::Backlog, Kept::Lease),
    };
    if !updatable(seen.endpoint.status) {
        let mut decision = Decision::of(Action::Extend, Reason::EndpointBusy);
        decision.records.push(RecordWrite::Extend(kept, now + EXTENSION));
        return decision.recheck(TICK);
    }
    let policy = &policy.for_known_work(items(waiting));
    let mut decision = wake(target, records, policy, reason, now);
    let renewed = renewal(records, kept, policy, now);
    decision.records.extend(renewed.map(|end| RecordWrite::Extend(kept, end)));
    decision
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

/// The write that extends a record until this time: the work record while the ledger has outstanding work.
fn extension(seen: &Observed, records: &Records, end: Timestamp) -> RecordWrite {
    let kept = if seen.ledger.is_outstanding() { Kept::Work } else { records.to_extend() };
    RecordWrite::Extend(kept, end)
}

/// The sleep after the last result.
pub(super) fn work_done() -> Decision {
    Decision {
        capacity: Some(0),
        records: vec![RecordWrite::End(Kept::Work)],
        ledger: LedgerAtSleep::Done,
        ..Decision::of(Action::Sleep, Reason::WorkDone)
    }
}

/// Whether the ledger ends the wait: all work has a result, and nothing that the ledger does not explain keeps the
/// endpoint awake.
pub(super) fn is_done(
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

/// Whether the newest result is newer than all datapoints of the metric. Then they show work that is finished.
fn shows_finished_work(seen: &Observed, now: Timestamp) -> bool {
    let newest = seen.backlog.newest_at(now);
    newest.is_some_and(|newest| Some(newest) <= seen.ledger.newest_result())
}

/// At zero instances: whether an upload without a result came after the last work that a sleep has forgotten.
fn outstanding_at_zero(seen: &Observed, records: &Records, policy: &Policy) -> bool {
    let since = records.ends_at().map_or(Timestamp::MIN, |end| policy.last_input(end));
    seen.ledger.is_outstanding_since(since)
}

/// The ledger cannot be read, and it may have work: the record is kept, so that the next ticks read the ledger.
fn kept_for_ledger(seen: &Observed, records: &Records, now: Timestamp) -> Option<Decision> {
    let LedgerSeen::Unreadable { since, .. } = seen.ledger else { return None };
    let waits = now.duration_since(since) < LEDGER_PATIENCE;
    (waits && records.exist() && runs_out(records.release_at(), now))
        .then(|| kept(seen, records, now, Reason::LedgerUnreadable))
}

/// Whether instances of this variant are starting, or may be: only a change of another variant starts none.
pub(super) fn on_the_way_up(seen: &Observed, desired: i32) -> bool {
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

/// The lease has ended and no instances are starting. Decides whether the endpoint is busy or idle.
fn decide_after_lease(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    policy: &Policy,
    now: Timestamp,
    end: Timestamp,
) -> Verdict {
    if seen.endpoint.status != EndpointStatus::InService {
        // Another variant changes. No instance of this one starts, so the record is only kept until that is over.
        return match runs_out(records.release_at(), now) {
            true => kept(seen, records, now, Reason::NotInService),
            false => Decision::none(Reason::NotInService).recheck(TICK),
        }
        .into();
    }
    if target.suspended.scaling_in {
        // A floor that cannot be lowered needs its record. Without it, the floor would count as the owner's.
        if target.suspended.scheduled
            && above_max(seen, target)
            && runs_out(records.release_at(), now)
        {
            return kept(seen, records, now, Reason::ScalingInSuspended).into();
        }
        return lower_if_missed(seen, target, records, Reason::ScalingInSuspended).into();
    }
    if seen.backlog == Backlog::NotRead {
        return Verdict::ReadBacklog;
    }
    let since = policy.last_input(end);
    // An upload that is older than this was not invoked by anybody.
    let outstanding = seen.ledger.is_outstanding_since(since);
    match seen.backlog.since(since, now) {
        Evidence::Idle if !outstanding => {
            let ledger = match policy.done_after {
                Some(_) => LedgerAtSleep::NoneSince(since),
                None => LedgerAtSleep::NotUsed,
            };
            let decision = Decision::of(Action::Sleep, Reason::Idle);
            Decision { capacity: Some(0), ledger, ..decision }.into()
        }
        Evidence::Idle | Evidence::Unknown if outstanding => {
            let mut decision = Decision::of(Action::Extend, Reason::Outstanding);
            decision.records.push(extension(seen, records, now + EXTENSION));
            with_floor(decision, target, records, seen.variant.desired, now)
                .recheck(EXTENSION)
                .into()
        }
        Evidence::Busy => {
            let mut decision = Decision::of(Action::Extend, Reason::Backlog);
            decision.records.push(extension(seen, records, now + EXTENSION));
            if let Some(more) = more_instances(seen, target, policy, now) {
                decision.action = Action::Wake;
                decision.capacity = Some(more);
            }
            let desired = decision.capacity.or(seen.variant.desired);
            with_floor(decision, target, records, desired, now).recheck(EXTENSION).into()
        }
        Evidence::Idle | Evidence::Unknown => unknown(seen, target, records, now).into(),
    }
}

/// The desired capacity for the backlog, if the route sets `inputs_per_instance` and the backlog needs more
/// instances than there are. Scaling in to one instance is left to the user's scaling policy.
fn more_instances(
    seen: &Observed,
    target: &ScalableTarget,
    policy: &Policy,
    now: Timestamp,
) -> Option<i32> {
    if shows_finished_work(seen, now) && !seen.ledger.is_outstanding() {
        return None;
    }
    let wanted = policy.instances_for(items(seen.backlog.newest(now))).min(target.max);
    let desired = seen.variant.desired?;
    (wanted > desired && !target.suspended.scaling_out).then_some(wanted)
}

/// The value of a datapoint as a number of items.
fn items(datapoint: Option<f64>) -> usize {
    // The conversion saturates and turns NaN into 0.
    datapoint.map_or(0, |value| value.ceil() as usize)
}

/// If the backlog is unknown, the endpoint is not put to sleep. Before the record expires, it is written
/// again with its end at now, so that every tick checks the backlog again.
fn unknown(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    now: Timestamp,
) -> Decision {
    if runs_out(records.release_at(), now) {
        return kept(seen, records, now, Reason::BacklogUnknown);
    }
    lower_if_missed(seen, target, records, Reason::BacklogUnknown).recheck(TICK)
}

/// Whether a record with this R can expire before the next ticks renew it.
pub(crate) fn runs_out(release: Option<Timestamp>, now: Timestamp) -> bool {
    release.is_none_or(|release| release.duration_since(now) <= EXTENSION)
}

fn kept(seen: &Observed, records: &Records, now: Timestamp, reason: Reason) -> Decision {
    let mut decision = Decision::of(Action::Extend, reason);
    decision.records.push(extension(seen, records, now));
    decision.recheck(TICK)
}

fn above_max(seen: &Observed, target: &ScalableTarget) -> bool {
    seen.variant.desired.is_some_and(|desired| desired > target.max)
}

/// Lowers the floor if scheduled scaling is suspended, because AWS skips the action at R. If desired capacity
/// is above `MaxCapacity`, the floor is kept: AWS would scale in (rule 2), and it is not proven that the
/// endpoint is idle.
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

/// Lowers our floor if it exists. Otherwise the reason is `otherwise`.
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
