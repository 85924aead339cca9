//! Which datapoints of `ApproximateBacklogSize` prove that an endpoint is idle. The metric counts items that
//! are processed or wait to be processed.

use jiff::{SignedDuration, Timestamp};

use crate::port::Datapoint;

/// Minimum number of datapoints for a sleep.
pub const DATAPOINTS: usize = 3;

/// Age from which the newest datapoint is not used: 2 to 3 minutes of delay, one period, and one minute to
/// spare.
pub const STALE: SignedDuration = SignedDuration::from_mins(5);

/// Time range of the metric query. It is longer than an hour because a metric that is missing for an hour is
/// reported.
pub const LOOK_BACK: SignedDuration = SignedDuration::from_mins(75);

/// The result of reading the metric.
#[derive(Debug, Clone, PartialEq)]
pub enum Backlog {
    /// It was not read.
    NotRead,
    /// It could not be read.
    Unreadable,
    /// The datapoints, in any order.
    Read(Vec<Datapoint>),
}

/// What the datapoints prove.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Evidence {
    /// There was no work since the given time.
    Idle,
    /// There was work since the given time.
    Busy,
    /// There are too few datapoints, or the newest is too old. The endpoint is not put to sleep.
    Unknown,
}

impl Backlog {
    /// What the datapoints prove about the time from `since` to `now`.
    pub fn since(&self, since: Timestamp, now: Timestamp) -> Evidence {
        let Self::Read(datapoints) = self else { return Evidence::Unknown };
        let mut relevant: Vec<&Datapoint> =
            datapoints.iter().filter(|point| point.at > since && point.at <= now).collect();
        relevant.sort_by_key(|point| point.at);
        // Every value other than exactly 0 counts as work. NaN proves nothing.
        if relevant.iter().any(|point| point.value != 0.0) {
            return Evidence::Busy;
        }
        match relevant.last() {
            Some(newest)
                if relevant.len() >= DATAPOINTS && now.duration_since(newest.at) < STALE =>
            {
                Evidence::Idle
            }
            _ => Evidence::Unknown,
        }
    }

    /// The value of the newest datapoint, unless it is too old.
    pub fn newest(&self, now: Timestamp) -> Option<f64> {
        let newest = self.newest_point(now)?;
        (now.duration_since(newest.at) < STALE).then_some(newest.value)
    }

    /// The time of the newest datapoint, whatever its age.
    pub fn newest_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.newest_point(now).map(|point| point.at)
    }

    fn newest_point(&self, now: Timestamp) -> Option<&Datapoint> {
        let Self::Read(datapoints) = self else { return None };
        datapoints.iter().filter(|point| point.at <= now).max_by_key(|point| point.at)
    }
}
