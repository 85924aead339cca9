//! One invocation of the function, and its effects.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::handler::InvocationError;
use serde::Serialize;
use serde_json::Value;
use simulator::{Call, Event, Outcome};

use super::state::State;
use crate::function::Decision;

/// What invoked the function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// The S3 notification of the upload.
    Upload,
    /// The message of a result.
    Result,
    /// The schedule.
    Tick,
    /// The payload in this file.
    File(String),
}

/// One invocation.
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation {
    /// What invoked the function.
    pub trigger: Trigger,
    /// Whether the event contains something that the function decides on.
    pub asks: bool,
    /// The simulated time.
    pub at: Timestamp,
    /// Its duration in real time.
    pub took: Duration,
    /// The answer.
    pub answer: Result<Value, InvocationError>,
    /// The log lines.
    pub log: Vec<Value>,
    /// The calls that it made, in order.
    pub calls: Vec<Call>,
    /// The immediate effects of those calls.
    pub events: Vec<Event>,
    /// Number of journal entries before and after it.
    pub journal: (usize, usize),
    /// States of the variants after it.
    pub after: Vec<State>,
}

/// A call in the JSON document.
#[derive(Debug, Serialize)]
pub struct CallView<'a> {
    operation: &'static str,
    write: bool,
    resource: &'a str,
    arguments: &'a str,
    outcome: String,
}

impl<'a> CallView<'a> {
    /// The fields of a call of the journal.
    pub fn of(call: &'a Call) -> Self {
        Self {
            operation: call.operation.as_str(),
            write: call.operation.is_write(),
            resource: &call.resource,
            arguments: &call.arguments,
            outcome: match &call.outcome {
                Outcome::Ok => "ok".to_owned(),
                Outcome::Refused(code) => code.clone(),
                Outcome::NoAnswer { .. } => "no answer".to_owned(),
            },
        }
    }
}

impl Invocation {
    /// The decisions of the answer; none if the invocation failed.
    pub fn decisions(&self) -> Vec<Decision> {
        self.answer.as_ref().map(Decision::of_answer).unwrap_or_default()
    }

    /// The messages of a queue that the answer reports as failed. Lambda delivers them again.
    pub fn failed_messages(&self) -> Vec<String> {
        let reported = self.answer.as_ref().ok().and_then(|answer| answer.get("batchItemFailures"));
        let messages = reported.and_then(Value::as_array).into_iter().flatten();
        let id = |message: &Value| Some(message.get("itemIdentifier")?.as_str()?.to_owned());
        messages.filter_map(id).collect()
    }

    /// The decision, if there is one and no other.
    pub fn only_decision(&self) -> Option<Decision> {
        let [only] = <[Decision; 1]>::try_from(self.decisions()).ok()?;
        Some(only)
    }

    /// Whether it made one decision, with such an action.
    pub fn did(&self, is_meant: impl Fn(&str) -> bool) -> bool {
        self.only_decision().is_some_and(|decision| is_meant(&decision.action))
    }

    /// Its calls that write.
    pub fn writes(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| call.operation.is_write())
    }

    /// Its duration in real time, in milliseconds, rounded to a tenth.
    pub fn took_ms(&self) -> f64 {
        (self.took.as_secs_f64() * 10_000.0).round() / 10.0
    }
}
