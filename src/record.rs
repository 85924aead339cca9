//! One scheduled action of ours: its times and what Application Auto Scaling does when it runs.
//!
//! L is the time at which a lease or a hold ends. R is the release time, at which its scheduled action runs:
//! R = L + 10 minutes, see [`WATCH`].

use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};

/// R - L: how long before R the tick may judge, or watch a sleeping endpoint.
pub const WATCH: SignedDuration = SignedDuration::from_mins(10);

/// What must not run is deleted so long before its time: three ticks have the chance. The action that cancels
/// floor records is due so much later than they are, so that it outlasts them.
pub const SPARE: SignedDuration = SignedDuration::from_mins(3);

/// How `at()` spells a time (API: `PutScheduledAction`, `Schedule`).
pub(crate) const AT: &str = "at(%Y-%m-%dT%H:%M:%S)";

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
}
