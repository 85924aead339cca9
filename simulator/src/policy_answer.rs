//! How a scaling policy answers the datapoints of an alarm that triggers it.

use crate::{AlarmSpec, PolicyKind, Settings, StepScaling, TargetTracking, cooldown::Direction};

/// The answer of a policy.
#[derive(Debug, Clone, Copy)]
pub(crate) enum PolicyAnswer<'a> {
    /// A capacity in proportion to the metric.
    Track {
        tracking: &'a TargetTracking,
        /// The value of the metric.
        value: f64,
        /// The high alarm never scales in, and the low alarm never scales out.
        direction: Direction,
    },
    /// The adjustment of one step.
    Step {
        steps: &'a StepScaling,
        /// `ScalingAdjustment`.
        adjustment: i32,
    },
}

impl<'a> PolicyAnswer<'a> {
    /// The answer to datapoints, newest first. `None` if the policy does nothing: there is no
    /// datapoint, no step matches, or scale-in is disabled. `is_high`: whether the alarm is the
    /// high one of target tracking.
    pub(crate) fn of(
        kind: &'a PolicyKind,
        is_high: bool,
        alarm: &AlarmSpec,
        values: &[f64],
        settings: &Settings,
    ) -> Option<Self> {
        match kind {
            PolicyKind::TargetTracking(tracking) => {
                let value = TargetTracking::value(values, settings)?;
                let direction = match is_high {
                    true => Direction::Out,
                    false if tracking.disable_scale_in => return None,
                    false => Direction::In,
                };
                Some(Self::Track { tracking, value, direction })
            }
            PolicyKind::StepScaling(steps) => {
                Some(Self::Step { steps, adjustment: steps.step(alarm, values)? })
            }
        }
    }

    /// The direction at this capacity.
    pub(crate) fn direction(&self, capacity: i32) -> Direction {
        match self {
            Self::Track { direction, .. } => *direction,
            Self::Step { steps, adjustment } => {
                match steps.capacity(capacity, *adjustment) < capacity || *adjustment < 0 {
                    true => Direction::In,
                    false => Direction::Out,
                }
            }
        }
    }

    /// The capacity that this capacity becomes.
    pub(crate) fn capacity(&self, capacity: i32, settings: &Settings) -> i32 {
        let to = match self {
            Self::Track { tracking, value, .. } => tracking.capacity(capacity, *value, settings),
            Self::Step { steps, adjustment } => steps.capacity(capacity, *adjustment),
        };
        match self.direction(capacity) {
            Direction::Out => to.max(capacity),
            Direction::In => to.min(capacity),
        }
    }
}
