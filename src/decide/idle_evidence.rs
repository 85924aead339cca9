//! What counts as proof that there is no work: `ApproximateBacklogSize`, which counts running and
//! waiting items.

use jiff::{SignedDuration, Timestamp};

use crate::port::Datapoint;

/// Datapoints that a sleep needs at least.
pub const DATAPOINTS: usize = 3;

/// From this age on, the newest datapoint says nothing of now: the lag of 2 to 3 minutes, a period
/// of one, and one to spare.
pub const STALE: SignedDuration = SignedDuration::from_mins(5);

/// How far back the metric is read: enough to tell that it has been missing for an hour, from when on that is reported.
pub const LOOK_BACK: SignedDuration = SignedDuration::from_mins(75);

/// The metric, as far as it was read.
#[derive(Debug, Clone, PartialEq)]
pub enum Backlog {
    /// Not asked for.
    NotRead,
    /// Asked for in vain.
    Unreadable,
    /// AWS's datapoints, in any order.
    Read(Vec<Datapoint>),
}

/// What the datapoints prove.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Evidence {
    /// No work since the time in question.
    Idle,
    /// There was work since then.
    Busy,
    /// Too few datapoints, stale ones, or none: never a reason to sleep.
    Unknown,
}

impl Backlog {
    /// What is proven about the time after `since`, as of `now`.
    pub fn since(&self, since: Timestamp, now: Timestamp) -> Evidence {
        let Self::Read(datapoints) = self else { return Evidence::Unknown };
        let mut relevant: Vec<&Datapoint> =
            datapoints.iter().filter(|point| point.at > since && point.at <= now).collect();
        relevant.sort_by_key(|point| point.at);
        // Anything but an exact zero is work: a NaN proves nothing.
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

    /// The newest datapoint's size, unless it is stale: what an endpoint at zero has waiting.
    pub fn newest(&self, now: Timestamp) -> Option<f64> {
        let newest = self.newest_point(now)?;
        (now.duration_since(newest.at) < STALE).then_some(newest.value)
    }

    /// When the newest datapoint is of, however old.
    pub fn newest_at(&self, now: Timestamp) -> Option<Timestamp> {
        self.newest_point(now).map(|point| point.at)
    }

    fn newest_point(&self, now: Timestamp) -> Option<&Datapoint> {
        let Self::Read(datapoints) = self else { return None };
        datapoints.iter().filter(|point| point.at <= now).max_by_key(|point| point.at)
    }
}
