//! A schedule that sends ticks to a function.

use reactive_scaler::signal::{What, decode};

use super::schedule_expression::is_each_minute;

/// A schedule that sends ticks to a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FunctionSchedule {
    /// `Name`.
    pub name: String,
    /// The service.
    pub kind: ScheduleKind,
    /// `ScheduleExpression`.
    pub expression: String,
    /// The version or alias that it invokes. `None`: the function itself.
    pub qualifier: Option<String>,
    /// Why no tick reaches the function. `None`: ticks do.
    pub problem: Option<ScheduleProblem>,
}

impl FunctionSchedule {
    /// Whether it sends a tick each minute.
    pub fn is_enough(&self) -> bool {
        self.problem.is_none() && is_each_minute(&self.expression)
    }
}

/// The service of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleKind {
    /// A schedule of EventBridge Scheduler.
    Scheduler {
        /// `GroupName`.
        group: String,
    },
    /// A rule of EventBridge.
    Rule {
        /// The `Id` of the target.
        target: String,
        /// Whether it has other targets.
        is_shared: bool,
    },
}

/// Why no tick reaches the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScheduleProblem {
    /// The schedule does not run.
    NotRunning(String),
    /// What it invokes does not exist, or has other settings.
    OtherTarget(String),
}

impl ScheduleProblem {
    /// As a text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::NotRunning(why) | Self::OtherTarget(why) => why,
        }
    }
}

/// Whether the function takes this payload for a tick.
pub fn is_tick(payload: &str) -> bool {
    let decoded = serde_json::from_str(payload).map(|payload| decode(&payload));
    let Ok(Ok(decoded)) = decoded else { return false };
    !decoded.observe && decoded.signals.iter().any(|signal| signal.what == What::Tick)
}
