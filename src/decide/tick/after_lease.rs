//! The lease has ended, and no instances are starting: the endpoint is busy, idle, or its backlog is unknown.

use jiff::Timestamp;

use super::{
    backlog_items::{items, shows_finished_work},
    floor_lowered::{above_max, lower_if_missed},
    record_extended::{EXTENSION, extension, kept, runs_out},
};
use crate::{
    config::Policy,
    decide::{
        decision::{Action, Decision, LedgerAtSleep, TICK, Verdict},
        floor::with_floor,
        idle_evidence::{Backlog, Evidence},
        observed::Observed,
    },
    lease::Records,
    port::{EndpointStatus, ScalableTarget},
    reason::Reason,
};

/// The lease has ended and no instances are starting. Decides whether the endpoint is busy or idle.
pub(super) fn decide_after_lease(
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
            let mut decision = Decision::of(Action::Extend, Reason::WorkOutstanding);
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
