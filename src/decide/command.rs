//! What a person asks for: sleep, hold, release. (A wake is in `wake`.)

use jiff::Timestamp;

use super::{
    decision::{Action, Decision, RecordWrite, TICK, Verdict},
    floor::{min_keeps_up, with_floor},
    idle_evidence::{Backlog, Evidence},
    observed::{Observed, Read},
    wake,
};
use crate::{
    config::Policy,
    lease::{HOLD, Records},
    port::{EndpointStatus, ScalableTarget},
    reason::Reason,
};

/// Zero, as soon as rule 3 allows; `force` skips the lease, never the backlog.
pub fn sleep(seen: &Observed, policy: &Policy, now: Timestamp, force: bool) -> Verdict {
    let target = match &seen.target {
        Read::Failed => return Decision::none(Reason::TargetUnreadable).unserved().into(),
        Read::Known(None) => return Decision::none(Reason::NotRegistered).into(),
        Read::Known(Some(target)) => target,
    };
    let records = match &seen.records {
        Read::Failed => return Decision::none(Reason::LeaseUnreadable).unserved().into(),
        Read::Known(records) => records,
    };
    let refused = if min_keeps_up(target, records) {
        Some(Reason::MinCapacitySet)
    } else if seen.variant.desired == Some(0) {
        Some(Reason::Asleep)
    } else if seen.variant.desired.is_none() {
        Some(Reason::CapacityUnknown)
    } else if seen.endpoint.status != EndpointStatus::InService {
        Some(Reason::NotInService)
    } else if target.suspended.scaling_in {
        Some(Reason::ScalingInSuspended)
    } else if records.live(now) && !force {
        Some(Reason::LeaseLive)
    } else {
        None
    };
    if let Some(reason) = refused {
        return Decision::none(reason).into();
    }
    if seen.backlog == Backlog::NotRead {
        return Verdict::ReadBacklog;
    }
    // A lease that has ended says when the last input could have come; without one, or by force,
    // it could have come until just now, and a whole idle window must have been empty.
    let end = records.ends_at().filter(|end| *end <= now).unwrap_or(now);
    match seen.backlog.since(policy.last_input(end), now) {
        Evidence::Busy => Decision::none(Reason::Backlog).into(),
        Evidence::Unknown => Decision::none(Reason::BacklogUnknown).into(),
        Evidence::Idle => {
            let mut decision =
                Decision { capacity: Some(0), ..Decision::of(Action::Sleep, Reason::Requested) };
            // An ended lease is left behind: until its R the backlog is watched.
            if records.live(now) || !records.stand() {
                decision.records = lease_ended(records);
            }
            decision.into()
        }
    }
}

/// Awake until then, whatever uploads and ticks do. A hold never shortens another.
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
    let stands = records.hold.is_some_and(|hold| hold.ends_at() >= until);
    let mut decision = match (stands, capacity) {
        // Capacity and floor may still be missing: they are requested all the same.
        (true, Some(_)) => Decision::of(Action::Wake, Reason::HeldLonger),
        (true, None) => Decision::none(Reason::HeldLonger),
        (false, _) => Decision::of(Action::Hold, not_yet_awake(seen, target, capacity)),
    };
    decision.capacity = capacity;
    if !stands {
        decision.records.push(RecordWrite::Hold(until));
    }
    let desired = capacity.or(seen.variant.desired);
    with_floor(decision, target, records, desired, now).recheck(TICK)
}

/// Why a held endpoint does not run yet, if something keeps it at zero.
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

/// Hold deleted, lease ended: the next ticks judge, and sleep only on evidence.
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

/// The ended lease first: without a record, our floor would count as the owner's.
fn lease_ended(records: &Records) -> Vec<RecordWrite> {
    let hold = records.hold.map(|_| RecordWrite::Delete(HOLD));
    [RecordWrite::EndLease].into_iter().chain(hold).collect()
}
