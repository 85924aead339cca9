//! Scaling policies of scalable targets.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use serde::{Deserialize, Serialize};

use crate::{StepScaling, TargetTracking};

/// A scaling policy of the world.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Its scalable target.
    pub id: VariantId,
    /// `PolicyName`.
    pub name: String,
    /// What it does.
    pub kind: PolicyKind,
    /// When it was created.
    pub created_at: Timestamp,
    /// The alarms that target tracking created: the high one, then the low one.
    pub(crate) own_alarms: Vec<String>,
}

/// `PolicyType`, with its configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum PolicyKind {
    /// `TargetTrackingScaling`.
    TargetTracking(TargetTracking),
    /// `StepScaling`.
    StepScaling(StepScaling),
}

impl PolicyKind {
    /// Whether this is target tracking with `DisableScaleIn`.
    pub(crate) fn disables_scale_in(&self) -> bool {
        matches!(self, Self::TargetTracking(tracking) if tracking.disable_scale_in)
    }
}

impl From<TargetTracking> for PolicyKind {
    fn from(tracking: TargetTracking) -> Self {
        Self::TargetTracking(tracking)
    }
}

impl From<StepScaling> for PolicyKind {
    fn from(steps: StepScaling) -> Self {
        Self::StepScaling(steps)
    }
}

impl Policy {
    /// The configuration of a target tracking policy.
    pub(crate) fn tracking(&self) -> Option<&TargetTracking> {
        match &self.kind {
            PolicyKind::TargetTracking(tracking) => Some(tracking),
            PolicyKind::StepScaling(_) => None,
        }
    }
}
