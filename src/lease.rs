//! The lease: awake until when, kept as a one-time scheduled action on the scalable target.
//!
//! A record is an action of ours, `at(R)`, that sets `MinCapacity` to 0. The time that it stands
//! for *ends* 10 minutes before R, at L. While now < L the endpoint is kept awake; from L to R the
//! tick judges; at R Application Auto Scaling drops the floor by itself, even if the function is
//! gone. A record whose R has passed counts as none, whether AWS still lists it or not.

use jiff::{
    RoundMode, SignedDuration, Timestamp, TimestampRound, Unit, civil::DateTime, tz::TimeZone,
};

use crate::port::{ScheduledAction, VariantId};

/// Name of the scheduled action that uploads and ticks renew.
pub const LEASE: &str = "reactive-scaler-lease";

/// Name of the scheduled action that a person's `hold` writes, so that no upload shortens it.
pub const HOLD: &str = "reactive-scaler-hold";

/// R - L: how long before AWS drops the floor the tick may judge, or watch a sleeping endpoint.
pub const WATCH: SignedDuration = SignedDuration::from_mins(10);

/// For how long after R its floor may still be there: `at()` has a resolution of one minute (assumed: it
/// is never later than that), and a clock may be off by another.
const LATE: SignedDuration = SignedDuration::from_mins(2);

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

/// The time of a one-time `Schedule` in UTC; `None` for anything else.
pub fn scheduled_time(action: &ScheduledAction) -> Option<Timestamp> {
    if !matches!(action.timezone.as_deref(), None | Some("" | "UTC" | "Etc/UTC")) {
        return None;
    }
    let local = DateTime::strptime(AT, &action.schedule).ok()?;
    TimeZone::UTC.to_timestamp(local).ok()
}

/// What the scheduled actions of one variant say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Records {
    /// R of the lease, when it is ahead.
    pub lease: Option<Timestamp>,
    /// R of the hold, when it is ahead.
    pub hold: Option<Timestamp>,
    /// Somebody else's scheduled action sets `MinCapacity`: the floor is theirs.
    pub foreign_min: bool,
    /// An action bears one of our names but not our form: somebody edited it.
    pub garbled: bool,
    /// The R of a listed record has passed so lately that AWS may not have dropped the floor yet. It counts
    /// as none all the same; but a wake must not rest on a floor that is about to go.
    pub just_over: bool,
}

impl Records {
    /// Reads the actions of `id` as they stand at `now`.
    pub fn read(actions: &[ScheduledAction], id: &VariantId, now: Timestamp) -> Self {
        let mut records = Self::default();
        for action in actions.iter().filter(|action| action.id == *id) {
            let time = scheduled_time(action);
            let ahead = time.filter(|time| *time > now);
            let over_for = time.map(|time| now.duration_since(time));
            let just_over = over_for.is_some_and(|over| !over.is_negative() && over < LATE);
            match action.name.as_str() {
                LEASE | HOLD if time.is_none() => records.garbled = true,
                LEASE => records.lease = ahead,
                HOLD => records.hold = ahead,
                _ => {
                    records.foreign_min |=
                        action.min.is_some() && (time.is_none() || ahead.is_some())
                }
            }
            records.just_over |= just_over && matches!(action.name.as_str(), LEASE | HOLD);
        }
        records
    }

    /// Whether a record of ours stands, that is, whether its R is ahead.
    pub fn stand(&self) -> bool {
        self.release_at().is_some()
    }

    /// R of the later record.
    pub fn release_at(&self) -> Option<Timestamp> {
        self.lease.max(self.hold)
    }

    /// L of the later record: until when the endpoint is kept awake.
    pub fn ends_at(&self) -> Option<Timestamp> {
        self.release_at().map(|release| release - WATCH)
    }

    /// Whether the endpoint is to be kept awake at `now`.
    pub fn live(&self, now: Timestamp) -> bool {
        self.ends_at().is_some_and(|end| now < end)
    }
}
