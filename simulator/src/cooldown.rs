//! Cooldowns: how long a scaling activity of a policy blocks the next one.
//!
//! "Define cooldown periods" in the Application Auto Scaling User Guide. A cooldown starts when the
//! activity has succeeded. During the cooldown of a scale-out, only a larger scale-out is allowed,
//! and the capacity that was added counts as part of it. During the cooldown of a scale-in, no
//! scale-in is allowed, and a scale-out ends the cooldown. Scheduled actions and manual changes do
//! not wait for cooldowns.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::activity::ActivityId;

/// The direction in which a policy scales.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Direction {
    Out,
    In,
}

/// A cooldown of a scalable target.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Cooldown {
    pub(crate) direction: Direction,
    pub(crate) policy: String,
    /// The capacity before the activity.
    pub(crate) from: i32,
    pub(crate) activity: ActivityId,
    pub(crate) lasting: Duration,
}
