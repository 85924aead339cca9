//! What a tick keeps right about records beside its decision, so that none of them changes at its R what the
//! owner has set.

use jiff::{SignedDuration, Timestamp};

use super::{MinOwner, Observed, Read, RecordWrite};
use crate::{
    lease::{AtRelease, NO_FLOOR, Record, Records},
    port::{EndpointStatus, ScalableTarget},
};

/// A record that does nothing at R goes so long before it: the owner may change `MaxCapacity` after the last
/// tick, and the record would set the old value.
const SPARE: SignedDuration = SignedDuration::from_mins(3);

/// What to write; nothing where target or records are not known.
pub fn upkeep(seen: &Observed, now: Timestamp) -> Vec<RecordWrite> {
    let (Read::Known(Some(target)), Read::Known(records)) = (&seen.target, &seen.records) else {
        return Vec::new();
    };
    let at_rest = at_rest(seen, records, now);
    let floor_is_due = floor_is_due(target, records, at_rest);
    let of_record = |(name, record): (&'static str, Record)| match record.at_release {
        AtRelease::DropFloor => (!floor_is_due).then_some(RecordWrite::MakePlain(name)),
        AtRelease::KeepMax(_) if at_rest && record.release - SPARE <= now => {
            Some(RecordWrite::Delete(name))
        }
        AtRelease::KeepMax(max) => (max != target.max).then_some(RecordWrite::MakePlain(name)),
    };
    let mut writes: Vec<RecordWrite> = records.standing().filter_map(of_record).collect();
    if let Some(no_floor) = records.no_floor {
        let cancels = |(_, record): (_, Record)| record.is_floor() && !records.counts(record);
        if !floor_is_due || !records.standing().any(cancels) {
            writes.push(RecordWrite::Delete(NO_FLOOR));
        } else if no_floor.at_release != AtRelease::KeepMax(target.max) {
            writes.push(RecordWrite::MakePlain(NO_FLOOR));
        }
    }
    writes
}

/// Whether the endpoint is at zero, SageMaker is done with it, and nothing keeps it awake.
pub fn at_rest(seen: &Observed, records: &Records, now: Timestamp) -> bool {
    seen.variant.desired == Some(0)
        && seen.endpoint.status == EndpointStatus::InService
        && !records.live(now)
}

/// Whether a floor of ours stands, or may soon be raised, beside the floor records.
fn floor_is_due(target: &ScalableTarget, records: &Records, at_rest: bool) -> bool {
    match MinOwner::of(target, records) {
        MinOwner::Ours | MinOwner::OursEnding => true,
        MinOwner::Owner => false,
        MinOwner::None => !at_rest && !records.foreign_min && !target.suspended.scheduled,
    }
}
