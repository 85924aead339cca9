//! Scheduled actions.

use jiff::Timestamp;
use reactive_scaler::port::ScheduledAction;
use serde::{Deserialize, Serialize};

/// A scheduled action of the world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionState {
    /// The action, as DescribeScheduledActions returns it.
    pub action: ScheduledAction,
    /// The time of the last PutScheduledAction.
    pub put_at: Timestamp,
    /// The time of the next run. `None` if there is none.
    pub runs_at: Option<Timestamp>,
    /// When its runs start and end.
    pub span: ActionSpan,
    pub(crate) done: bool,
}

impl ActionState {
    /// The time of the next run, unless it has run.
    pub(crate) fn yet_to_run(&self) -> Option<Timestamp> {
        self.runs_at.filter(|_| !self.done)
    }
}

/// The time in which an action with a recurring schedule runs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionSpan {
    /// `StartTime`. Absent: now.
    pub start: Option<Timestamp>,
    /// `EndTime`. Absent: never.
    pub end: Option<Timestamp>,
}

impl ActionSpan {
    pub(crate) fn covers(self, at: Timestamp) -> bool {
        self.end.is_none_or(|end| at <= end)
    }
}

/// The parameters of PutScheduledAction, other than its time span.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ActionPut {
    /// `ScheduledActionName`.
    pub name: String,
    /// `Schedule`. Absent: the current one.
    pub schedule: Option<String>,
    /// `Timezone`. Absent: UTC.
    pub timezone: Option<String>,
    /// `ScalableTargetAction` as (`MinCapacity`, `MaxCapacity`). Absent: the current one.
    pub bounds: Option<(Option<i32>, Option<i32>)>,
}

impl ActionPut {
    /// A one-time action, in UTC, that sets these bounds.
    pub fn once(
        name: impl Into<String>,
        at: Timestamp,
        min: Option<i32>,
        max: Option<i32>,
    ) -> Self {
        let schedule = Some(at.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string());
        let timezone = Some("UTC".to_owned());
        Self { name: name.into(), schedule, timezone, bounds: Some((min, max)) }
    }
}
