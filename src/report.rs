//! Telling what was done: the invocation's answer, and one log line per decision that carries the
//! metrics in CloudWatch's embedded metric format.
//!
//! Neither holds payload contents: names, counts and times only.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use aws_lambda_events::sqs::SqsBatchResponse;
use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{
    Value, json,
    value::{RawValue, to_raw_value},
};

use crate::{
    decide::Action,
    reason::Reason,
    scaler::{Done, Outcome},
};

/// The CloudWatch namespace of our metrics.
pub const NAMESPACE: &str = "ReactiveScaler";

/// The one dimension of our metrics, the same as that of the async metrics of `AWS/SageMaker`.
pub const DIMENSION: &str = "EndpointName";

/// Counts decisions that change nothing.
const NONES: &str = "Nones";

/// Every metric that is emitted, with its unit in CloudWatch's spelling. Dimension: EndpointName.
pub const METRICS: &[(&str, &str)] = &[
    ("Wakes", "Count"),
    ("Sleeps", "Count"),
    ("Holds", "Count"),
    ("Extends", "Count"),
    ("Releases", "Count"),
    (NONES, "Count"),
    ("WakeLatencyMs", "Milliseconds"),
    ("LeaseRenewals", "Count"),
    ("SleepBlocked", "Count"),
    ("Errors", "Count"),
    ("DesiredInstances", "Count"),
    ("InServiceInstances", "Count"),
];

#[derive(Serialize)]
struct Answer<'a> {
    decisions: Vec<Entry<'a>>,
    #[serde(flatten)]
    batch: Option<SqsBatchResponse>,
}

/// One decision, as in the contract.
#[derive(Serialize)]
struct Entry<'a> {
    endpoint: &'a str,
    variant: Option<&'a str>,
    signal: crate::scaler::SignalKind,
    action: Action,
    reason: Reason,
    from: Option<i32>,
    to: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    awake_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    floor_withheld: Option<crate::decide::FloorWithheld>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recheck_in_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    wake_latency_ms: Option<i128>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    name_was_cut: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a crate::scaler::Status>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<String>,
}

impl<'a> Entry<'a> {
    fn of(done: &'a Done) -> Self {
        Self {
            endpoint: &done.endpoint,
            variant: done.variant.as_deref(),
            signal: done.signal,
            action: done.action,
            reason: done.reason,
            from: done.from,
            to: done.to,
            awake_until: done.awake_until,
            floor_withheld: done.floor_withheld,
            recheck_in_seconds: done.recheck_in.map(|after| after.as_secs()),
            wake_latency_ms: done.wake_latency.map(|latency| latency.as_millis()),
            name_was_cut: done.name_was_cut,
            status: done.status.as_ref(),
            errors: done.failures.iter().map(ToString::to_string).collect(),
        }
    }
}

impl<'a> Answer<'a> {
    /// That of a queue's batch says which messages must come again: broken ones, and those whose wake
    /// failed.
    fn of(outcome: &'a Outcome) -> Self {
        let batch = outcome.sqs.then(|| {
            let failed = outcome.done.iter().filter(|done| !done.failures.is_empty());
            // Decisions share lists of thousands of messages.
            let lists = failed.flat_map(|done| done.messages.lists());
            let lists: BTreeMap<_, _> = lists.map(|list| (Arc::as_ptr(list), list)).collect();
            let broken = outcome.broken.iter().filter_map(|broken| broken.message_id.as_deref());
            let mut ids: Vec<&str> =
                lists.values().flat_map(|list| list.iter().map(|id| &**id)).chain(broken).collect();
            ids.sort_unstable();
            ids.dedup();
            let mut batch = SqsBatchResponse::default();
            batch.set_failures(ids);
            batch
        });
        Self { decisions: outcome.done.iter().map(Entry::of).collect(), batch }
    }
}

/// The invocation's answer, written straight from what the invocation came to.
#[derive(Debug)]
pub struct Answered(pub(crate) Arc<Outcome>);

impl Serialize for Answered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Answer::of(&self.0).serialize(serializer)
    }
}

/// The invocation's answer as a JSON object.
pub fn answer(outcome: &Outcome) -> Value {
    serde_json::to_value(Answer::of(outcome)).unwrap_or_else(|error| {
        json!({ "decisions": [], "errors": [format!("the answer cannot be written: {error}")] })
    })
}

