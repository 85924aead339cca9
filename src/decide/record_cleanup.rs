//! The changes that a tick makes to records in addition to its decision. They prevent that a record
//! overwrites a value of the owner at its R.

use jiff::Timestamp;

use super::{
    decision::RecordWrite,
    min_owner::MinOwner,
    observed::{Observed, Read},
};
use crate::{
    lease::{AtRelease, NO_FLOOR, Record, Records, SPARE},
    port::{EndpointStatus, ScalableTarget},
};

/// The record changes. Empty if the target or the records are unknown.
pub fn upkeep(seen: &Observed, now: Timestamp) -> Vec<RecordWrite> {
    let (Read::Known(Some(target)), Read::Known(records)) = (&seen.target, &seen.records) else {
        return Vec::new();
    };
    let owner = MinOwner::of(target, records);
    let awake = seen.variant.desired.is_none_or(|desired| desired > 0);
    let floor_is_due = |record: Record| match owner {
        MinOwner::Ours | MinOwner::OursEnding => true,
        MinOwner::Owner => false,
        MinOwner::None => {
            awake && record.live(now) && !records.foreign_min && !target.suspended.scheduled
        }
    };
    // The owner's minimum requires an instance that does not exist yet. The record stores that.
    let is_needed = owner == MinOwner::Owner && !awake;
    let runs_out = |record: Record| !record.live(now) && record.release - SPARE <= now;
    let outlasted = |record: Record| {
        records
            .keeping_awake()
            .any(|(_, other)| records.counts(other) && other.release > record.release)
    };
    let of_record = |(name, record): (&'static str, Record)| match record.at_release {
        AtRelease::DropFloor if records.counts(record) && !floor_is_due(record) => {
            Some(if record.live(now) {
                RecordWrite::MakePlain(name)
            } else {
                RecordWrite::CancelEnded
            })
        }
        AtRelease::DropFloor if records.counts(record) && !outlasted(record) => None,
        AtRelease::DropFloor => runs_out(record).then_some(RecordWrite::Delete(name)),
        AtRelease::KeepMax(_) if runs_out(record) && !is_needed => Some(RecordWrite::Delete(name)),
        AtRelease::KeepMax(max) => (max != target.max).then_some(RecordWrite::MakePlain(name)),
    };
    let mut writes: Vec<RecordWrite> = records.keeping_awake().filter_map(of_record).collect();
    writes.dedup();
    let watches = !awake && records.cancelled_until().is_some_and(|until| now < until);
    writes.extend(
        records
            .no_floor
            .and_then(|no_floor| of_marker(no_floor, target, records, &writes, watches)),
    );
    writes
}

/// The action that cancels floor records is deleted after the last of them. At zero instances, it is kept until the
/// latest R that it cancels, because the backlog is read until then. It must not run: the owner can have changed
/// `MaxCapacity` since the last tick.
fn of_marker(
    no_floor: Record,
    target: &ScalableTarget,
    records: &Records,
    writes: &[RecordWrite],
    watches: bool,
) -> Option<RecordWrite> {
    let cancels = records.keeping_awake().any(|(name, record)| {
        record.is_floor() && !records.counts(record) && !writes.contains(&RecordWrite::Delete(name))
    });
    if writes.contains(&RecordWrite::CancelEnded) {
        None
    } else if !cancels && !watches {
        Some(RecordWrite::Delete(NO_FLOOR))
    } else {
        let is_current = no_floor.at_release == AtRelease::KeepMax(target.max);
        (!is_current).then_some(RecordWrite::MakePlain(NO_FLOOR))
    }
}

/// Whether the endpoint has zero instances, SageMaker has finished all changes, and no record keeps it awake.
pub fn at_rest(seen: &Observed, records: &Records, now: Timestamp) -> bool {
    seen.variant.desired == Some(0)
        && seen.endpoint.status == EndpointStatus::InService
        && !records.live(now)
}
