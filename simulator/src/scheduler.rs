//! Schedules of EventBridge Scheduler, and what their targets receive.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::schedule_expression::Runs;

/// The end of the ARN of a target that calls Invoke of Lambda (EventBridge Scheduler User Guide, "Using universal
/// targets").
const INVOKE: &str = ":scheduler:::aws-sdk:lambda:invoke";

/// A schedule.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Schedule {
    pub(crate) put: SchedulePut,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    /// When it runs next.
    pub(crate) runs_at: Option<Timestamp>,
}

/// The members of CreateSchedule and UpdateSchedule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct SchedulePut {
    pub(crate) schedule_expression: String,
    #[serde(default = "utc")]
    pub(crate) schedule_expression_timezone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) start_date: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end_date: Option<f64>,
    #[serde(default = "enabled")]
    pub(crate) state: String,
    #[serde(default = "none")]
    pub(crate) action_after_completion: String,
    pub(crate) target: ScheduleTarget,
    /// Members that the model stores and does not use, such as `FlexibleTimeWindow`. Assumption: a flexible schedule
    /// runs at the start of its window.
    #[serde(flatten)]
    pub(crate) others: Map<String, Value>,
}

/// The target of a schedule.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ScheduleTarget {
    pub(crate) arn: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<String>,
    #[serde(flatten)]
    pub(crate) others: Map<String, Value>,
}

impl SchedulePut {
    /// When it runs. The error is AWS's reason why it is not valid.
    pub(crate) fn runs(&self) -> Result<Runs, String> {
        Runs::parse(&self.schedule_expression, Some(&self.schedule_expression_timezone))
    }

    /// The first run after this time.
    pub(crate) fn first_run(&self, now: Timestamp) -> Option<Timestamp> {
        let start = self.start_date.and_then(from_epoch);
        let runs = self.runs().ok()?;
        self.within(runs.first_after(now, start).filter(|at| *at > now))
    }

    /// The run after this one. A one-time schedule has none.
    pub(crate) fn next_run(&self, last: Timestamp) -> Option<Timestamp> {
        let runs = self.runs().ok().filter(Runs::recurs)?;
        self.within(runs.next_after(last))
    }

    /// The run, if the schedule is enabled and has not ended then.
    fn within(&self, at: Option<Timestamp>) -> Option<Timestamp> {
        let end = self.end_date.and_then(from_epoch);
        at.filter(|at| self.state != "DISABLED" && end.is_none_or(|end| *at <= end))
    }
}

impl ScheduleTarget {
    /// The ARN of the resource that a run reaches, and the text that it receives. `default` is the text without an
    /// input. `arn_of` returns the ARN of a function by its name.
    pub(crate) fn call(
        &self,
        default: String,
        arn_of: impl Fn(&str) -> String,
    ) -> (String, String) {
        let input = self.input.clone().unwrap_or(default);
        if !self.arn.ends_with(INVOKE) {
            return (self.arn.clone(), input);
        }
        let request: Value = serde_json::from_str(&input).unwrap_or_default();
        let name = request["FunctionName"].as_str().unwrap_or_default();
        let name = name.rsplit("function:").next().unwrap_or_default();
        let qualifier = request["Qualifier"].as_str().map(|it| format!(":{it}"));
        let payload = match &request["Payload"] {
            Value::String(text) => text.clone(),
            Value::Null => "{}".to_owned(),
            other => other.to_string(),
        };
        (arn_of(name) + &qualifier.unwrap_or_default(), payload)
    }
}

/// The input with the context of the run (EventBridge Scheduler User Guide, "Adding context attributes").
pub(crate) fn with_context(input: &str, schedule: &str, at: &str, id: &str) -> String {
    [
        ("<aws.scheduler.schedule-arn>", schedule),
        ("<aws.scheduler.scheduled-time>", at),
        ("<aws.scheduler.execution-id>", id),
        ("<aws.scheduler.attempt-number>", "1"),
    ]
    .iter()
    .fold(input.to_owned(), |text, (name, value)| text.replace(name, value))
}

/// What a target without an input receives.
pub(crate) fn default_input(schedule: &str, at: &str, id: &str) -> String {
    let part = |number| schedule.split(':').nth(number).unwrap_or_default();
    json!({
        "version": "0",
        "id": id,
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": part(4),
        "time": at,
        "region": part(3),
        "resources": [schedule],
        // A text, and not an object.
        "detail": "{}",
    })
    .to_string()
}

fn from_epoch(seconds: f64) -> Option<Timestamp> {
    Timestamp::from_millisecond((seconds * 1000.0) as i64).ok()
}

fn utc() -> String {
    "UTC".to_owned()
}

fn enabled() -> String {
    "ENABLED".to_owned()
}

fn none() -> String {
    "NONE".to_owned()
}
