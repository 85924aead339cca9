//! A change of capacity in progress.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::activity::ActivityId;

/// A change of capacity in progress.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Change {
    pub(crate) variant: String,
    /// The capacity after the change fails, because no instances are available.
    pub(crate) from: i32,
    pub(crate) to: i32,
    pub(crate) done_at: Timestamp,
    pub(crate) activity: Option<ActivityId>,
}
