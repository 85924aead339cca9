//! Decisions not to scale, as DescribeScalingActivities returns them with
//! `IncludeNotScaledActivities`.
//!
//! "Scaling activities" in the Application Auto Scaling User Guide lists the codes. The model
//! returns `AlreadyAtDesiredCapacity` where AWS returns `AutoScalingAnticipatedFlapping`. The
//! resulting capacity is the same.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use serde::{Deserialize, Serialize};

use crate::Activity;

/// `NotScaledReason`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotScaledReason {
    /// `AlreadyAtMaxCapacity`: the target is at its maximum.
    AlreadyAtMaxCapacity(i32),
    /// `AlreadyAtMinCapacity`: the target is at its minimum.
    AlreadyAtMinCapacity(i32),
    /// `AlreadyAtDesiredCapacity`: the policy results in the current capacity.
    AlreadyAtDesiredCapacity(i32),
}

impl NotScaledReason {
    /// `Code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyAtMaxCapacity(_) => "AlreadyAtMaxCapacity",
            Self::AlreadyAtMinCapacity(_) => "AlreadyAtMinCapacity",
            Self::AlreadyAtDesiredCapacity(_) => "AlreadyAtDesiredCapacity",
        }
    }
}

/// A decision not to scale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotScaled {
    /// Its index among all decisions not to scale of the world.
    pub number: usize,
    /// The variant.
    pub id: VariantId,
    /// When the decision was made.
    pub at: Timestamp,
    /// The alarm and the policy that it triggered.
    pub cause: String,
    /// The reason.
    pub reason: NotScaledReason,
}

/// One entry of DescribeScalingActivities with `IncludeNotScaledActivities`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScalingRecord {
    /// A scaling activity.
    Activity(Activity),
    /// A decision not to scale.
    NotScaled(NotScaled),
}

impl ScalingRecord {
    pub(crate) fn began_at(&self) -> Timestamp {
        match self {
            Self::Activity(activity) => activity.began_at,
            Self::NotScaled(decision) => decision.at,
        }
    }
}
