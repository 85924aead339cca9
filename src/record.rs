//! One scheduled action of ours: its times and what Application Auto Scaling does when it runs.
//!
//! L is the time at which a lease or a hold ends. R is the release time, at which its scheduled action runs:
//! R = L + 10 minutes, see [`WATCH`].

use jiff::{RoundMode, SignedDuration, Timestamp, TimestampRound, Unit};

/// R - L. During this time, each tick checks whether the endpoint is idle or, at zero instances, reads the
/// backlog.
pub const WATCH: SignedDuration = SignedDuration::from_mins(10);

/// A record that must not run is deleted this long before its R, so that three ticks can try to delete it.
/// The action that cancels floor records runs this long after them, so that it exists longer than they do.
pub const SPARE: SignedDuration = SignedDuration::from_mins(3);

/// Format of the time in `at()` (API: `PutScheduledAction`, `Schedule`).
pub(crate) const AT: &str = "at(%Y-%m-%dT%H:%M:%S)";

/// R of a record that ends at `ends_at`, rounded up to whole seconds.
pub fn release_time(ends_at: Timestamp) -> Timestamp {
    let up = TimestampRound::new().smallest(Unit::Second).mode(RoundMode::Ceil);
    let whole = ends_at.round(up).unwrap_or(ends_at);
    whole + WATCH
}

/// R of a record that ends now, rounded down to whole seconds. Rounded up, the record would be live for the
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
    /// It sets `MinCapacity` to 0. Our floor can exist together with this record.
    DropFloor,
    /// It sets `MaxCapacity` to its current value, so nothing changes. This record does not indicate that our
    /// floor exists.
    KeepMax(i32),
}

/// A scheduled action that this function wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// R: the time at which the action runs, in whole seconds.
    pub release: Timestamp,
    /// The effect of the action at R.
    pub at_release: AtRelease,
}

impl Record {
    /// A record that lowers our floor at `release`.
    pub fn floor(release: Timestamp) -> Self {
        Self { release, at_release: AtRelease::DropFloor }
    }

    /// A record that changes nothing at `release`. `max` is the current `MaxCapacity`.
    pub fn plain(release: Timestamp, max: i32) -> Self {
        Self { release, at_release: AtRelease::KeepMax(max) }
    }

    /// L: the time until which it keeps the endpoint awake.
    pub fn ends_at(self) -> Timestamp {
        self.release - WATCH
    }

    /// Whether it keeps the endpoint awake at `now`.
    pub fn live(self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// Whether our floor can exist together with this record.
    pub fn is_floor(self) -> bool {
        self.at_release == AtRelease::DropFloor
    }
}
