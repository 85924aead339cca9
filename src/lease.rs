//! The lease: awake until when, kept as a one-time scheduled action on the scalable target.
//!
//! A record is an action of ours, `at(R)`. The time that it stands for *ends* 10 minutes before R, at L. While
//! now < L the endpoint is kept awake; from L to R the tick judges. A record whose R has passed counts as
//! none, whether AWS still lists it or not.
//!
//! What Application Auto Scaling does at R tells whether the floor, a `MinCapacity` of 1, may be ours: see
//! [`AtRelease`]. At R it drops our floor by itself, even if the function is gone.

use jiff::{
    SignedDuration, Timestamp,
    civil::DateTime,
    tz::{Offset, TimeZone},
};

use crate::port::{ScheduledAction, VariantId};
use crate::record::AT;
pub use crate::record::{
    AtRelease, Record, SPARE, WATCH, release_time, release_time_of_ended, schedule,
};

/// Name of the scheduled action that uploads and ticks renew.
pub const LEASE: &str = "reactive-scaler-lease";

/// Name of the scheduled action that a person's `hold` writes, so that no upload shortens it.
pub const HOLD: &str = "reactive-scaler-hold";

/// Name of the scheduled action that cancels floor records: every floor record with an R up to [`SPARE`] before
/// its own time was written before our floor was lowered. It is no record: it keeps nothing awake. At zero it says until when
/// the backlog is watched.
pub const NO_FLOOR: &str = "reactive-scaler-no-floor";

/// For how long after its time the effect of an action may still be missing: `at()` has a resolution of one
/// minute (assumed: it is never later than that), and a clock may be off by another.
const LATE: SignedDuration = SignedDuration::from_mins(2);

/// The offsets from UTC that time zones have end here: a local time has passed everywhere after that.
const WESTERNMOST: Offset = Offset::constant(-12);

/// The time of a one-time `Schedule` in the action's time zone; `None` for anything else, and for a time
/// zone that is not known here.
pub fn scheduled_time(action: &ScheduledAction) -> Option<Timestamp> {
    let zone = match action.timezone.as_deref() {
        None | Some("") => TimeZone::UTC,
        Some(name) => TimeZone::get(name).ok()?,
    };
    zone.to_timestamp(local_time(action)?).ok()
}

fn local_time(action: &ScheduledAction) -> Option<DateTime> {
    DateTime::strptime(AT, &action.schedule).ok()
}

/// Whether an action may still run: a recurring one always, a one-time one until its effect must be there.
fn may_still_run(action: &ScheduledAction, now: Timestamp) -> bool {
    let time = scheduled_time(action).or_else(|| {
        // A time zone that is not known here: until the time has passed everywhere.
        let local = local_time(action)?;
        WESTERNMOST.to_timestamp(local).ok()
    });
    time.is_none_or(|time| now < time + LATE)
}

/// The record that a scheduled action stores; `None` if the action does not have the form of a record.
fn record_of(action: &ScheduledAction) -> Option<Record> {
    let at_release = match (action.min, action.max) {
        (Some(0), None) => AtRelease::DropFloor,
        (None, Some(max)) => AtRelease::KeepMax(max),
        _ => return None,
    };
    Some(Record { release: scheduled_time(action)?, at_release })
}

/// What the scheduled actions of one variant say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Records {
    /// The lease, when its R is ahead.
    pub lease: Option<Record>,
    /// The hold, when its R is ahead.
    pub hold: Option<Record>,
    /// The action that cancels floor records, when its time is ahead.
    pub no_floor: Option<Record>,
    /// Somebody else's scheduled action sets `MinCapacity`.
    pub foreign_min: bool,
    /// An action bears one of our names but not our form: somebody edited it.
    pub garbled: bool,
    /// The R of a floor record that nothing cancels passed so lately that AWS may not have dropped the floor
    /// yet. The record counts as none all the same; but a wake must not rest on a floor that is about to go.
    pub floor_just_over: bool,
}

