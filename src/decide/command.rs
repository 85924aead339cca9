//! Decisions for the commands sleep, hold and release. The command wake is decided in `wake`.

use jiff::Timestamp;

use super::{
    decision::{Action, Decision, Floor, LedgerAtSleep, RecordWrite, TICK, Verdict},
    floor::{min_keeps_up, with_floor},
    idle_evidence::{Backlog, Evidence},
    observed::{Observed, Read},
    wake,
};
use crate::{
    config::Policy,
    lease::{HOLD, Kept, Records},
    port::{EndpointStatus, ScalableTarget},
    reason::Reason,
};

/// Scales in to zero as soon as rule 3 allows it. `force` ignores the lease but not the backlog, and also scales in a
/// variant that is not registered. At zero instances, `force` ends the lease and the hold, which would wake the
/// endpoint again.
pub fn sleep(seen: &Observed, policy: &Policy, now: Timestamp, force: bool) -> Verdict {
    let target = match &seen.target {
        Read::Failed => return Decision::none(Reason::TargetUnreadable).unserved().into(),
        Read::Known(None) if force => return unregistered(seen, policy, now),
        Read::Known(None) => return Decision::none(Reason::NotRegistered).into(),
        Read::Known(Some(target)) => target,
    };
    let records = match &seen.records {
        Read::Failed => return Decision::none(Reason::LeaseUnreadable).unserved().into(),
        Read::Known(records) => records,
    };
    let is_at_zero = seen.variant.desired == Some(0);
    if is_at_zero && force && records.live(now) && !min_keeps_up(target, records) {
        let floor = (target.min >= 1).then_some(Floor::Lower);
        let records = lease_ended(records);
        return Decision { records, floor, ..Decision::of(Action::Release, Reason::Asleep) }.into();
    }
    let refused = if min_keeps_up(target, records) {
        Some(Reason::MinCapacitySet)
    } else if is_at_zero && records.live(now) {
        // The next tick would wake the endpoint again.
        Some(Reason::LeaseLive)
    } else if is_at_zero {
        Some(Reason::Asleep)
    } else if seen.variant.desired.is_none() {
        Some(Reason::CapacityUnknown)
    } else if seen.endpoint.status != EndpointStatus::InService {
        Some(Reason::NotInService)
    } else if target.suspended.scaling_in {
        Some(Reason::ScalingInSuspended)
    } else if records.live(now) && !force {
        Some(Reason::LeaseLive)
    } else if is_outstanding(seen, policy, now, force) {
        Some(Reason::WorkOutstanding)
    } else {
        None
    };
    if let Some(reason) = refused {
        return Decision::none(reason).into();
    }
    if seen.backlog == Backlog::NotRead {
        return Verdict::ReadBacklog;
    }
    // The end of an expired lease limits when the last input arrived. Without a lease, or with `force`, an
    // input could have arrived until now, so the endpoint must have been idle for a whole idle window.
    let end = records.ends_at().filter(|end| *end <= now).unwrap_or(now);
    match seen.backlog.since(policy.last_input(end), now) {
        Evidence::Busy => Decision::none(Reason::Backlog).into(),
        Evidence::Unknown => Decision::none(Reason::BacklogUnknown).into(),
        Evidence::Idle => {
            let mut decision = Decision {
                capacity: Some(0),
                ledger: ledger_at_sleep(policy, now, force),
                ..Decision::of(Action::Sleep, Reason::Requested)
            };
            // The expired lease is kept so that the backlog is read until its R.
            if records.live(now) || !records.exist() {
                decision.records = lease_ended(records);
            }
            decision.into()
        }
    }
}

/// Whether the ledger has work that prevents this sleep.
fn is_outstanding(seen: &Observed, policy: &Policy, now: Timestamp, force: bool) -> bool {
    seen.ledger.is_outstanding_since(oldest_that_counts(policy, now, force))
}

/// What the ledger must show at the last look of this sleep.
fn ledger_at_sleep(policy: &Policy, now: Timestamp, force: bool) -> LedgerAtSleep {
    match policy.done_after {
        Some(_) => LedgerAtSleep::NoneSince(oldest_that_counts(policy, now, force)),
        None => LedgerAtSleep::NotUsed,
    }
}

/// Uploads without a result that are older than this do not prevent the sleep. A forced sleep ignores those that nobody
/// can have invoked.
fn oldest_that_counts(policy: &Policy, now: Timestamp, force: bool) -> Timestamp {
    if force { policy.last_input(now) } else { Timestamp::MIN }
}

