//! Rules of EventBridge, and their targets.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Tags, event_pattern::EventPattern, schedule_expression::Runs};

/// A rule of the default event bus.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct EventRule {
    /// `EventPattern`, as it was put.
    pub(crate) pattern_text: Option<String>,
    pub(crate) pattern: Option<EventPattern>,
    /// `ScheduleExpression`.
    pub(crate) expression: Option<String>,
    /// `State`.
    pub(crate) state: String,
    /// `Description`.
    pub(crate) description: Option<String>,
    /// `RoleArn`.
    pub(crate) role: Option<String>,
    pub(crate) tags: Tags,
    pub(crate) targets: Vec<EventTarget>,
    /// When its schedule runs next.
    pub(crate) runs_at: Option<Timestamp>,
}

/// A target of a rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EventTarget {
    pub(crate) id: String,
    pub(crate) arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input_transformer: Option<InputTransformer>,
    /// Members that the model stores and does not use, such as `RetryPolicy`.
    #[serde(flatten)]
    pub(crate) others: Map<String, Value>,
}

impl EventRule {
    /// Whether it is enabled.
    pub(crate) fn is_enabled(&self) -> bool {
        self.state != "DISABLED"
    }

    /// Whether it takes the event.
    pub(crate) fn takes(&self, event: &Value) -> bool {
        self.is_enabled() && self.pattern.as_ref().is_some_and(|it| it.matches(event))
    }

    /// When its schedule runs, if it has one.
    pub(crate) fn runs(&self) -> Option<Runs> {
        Runs::parse(self.expression.as_deref()?, None).ok()
    }
}

/// The time of an event, as EventBridge writes it.
pub(crate) fn event_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `InputTransformer`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct InputTransformer {
    /// `InputPathsMap`: a path in the event for each variable.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) input_paths_map: BTreeMap<String, String>,
    /// `InputTemplate`: a text with variables, as `<name>`.
    pub(crate) input_template: String,
}
