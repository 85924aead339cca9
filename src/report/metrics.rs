//! The metrics of a decision, in CloudWatch's embedded metric format.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::{RawValue, to_raw_value};

use crate::{decide::Action, reason::Reason, scaler::Done};

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

/// Metrics with their values, in CloudWatch's embedded metric format (CloudWatch User Guide,
/// "Specification: Embedded metric format").
pub(super) struct Metrics {
    of: Vec<(&'static str, i64)>,
    at: Timestamp,
}

impl Metrics {
    /// The metrics of this decision, made `now`.
    pub(super) fn of(done: &Done, now: Timestamp) -> Self {
        Self { of: metrics_of(done), at: now }
    }
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
