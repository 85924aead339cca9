//! The history of alarms.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AlarmChange, AlarmSpec};

/// One entry of the history of an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HistoryItem {
    /// When it happened.
    pub at: Timestamp,
    /// The alarm's name.
    pub alarm: String,
    /// What happened.
    pub event: HistoryEvent,
}

/// What happened to an alarm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum HistoryEvent {
    /// It was created with these settings.
    Created(Box<AlarmSpec>),
    /// It was put again with these settings.
    Updated(Box<AlarmSpec>),
    /// It was deleted. It had these settings.
    Deleted(Box<AlarmSpec>),
    /// Its state changed.
    State(AlarmChange),
    /// The action with this ARN ran.
    ///
    /// Assumption: an action of Application Auto Scaling is recorded when the state changes, and not each minute.
    Action(String),
}

impl HistoryEvent {
    /// `HistoryItemType`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Created(_) | Self::Updated(_) | Self::Deleted(_) => "ConfigurationUpdate",
            Self::State(_) => "StateUpdate",
            Self::Action(_) => "Action",
        }
    }
}

/// What DescribeAlarmHistory asks for. An absent filter covers all entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryFilter {
    /// `AlarmName`.
    pub alarm: Option<String>,
    /// `HistoryItemType`.
    pub kind: Option<String>,
    /// `StartDate`.
    pub from: Option<Timestamp>,
    /// `EndDate`.
    pub until: Option<Timestamp>,
    /// `ScanBy` of `TimestampAscending`.
    pub oldest_first: bool,
}

impl HistoryFilter {
    pub(crate) fn covers(&self, item: &HistoryItem) -> bool {
        self.alarm.as_ref().is_none_or(|it| item.alarm == *it)
            && self.kind.as_ref().is_none_or(|it| item.event.kind() == *it)
            && self.from.is_none_or(|it| it <= item.at)
            && self.until.is_none_or(|it| item.at <= it)
    }
}