/// The log line of one decision, with its metrics embedded: unless it was `only_asked` what would
/// be done, which counts nowhere.
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
    /// Tells of this decision, made `now`.
    pub fn of(done: &'a Done, only_asked: bool, now: Timestamp) -> Self {
        Self {
            entry: Entry::of(done),
            dimension: &done.endpoint,
            level: if done.failures.is_empty() { "INFO" } else { "ERROR" },
            message: "decision",
            mode: done.observe_only.then_some("observe"),
            metrics: (!only_asked).then(|| Metrics { of: metrics_of(done), at: now }),
        }
    }

    /// As a JSON object; null where it cannot be written as one.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// Metrics with their values, in CloudWatch's embedded metric format (CloudWatch User Guide,
/// "Specification: Embedded metric format").
struct Metrics {
    of: Vec<(&'static str, i64)>,
    at: Timestamp,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata<T> {
    timestamp: i64,
    cloud_watch_metrics: T,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive<'a> {
    namespace: &'static str,
    dimensions: [[&'static str; 1]; 1],
    metrics: &'a [Definition],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: Option<&'static str>,
}

/// What CloudWatch is told of the metrics of most lines, those of inputs that change nothing: the same each
/// time, so it is written once.
static OF_NONES: LazyLock<Option<Box<RawValue>>> =
    LazyLock::new(|| with_directives(&[(NONES, 1)], |directives| to_raw_value(directives).ok()));

/// Hands over what CloudWatch is told of these metrics.
fn with_directives<T>(
    metrics: &[(&'static str, i64)],
    take: impl FnOnce(&[Directive<'_>; 1]) -> T,
) -> T {
    let unit = |name| METRICS.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit);
    let definition = |(name, _): &(&'static str, i64)| Definition { name, unit: unit(*name) };
    let metrics: Vec<Definition> = metrics.iter().map(definition).collect();
    take(&[Directive { namespace: NAMESPACE, dimensions: [[DIMENSION]], metrics: &metrics }])
}

impl Serialize for Metrics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let timestamp = self.at.as_millisecond();
        let mut fields = serializer.serialize_map(None)?;
        match (self.of.as_slice(), OF_NONES.as_deref()) {
            ([(NONES, _)], Some(cloud_watch_metrics)) => {
                fields.serialize_entry("_aws", &Metadata { timestamp, cloud_watch_metrics })?;
            }
            (metrics, _) => with_directives(metrics, |cloud_watch_metrics| {
                fields.serialize_entry("_aws", &Metadata { timestamp, cloud_watch_metrics })
            })?,
        }
        for (name, value) in &self.of {
            fields.serialize_entry(name, value)?;
        }
        fields.end()
    }
}

fn metrics_of(done: &Done) -> Vec<(&'static str, i64)> {
    let mut metrics = vec![(metric_of(done.action), 1)];
    if let Some(latency) = done.wake_latency {
        metrics.push(("WakeLatencyMs", i64::try_from(latency.as_millis()).unwrap_or(i64::MAX)));
    }
    if done.lease_renewed {
        metrics.push(("LeaseRenewals", 1));
    }
    if sleep_blocked(done) {
        metrics.push(("SleepBlocked", 1));
    }
    if !done.failures.is_empty() {
        metrics.push(("Errors", i64::try_from(done.failures.len()).unwrap_or(i64::MAX)));
    }
    // Gauges, where the endpoint was looked at: how long it is awake, and how long it takes to be.
    if let Some(desired) = done.to.filter(|_| !done.observe_only).or(done.from) {
        metrics.push(("DesiredInstances", i64::from(desired)));
    }
    if let Some(current) = done.current {
        metrics.push(("InServiceInstances", i64::from(current)));
    }
    metrics
}

fn metric_of(action: Action) -> &'static str {
    match action {
        Action::Wake => "Wakes",
        Action::Sleep => "Sleeps",
        Action::Hold => "Holds",
        Action::Extend => "Extends",
        Action::Release => "Releases",
        Action::None => NONES,
    }
}

/// The lease had ended, and yet the endpoint was not put to sleep.
fn sleep_blocked(done: &Done) -> bool {
    done.from.is_some_and(|from| from > 0)
        && done.to != Some(0)
        && matches!(
            done.reason,
            Reason::Backlog
                | Reason::BacklogUnknown
                | Reason::WorkSlippedIn
                | Reason::ScalingInSuspended
                | Reason::NotInService
                | Reason::LeaseUnreadable
                | Reason::TargetUnreadable
        )
}
