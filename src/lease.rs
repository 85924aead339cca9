//! The lease: awake until when, kept as a one-time scheduled action on the scalable target.
//!
//! A record is an action of ours, `at(R)`. The time that it stands for *ends* 10 minutes before R, at L. While
//! now < L the endpoint is kept awake; from L to R the tick judges. A record whose R has passed counts as
//! none, whether AWS still lists it or not.
//!
//! What Application Auto Scaling does at R tells whether the floor, a `MinCapacity` of 1, may be ours: see
//! [`AtRelease`]. At R it drops our floor by itself, even if the function is gone.

use jiff::{
    RoundMode, SignedDuration, Timestamp, TimestampRound, Unit,
    civil::DateTime,
    tz::{Offset, TimeZone},
};

use crate::port::{ScheduledAction, VariantId};

/// Name of the scheduled action that uploads and ticks renew.
pub const LEASE: &str = "reactive-scaler-lease";

/// Name of the scheduled action that a person's `hold` writes, so that no upload shortens it.
pub const HOLD: &str = "reactive-scaler-hold";

/// Name of the scheduled action that cancels floor records: every floor record with an R up to [`SPARE`] before
/// its own time was written before our floor was lowered. It is no record: it keeps nothing awake. At zero it says until when
/// the backlog is watched.
pub const NO_FLOOR: &str = "reactive-scaler-no-floor";

/// R - L: how long before R the tick may judge, or watch a sleeping endpoint.
pub const WATCH: SignedDuration = SignedDuration::from_mins(10);

/// What must not run is deleted so long before its time: three ticks have the chance. The action that cancels
/// floor records is due so much later than they are, so that it outlasts them.
pub const SPARE: SignedDuration = SignedDuration::from_mins(3);

/// For how long after its time the effect of an action may still be missing: `at()` has a resolution of one
/// minute (assumed: it is never later than that), and a clock may be off by another.
const LATE: SignedDuration = SignedDuration::from_mins(2);

/// The offsets from UTC that time zones have end here: a local time has passed everywhere after that.
const WESTERNMOST: Offset = Offset::constant(-12);

/// How `at()` spells a time (API: `PutScheduledAction`, `Schedule`).
const AT: &str = "at(%Y-%m-%dT%H:%M:%S)";

/// R of a record that ends at `ends_at`, in whole seconds, never earlier than asked.
pub fn release_time(ends_at: Timestamp) -> Timestamp {
    let up = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Ceil);
    let whole = ends_at.round(up).unwrap_or(ends_at);
    whole + WATCH
}

/// R of a record that is to be over at `now`: rounded the other way, so that it is not live for the
/// rest of the second.
pub fn release_time_of_ended(now: Timestamp) -> Timestamp {
    let down = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Floor);
    now.round(down).unwrap_or(now) + WATCH
}

/// The `Schedule` of a one-time action at `at`, in UTC.
pub fn schedule(at: Timestamp) -> String {
    at.strftime(AT).to_string()
}

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

/// What Application Auto Scaling does at R.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtRelease {
    /// It sets `MinCapacity` to 0: beside this record a floor of ours may stand.
    DropFloor,
    /// It sets `MaxCapacity` to this, which it is already, so nothing changes: no floor of ours stands on
    /// account of this record.
    KeepMax(i32),
}

/// A scheduled action of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// R: when it runs, in whole seconds.
    pub release: Timestamp,
    /// What it does then.
    pub at_release: AtRelease,
}

impl Record {
    /// A record that drops our floor at `release`.
    pub fn floor(release: Timestamp) -> Self {
        Self { release, at_release: AtRelease::DropFloor }
    }

    /// A record that changes nothing at `release`, where `MaxCapacity` is `max`.
    pub fn plain(release: Timestamp, max: i32) -> Self {
        Self { release, at_release: AtRelease::KeepMax(max) }
    }

    /// L: until when it keeps the endpoint awake.
    pub fn ends_at(self) -> Timestamp {
        self.release - WATCH
    }

    /// Whether it keeps the endpoint awake at `now`.
    pub fn live(self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// Whether a floor of ours may stand on account of it.
    pub fn is_floor(self) -> bool {
        self.at_release == AtRelease::DropFloor
    }

    /// What `action` says; `None` where it does not have the form of one of ours.
    fn read(action: &ScheduledAction) -> Option<Self> {
        let at_release = match (action.min, action.max) {
            (Some(0), None) => AtRelease::DropFloor,
            (None, Some(max)) => AtRelease::KeepMax(max),
            _ => return None,
        };
        Some(Self { release: scheduled_time(action)?, at_release })
    }
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
            .find_map(|action| Some(Record::read(action)?.release - SPARE));
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
            let Some(record) = Record::read(action) else {
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
