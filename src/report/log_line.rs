//! The log line of a decision.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{entry::Entry, metrics::Metrics};
use crate::scaler::Done;

/// The log line of one decision, with its metrics. The metrics are left out if only the decision was
/// requested (`only_asked`).
#[derive(Serialize)]
pub struct LogLine<'a> {
    #[serde(flatten)]
    entry: Entry<'a>,
    #[serde(rename = "EndpointName")]
    dimension: &'a str,
    level: &'static str,
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<&'static str>,
    #[serde(flatten)]
    metrics: Option<Metrics>,
}

impl<'a> LogLine<'a> {
    /// Creates the line for a decision made at `now`.
    pub fn of(done: &'a Done, only_asked: bool, now: Timestamp) -> Self {
        Self {
            entry: Entry::of(done),
            dimension: done.endpoint(),
            level: if done.failures().is_empty() { "INFO" } else { "ERROR" },
            message: "decision",
            mode: done.subject.observe_only.then_some("observe"),
            metrics: (!only_asked).then(|| Metrics::of(done, now)),
        }
    }

    /// Its metrics, in the namespace [`NAMESPACE`](super::NAMESPACE). Empty if only the decision was requested.
    pub fn metrics(&self) -> &[(&'static str, i64)] {
        self.metrics.as_ref().map_or(&[], Metrics::values)
    }

    /// The value of the dimension of its metrics, which is [`DIMENSION`](super::DIMENSION).
    pub fn endpoint(&self) -> &str {
        self.dimension
    }

    /// As a JSON object. Null if serialization fails.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}