/// A variant that is not registered has no lease, so an input could have arrived until now.
fn unregistered(seen: &Observed, policy: &Policy, now: Timestamp) -> Verdict {
    let refused = match seen.variant.desired {
        Some(0) => Some(Reason::Asleep),
        None => Some(Reason::CapacityUnknown),
        Some(_) if seen.endpoint.status != EndpointStatus::InService => Some(Reason::NotInService),
        Some(_) if is_outstanding(seen, policy, now, true) => Some(Reason::WorkOutstanding),
        Some(_) => None,
    };
    if let Some(reason) = refused {
        return Decision::none(reason).into();
    }
    if seen.backlog == Backlog::NotRead {
        return Verdict::ReadBacklog;
    }
    match seen.backlog.since(policy.last_input(now), now) {
        Evidence::Busy => Decision::none(Reason::Backlog).into(),
        Evidence::Unknown => Decision::none(Reason::BacklogUnknown).into(),
        Evidence::Idle => Decision {
            capacity: Some(0),
            ledger: ledger_at_sleep(policy, now, true),
            ..Decision::of(Action::Sleep, Reason::Requested)
        }
        .into(),
    }
}

/// Keeps the endpoint awake until the given time, regardless of uploads and ticks. A hold never shortens
/// another hold.
pub fn hold(seen: &Observed, policy: &Policy, now: Timestamp, until: Timestamp) -> Decision {
    let target = match &seen.target {
        Read::Failed => return Decision::none(Reason::TargetUnreadable).unserved(),
        Read::Known(None) => return Decision::none(Reason::NotRegistered).unserved(),
        Read::Known(Some(target)) => target,
    };
    let Read::Known(records) = &seen.records else {
        return Decision::none(Reason::LeaseUnreadable).unserved();
    };
    if min_keeps_up(target, records) {
        return Decision::none(Reason::MinCapacitySet);
    }
    if target.max < 1 {
        return Decision::none(Reason::MaxIsZero);
    }
    let capacity = wake::capacity(&seen.endpoint, &seen.variant, &seen.target, policy);
    let is_long_enough = records.hold.is_some_and(|hold| hold.ends_at() >= until);
    let mut decision = match (is_long_enough, capacity) {
        // Capacity or floor can still be missing, so they are requested in any case.
        (true, Some(_)) => Decision::of(Action::Wake, Reason::HeldLonger),
        (true, None) => Decision::none(Reason::HeldLonger),
        (false, _) => Decision::of(Action::Hold, not_yet_awake(seen, target, capacity)),
    };
    decision.capacity = capacity;
    if !is_long_enough {
        decision.records.push(RecordWrite::Hold(until));
    }
    let desired = capacity.or(seen.variant.desired);
    with_floor(decision, target, records, desired, now).recheck(TICK)
}

/// Why an endpoint with a hold still has zero instances.
fn not_yet_awake(seen: &Observed, target: &ScalableTarget, capacity: Option<i32>) -> Reason {
    if capacity.is_some() || seen.variant.desired.is_some_and(|desired| desired > 0) {
        Reason::Held
    } else if target.suspended.scaling_out {
        Reason::ScalingOutSuspended
    } else if seen.variant.desired == Some(0) {
        Reason::EndpointBusy
    } else {
        Reason::Held
    }
}

/// Deletes the hold and ends the lease. The next ticks put the endpoint to sleep only if it is idle.
pub fn release(seen: &Observed, now: Timestamp) -> Decision {
    match &seen.target {
        Read::Failed => return Decision::none(Reason::TargetUnreadable).unserved(),
        Read::Known(None) => return Decision::none(Reason::NotRegistered),
        Read::Known(Some(_)) => {}
    }
    let Read::Known(records) = &seen.records else {
        return Decision::none(Reason::LeaseUnreadable).unserved();
    };
    if records.hold.is_none() && !records.live(now) {
        return Decision::none(Reason::NothingToRelease);
    }
    let mut decision = Decision::of(Action::Release, Reason::Released);
    decision.records = lease_ended(records);
    decision.recheck(TICK)
}

/// The ended records are written first. Without a record, our floor would count as the owner's. No ended lease is
/// written beside a work record: it would prevent for ten minutes that the ledger ends the wait.
fn lease_ended(records: &Records) -> Vec<RecordWrite> {
    let lease = (records.lease.is_some() || records.work.is_none())
        .then_some(RecordWrite::End(Kept::Lease));
    let work = records.work.map(|_| RecordWrite::End(Kept::Work));
    let hold = records.hold.map(|_| RecordWrite::Delete(HOLD));
    lease.into_iter().chain(work).chain(hold).collect()
}
