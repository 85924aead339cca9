//! The request that verify sent. Its datapoints are no work of others.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;

/// The period of the datapoints.
pub const PERIOD: SignedDuration = SignedDuration::from_mins(1);

/// The one request that verify sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnRequest {
    /// Before the call.
    pub sent_at: Timestamp,
    /// After its result was found. `None`: it may still run.
    pub ended_at: Option<Timestamp>,
}

impl OwnRequest {
    /// Whether the request alone explains a datapoint of the backlog.
    pub fn explains(self, datapoint: &Datapoint) -> bool {
        datapoint.value <= 1.0
            && datapoint.at + PERIOD > self.sent_at
            && self.ended_at.is_none_or(|ended| datapoint.at < ended)
    }
}
