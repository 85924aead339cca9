//! How one variant is scaled.

use jiff::{SignedDuration, Timestamp};

/// The shortest idle window that is used. CloudWatch delays datapoints by 2 to 3 minutes, so a shorter window
/// could miss a job that has just started.
pub const SHORTEST_IDLE: SignedDuration = SignedDuration::from_mins(5);

/// The settings of a route that a decision needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Desired capacity that a wake requests.
    pub wake_to: i32,
    /// J, the idle window: one length for everything that is decided without results. At least [`SHORTEST_IDLE`], and
    /// two minutes longer than the longest job, because the metric may not count requests that run.
    pub idle: SignedDuration,
    /// If the results are connected: the time from the last result to the scale in.
    pub done_after: Option<SignedDuration>,
    /// Items per instance, if the route sets it.
    pub inputs_per_instance: Option<u32>,
}

impl Policy {
    /// The same policy with enough instances for this number of items.
    pub fn for_known_work(self, items: usize) -> Self {
        Self { wake_to: self.wake_to.max(self.instances_for(items)), ..self }
    }

    /// Instances for this number of items. 0 if the route does not set `inputs_per_instance`.
    pub fn instances_for(&self, items: usize) -> i32 {
        let Some(each) = self.inputs_per_instance else { return 0 };
        let each = usize::try_from(each).unwrap_or(usize::MAX).max(1);
        i32::try_from(items.div_ceil(each)).unwrap_or(i32::MAX)
    }

    /// The latest arrival time of an input for which a lease with this end was written.
    pub fn last_input(&self, lease_ends: Timestamp) -> Timestamp {
        lease_ends - self.idle
    }

    /// W: the window in which a container does not renew a lease again. A renewal must extend the lease by
    /// more than W. W = min(60 s, J / 4).
    pub fn renewal_step(&self) -> SignedDuration {
        SignedDuration::from_secs(60).min(self.idle / 4)
    }
}
