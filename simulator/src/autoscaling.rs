//! Application Auto Scaling: scalable targets.

use jiff::Timestamp;
use reactive_scaler::port::ScalableTarget;
use serde::{Deserialize, Serialize};

use crate::{NotScaledReason, Tags, cooldown::Cooldown};

/// A registered target, and the state that the model keeps for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Target {
    pub(crate) target: ScalableTarget,
    pub(crate) registered_at: Timestamp,
    /// Whether a policy's alarm-low stays in ALARM. Such a policy scales in each minute.
    pub(crate) alarm_low: bool,
    /// The cooldowns that its policies started, newest last.
    pub(crate) cooldowns: Vec<Cooldown>,
    /// The latest decision not to scale. A policy that scales clears it.
    pub(crate) not_scaled: Option<(String, NotScaledReason)>,
    pub(crate) tags: Tags,
}

/// The parameters of RegisterScalableTarget. An absent parameter changes nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Registration {
    /// `MinCapacity`.
    pub min: Option<i32>,
    /// `MaxCapacity`.
    pub max: Option<i32>,
    /// `SuspendedState.DynamicScalingInSuspended`.
    pub scaling_in_suspended: Option<bool>,
    /// `SuspendedState.DynamicScalingOutSuspended`.
    pub scaling_out_suspended: Option<bool>,
    /// `SuspendedState.ScheduledScalingSuspended`.
    pub scheduled_suspended: Option<bool>,
}
