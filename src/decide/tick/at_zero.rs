//! A tick that finds no instance: a lost wake is repeated, and waiting work is noticed.

use jiff::{SignedDuration, Timestamp};

use super::{
    backlog_items::{items, shows_finished_work},
    floor_lowered::{lower_floor_or, lower_if_missed},
    record_extended::{EXTENSION, extension, kept, runs_out},
};
use crate::{
    config::Policy,
    decide::{
        decision::{Action, Decision, RecordWrite, TICK, Verdict},
        floor::{floor_is_ours, with_floor},
        idle_evidence::Backlog,
        ledger_seen::LedgerSeen,
        observed::{Observed, updatable},
        wake::{renewal, within_bounds},
    },
    lease::{Kept, Records},
    port::ScalableTarget,
    reason::Reason,
};

/// How long a ledger that cannot be read keeps a record. After it, the metric alone decides.
const LEDGER_PATIENCE: SignedDuration = SignedDuration::from_mins(60);

/// Desired capacity is 0 while the lease is live. A wake was lost, refused or undone.
pub(super) fn at_zero_with_live_lease(
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
pub(super) fn at_zero_watching(
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
    let newest = seen.backlog.newest(now);
    let is_finished = shows_finished_work(seen, now);
    let waiting = if is_finished { Some(0.0) } else { newest };
    // If the metric says nothing about the time after the newest result, an older upload may wait as well: its record was
    // extended while the endpoint could not be woken.
    let outstanding = outstanding_at_zero(seen, records, policy)
        || (is_finished || newest.is_none()) && seen.ledger.is_outstanding();
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
        true => (Reason::WorkOutstanding, Kept::Work),
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
