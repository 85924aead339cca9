//! The lease: the time until which an endpoint is kept awake. It is stored as a one-time scheduled action on
//! the scalable target.
//!
//! A record is a scheduled action of ours with the schedule `at(R)`, where R is the release time. The record
//! ends at L = R - 10 minutes. Before L, the endpoint is kept awake. From L to R, each tick checks whether
//! the endpoint is idle. After R, a record no longer counts, even if AWS still lists it.
//!
//! At R, Application Auto Scaling sets `MinCapacity` to 0 or leaves it unchanged: see [`AtRelease`]. A record
//! that sets it to 0 removes our floor (a `MinCapacity` of 1) even if the function no longer exists.

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

/// Name of the scheduled action for the lease. Uploads and ticks renew it.
pub const LEASE: &str = "reactive-scaler-lease";

/// Name of the scheduled action for the work record. Inputs that are in the ledger renew it, so the ledger can end it. A
/// lease stands for everything else.
pub const WORK: &str = "reactive-scaler-work";

/// Name of the scheduled action for a hold, which a person requests. It has its own name so that an upload
/// cannot shorten it.
pub const HOLD: &str = "reactive-scaler-hold";

/// Name of the scheduled action that cancels floor records. It cancels every floor record with an R up to
/// [`SPARE`] before its own time: our floor was lowered after those records were written. It does not keep
/// the endpoint awake. At zero instances, the backlog is read until its time minus [`SPARE`].
pub const NO_FLOOR: &str = "reactive-scaler-no-floor";

/// The names of all our scheduled actions.
pub const NAMES: [&str; 4] = [LEASE, WORK, HOLD, NO_FLOOR];

/// Time after which the effect of a scheduled action is visible. `at()` has a resolution of one minute
/// (assumption: the action never runs later than that), and clocks can differ by another minute.
const LATE: SignedDuration = SignedDuration::from_mins(2);

/// The westernmost UTC offset. A local time that has passed here has passed in all time zones.
const WESTERNMOST: Offset = Offset::constant(-12);

/// The time of a one-time `Schedule` in the time zone of the action. `None` for other schedules and for
/// unknown time zones.
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

/// Whether an action can still run. A recurring action always can. A one-time action can until its effect is
/// visible.
pub fn may_still_run(action: &ScheduledAction, now: Timestamp) -> bool {
    let time = scheduled_time(action).or_else(|| {
        // The time zone is unknown: wait until the time has passed in all time zones.
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

/// A record that is renewed by inputs and ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The lease: for inputs that are not in the ledger, alarms, commands, and the metric.
    Lease,
    /// The work record: for inputs that are in the ledger.
    Work,
}

impl Kept {
    /// The name of its scheduled action.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lease => LEASE,
            Self::Work => WORK,
        }
    }
}

/// The state that the scheduled actions of one variant describe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Records {
    /// The lease, if its R is in the future.
    pub lease: Option<Record>,
    /// The work record, if its R is in the future.
    pub work: Option<Record>,
    /// The hold, if its R is in the future.
    pub hold: Option<Record>,
    /// The action that cancels floor records, if its time is in the future.
    pub no_floor: Option<Record>,
    /// A scheduled action that is not ours sets `MinCapacity`.
    pub foreign_min: bool,
    /// An action has one of our names but not the form of a record. Somebody edited it.
    pub garbled: bool,
    /// The R of a floor record that is not cancelled passed less than two minutes ago. AWS might not have
    /// lowered the floor yet. The record no longer counts, but a wake must not rely on this floor.
    pub floor_just_over: bool,
}