impl Records {
    /// Reads the actions of `id` as they stand at `now`.
    pub fn read(actions: &[ScheduledAction], id: &VariantId, now: Timestamp) -> Self {
        let mut records = Self::default();
        let of_variant = || actions.iter().filter(|action| action.id == *id);
        let cancelled_until = of_variant()
            .filter(|action| action.name == NO_FLOOR)
            .find_map(|action| Some(record_of(action)?.release - SPARE));
        for action in of_variant() {
            let slot = match action.name.as_str() {
                LEASE => &mut records.lease,
                HOLD => &mut records.hold,
                NO_FLOOR => &mut records.no_floor,
                _ => {
                    records.foreign_min |= action.min.is_some() && may_still_run(action, now);
                    continue;
                }
            };
            let Some(record) = record_of(action) else {
                records.garbled = true;
                continue;
            };
            let over_for = now.duration_since(record.release);
            if over_for.is_negative() {
                *slot = Some(record);
            } else if record.is_floor() && cancelled_until < Some(record.release) {
                records.floor_just_over |= over_for < LATE;
            }
        }
        records
    }

    /// Lease and hold, by name, where they stand.
    pub fn standing(&self) -> impl Iterator<Item = (&'static str, Record)> {
        let named = [(LEASE, self.lease), (HOLD, self.hold)];
        named.into_iter().filter_map(|(name, record)| Some((name, record?)))
    }

    /// The action of ours with this name, where it stands.
    pub fn named(&self, name: &str) -> Option<Record> {
        match name {
            LEASE => self.lease,
            HOLD => self.hold,
            NO_FLOOR => self.no_floor,
            _ => None,
        }
    }

    /// Takes down that the action of ours with this name was written.
    pub fn set(&mut self, name: &str, record: Record) {
        match name {
            LEASE => self.lease = Some(record),
            HOLD => self.hold = Some(record),
            NO_FLOOR => self.no_floor = Some(record),
            _ => {}
        }
    }

    /// Takes down that the action of ours with this name was deleted.
    pub fn forget(&mut self, name: &str) {
        match name {
            LEASE => self.lease = None,
            HOLD => self.hold = None,
            NO_FLOOR => self.no_floor = None,
            _ => {}
        }
    }

    /// Whether a record stands, that is, whether its R is ahead.
    pub fn stand(&self) -> bool {
        self.release_at().is_some()
    }

    /// Whether the backlog of an endpoint at zero is watched at `now`: until the R of the last record, also
    /// after that was deleted.
    pub fn watched(&self, now: Timestamp) -> bool {
        self.stand() || self.cancelled_until().is_some_and(|until| now < until)
    }

    /// R of the later record.
    pub fn release_at(&self) -> Option<Timestamp> {
        self.standing().map(|(_, record)| record.release).max()
    }

    /// L of the later record: until when the endpoint is kept awake.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.release_at().map(|release| release - WATCH)
    }

    /// Whether the endpoint is to be kept awake at `now`.
    pub fn live(&self, now: Timestamp) -> bool {
        self.ends_at().is_some_and(|end| now < end)
    }

    /// Whether nothing cancels this floor record: our floor was not lowered since it was written.
    pub fn counts(&self, record: Record) -> bool {
        record.is_floor() && self.cancelled_until() < Some(record.release)
    }

    /// Floor records with an R up to this are cancelled.
    pub fn cancelled_until(&self) -> Option<Timestamp> {
        self.no_floor.map(|no_floor| no_floor.release - SPARE)
    }

    /// Whether a live record drops a floor that is raised now.
    pub fn floor_is_covered(&self, now: Timestamp) -> bool {
        self.standing().any(|(_, record)| record.live(now) && self.counts(record))
    }

    /// The name of the live record with the latest R.
    pub fn latest_live(&self, now: Timestamp) -> Option<&'static str> {
        let live = self.standing().filter(|(_, record)| record.live(now));
        live.max_by_key(|(_, record)| record.release).map(|(name, _)| name)
    }

    /// Whether a `MinCapacity` of 1 is ours by these records.
    pub fn floor_stands(&self) -> bool {
        self.standing().any(|(_, record)| self.counts(record))
    }
}
