//! How one variant is scaled.

use jiff::{SignedDuration, Timestamp};

/// The shortest idle window that is honoured: below it, CloudWatch's lag of 2 to 3 minutes hides a
/// job that has just begun.
pub const SHORTEST_IDLE: SignedDuration = SignedDuration::from_mins(5);

/// How one variant is scaled: what a decision needs of its route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Instances that a wake asks for.
    pub wake_to: i32,
    /// The effective idle window, at least [`SHORTEST_IDLE`].
    pub idle: SignedDuration,
    /// Known work that one instance is to have.
    pub inputs_per_instance: Option<u32>,
}

impl Policy {
    /// The same with as many instances as this much known work takes.
    pub fn for_known_work(self, items: usize) -> Self {
        Self { wake_to: self.wake_to.max(self.instances_for(items)), ..self }
    }

    /// Instances that so many items take, where the route says how many one is to have; else 0.
    pub fn instances_for(&self, items: usize) -> i32 {
        let Some(each) = self.inputs_per_instance else { return 0 };
        let each = usize::try_from(each).unwrap_or(usize::MAX).max(1);
        i32::try_from(items.div_ceil(each)).unwrap_or(i32::MAX)
    }

    /// The latest time at which the input can have come that a lease with this end was written for.
    pub fn last_input(&self, lease_ends: Timestamp) -> Timestamp {
        lease_ends - self.idle
    }

    /// W: what a renewal of the lease must gain before it is written, and for how long a warm
    /// container relies on the one that it wrote. min(60 s, idle / 4).
    pub fn renewal_step(&self) -> SignedDuration {
        SignedDuration::from_secs(60).min(self.idle / 4)
    }
}
