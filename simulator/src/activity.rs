//! Scaling activities: what Application Auto Scaling did, and how the API describes it.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use serde::{Deserialize, Serialize};

/// The status of a scaling activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ActivityStatus {
    /// Accepted and in progress.
    InProgress,
    /// Done.
    Successful,
    /// Accepted, but the change failed.
    Unfulfilled,
    /// Refused by SageMaker.
    Failed,
}

impl ActivityStatus {
    /// The API's spelling.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Unfulfilled => "Unfulfilled",
            Self::Failed => "Failed",
        }
    }
}

/// One scaling activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Its number among all activities of the world, ascending.
    pub number: usize,
    /// The variant.
    pub id: VariantId,
    /// For example `Setting desired instance count to 0.`
    pub description: String,
    /// The reason for the activity.
    pub cause: String,
    /// When it started.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The status.
    pub status: ActivityStatus,
    /// `StatusMessage`. A quota failure is visible only here.
    pub message: String,
    pub(crate) to: i32,
}

/// The number of an activity of the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActivityId(pub(crate) usize);
