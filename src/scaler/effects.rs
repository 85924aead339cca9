//! What AWS accepted and refused for one variant.

use jiff::{SignedDuration, Timestamp};

use super::Failure;
use crate::port::AwsFailure;

/// What AWS accepted and refused for one variant.
///
/// Each step returns what it found and did. The effects are stored apart from that: a step that is not finished
/// at the deadline is dropped, and the report must still say what AWS accepted before.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Effects {
    /// The desired capacity that was accepted last. If nothing is written, the capacity that would be requested.
    pub capacity: Option<i32>,
    /// Time from the oldest input's event to the accepted capacity request.
    pub wake_latency: Option<SignedDuration>,
    /// The endpoint was busy with another change when capacity was requested, and a record stores the request.
    pub(super) busy: bool,
    /// Whether the lease was written.
    pub lease_written: bool,
    /// The later end of lease and hold, if known. The function does not scale in before it.
    pub awake_until: Option<Timestamp>,
    /// What could not be done, in the order in which it was tried.
    pub failures: Vec<Failure>,
}

impl Effects {
    pub(super) fn fail(&mut self, failure: AwsFailure) {
        self.failures.push(Failure::Aws(failure));
    }

    /// Keeps the later end.
    pub(super) fn awake_at_least_until(&mut self, end: Option<Timestamp>) {
        self.awake_until = self.awake_until.max(end);
    }
}
