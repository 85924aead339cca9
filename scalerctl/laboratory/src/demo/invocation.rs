//! One invocation of the function, and what came of it.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::handler::InvocationError;
use serde::Serialize;
use serde_json::Value;
use simulator::{Call, Event, Outcome};

use super::state::State;

/// What the function was invoked by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// S3's notification of the upload.
    Upload,
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
    /// The simulated time.
    pub at: Timestamp,
    /// What it took on this machine.
    pub took: Duration,
    /// What the function answered.
    pub answer: Result<Value, InvocationError>,
    /// The function's log lines.
    pub log: Vec<Value>,
    /// The calls that it made, in the journal's order.
    pub calls: Vec<Call>,
    /// What those calls set off at once.
    pub events: Vec<Event>,
    /// How many lines the journal had before and after it.
    pub journal: (usize, usize),
    /// How the variants stand after it.
    pub after: Vec<State>,
}

/// A call, for machines.
#[derive(Debug, Serialize)]
pub struct CallView<'a> {
    operation: &'static str,
    write: bool,
    resource: &'a str,
    arguments: &'a str,
    outcome: String,
}

impl<'a> CallView<'a> {
    /// Of a line of the journal.
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
    /// The decisions of the answer; none where the invocation failed.
    pub fn decisions(&self) -> &[Value] {
        let decisions = self.answer.as_ref().ok().and_then(|answer| answer.get("decisions"));
        decisions.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// A field of the only decision, such as `action` or `reason`.
    pub fn decided(&self, field: &str) -> Option<&str> {
        match self.decisions() {
            [only] => only.get(field).and_then(Value::as_str),
            _ => None,
        }
    }

    /// Its calls that write.
    pub fn writes(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|call| call.operation.is_write())
    }

    /// What it took on this machine, in milliseconds to a tenth.
    pub fn took_ms(&self) -> f64 {
        (self.took.as_secs_f64() * 10_000.0).round() / 10.0
    }
}