impl Records {
    /// Reads the actions of `id`, as of `now`.
    pub fn read(actions: &[ScheduledAction], id: &VariantId, now: Timestamp) -> Self {
        let mut records = Self::default();
        let of_variant = || actions.iter().filter(|action| action.id == *id);
        let cancelled_until = of_variant()
            .filter(|action| action.name == NO_FLOOR)
            .find_map(|action| Some(record_of(action)?.release - SPARE));
        for action in of_variant() {
            let slot = match action.name.as_str() {
                LEASE => &mut records.lease,
                WORK => &mut records.work,
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

    /// The lease, the work record and the hold that exist, with their names.
    pub fn keeping_awake(&self) -> impl Iterator<Item = (&'static str, Record)> {
        let named = [(LEASE, self.lease), (WORK, self.work), (HOLD, self.hold)];
        named.into_iter().filter_map(|(name, record)| Some((name, record?)))
    }

    /// The record with this name, if it exists.
    pub fn named(&self, name: &str) -> Option<Record> {
        match name {
            LEASE => self.lease,
            WORK => self.work,
            HOLD => self.hold,
            NO_FLOOR => self.no_floor,
            _ => None,
        }
    }

    /// Stores that the record with this name was written.
    pub fn set(&mut self, name: &str, record: Record) {
        match name {
            LEASE => self.lease = Some(record),
            WORK => self.work = Some(record),
            HOLD => self.hold = Some(record),
            NO_FLOOR => self.no_floor = Some(record),
            _ => {}
        }
    }

    /// Stores that the record with this name was deleted.
    pub fn forget(&mut self, name: &str) {
        match name {
            LEASE => self.lease = None,
            WORK => self.work = None,
            HOLD => self.hold = None,
            NO_FLOOR => self.no_floor = None,
            _ => {}
        }
    }

    /// Without the work record.
    pub fn without_work(&self) -> Self {
        Self { work: None, ..*self }
    }

    /// The record that is extended for work that the ledger does not explain. Not a lease beside a work record: the
    /// metric shows finished work for minutes, and a lease prevents that the ledger ends the wait.
    pub fn to_extend(&self) -> Kept {
        if self.lease.is_none() && self.work.is_some() { Kept::Work } else { Kept::Lease }
    }

    /// The record that an input renewed, if one of them is live: the work record, unless a lease is live as well.
    pub fn renewed(&self, now: Timestamp) -> Kept {
        let live = |record: Option<Record>| record.is_some_and(|record| record.live(now));
        if live(self.work) && !live(self.lease) { Kept::Work } else { self.to_extend() }
    }

    /// Whether a lease, a work record or a hold exists with an R in the future.
    pub fn exist(&self) -> bool {
        self.release_at().is_some()
    }

    /// Whether the backlog is read at `now` while the endpoint has zero instances. It is read until the R of
    /// the last record, even if that record was deleted.
    pub fn watched(&self, now: Timestamp) -> bool {
        self.exist() || self.cancelled_until().is_some_and(|until| now < until)
    }

    /// R of the later record.
    pub fn release_at(&self) -> Option<Timestamp> {
        self.keeping_awake().map(|(_, record)| record.release).max()
    }

    /// L of the later record: until when the endpoint is kept awake.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.release_at().map(|release| release - WATCH)
    }

    /// Whether the endpoint is to be kept awake at `now`.
    pub fn live(&self, now: Timestamp) -> bool {
        self.ends_at().is_some_and(|end| now < end)
    }

    /// Whether this is a floor record that is not cancelled. If it is cancelled, our floor was lowered after
    /// it was written.
    pub fn counts(&self, record: Record) -> bool {
        record.is_floor() && self.cancelled_until() < Some(record.release)
    }

    /// Floor records with an R up to this time are cancelled.
    pub fn cancelled_until(&self) -> Option<Timestamp> {
        self.no_floor.map(|no_floor| no_floor.release - SPARE)
    }

    /// The live record that lowers the floor at its R, if the floor is raised now. Of several, the one with the latest R.
    pub fn lowering_floor(&self, now: Timestamp) -> Option<(&'static str, Record)> {
        let lowers = |record: Record| record.live(now) && self.counts(record);
        let lowering = self.keeping_awake().filter(|(_, record)| lowers(*record));
        lowering.max_by_key(|(_, record)| record.release)
    }

    /// The name of the live record with the latest R.
    pub fn latest_live(&self, now: Timestamp) -> Option<&'static str> {
        let live = self.keeping_awake().filter(|(_, record)| record.live(now));
        live.max_by_key(|(_, record)| record.release).map(|(name, _)| name)
    }

    /// Whether these records show that a `MinCapacity` of 1 is our floor.
    pub fn floor_is_ours(&self) -> bool {
        self.keeping_awake().any(|(_, record)| self.counts(record))
    }
}
