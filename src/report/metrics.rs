//! The metrics of a decision, in CloudWatch's embedded metric format.

use std::sync::LazyLock;

use jiff::Timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::{RawValue, to_raw_value};

use crate::{decide::Action, reason::Reason, scaler::Done};

/// The CloudWatch namespace of our metrics.
pub const NAMESPACE: &str = "ReactiveScaler";

/// The dimension of all our metrics. The async metrics of `AWS/SageMaker` have the same dimension.
pub const DIMENSION: &str = "EndpointName";

/// The number of decisions that change nothing.
const NONES: &str = "Nones";

/// All metrics that are emitted, with their CloudWatch units. Dimension: EndpointName.
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

    /// Names and values.
    pub(super) fn values(&self) -> &[(&'static str, i64)] {
        &self.of
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

/// The metric definitions of most log lines, which are for inputs that change nothing. They are always the
/// same, so they are serialized once.
static OF_NONES: LazyLock<Option<Box<RawValue>>> =
    LazyLock::new(|| with_directives(&[(NONES, 1)], |directives| to_raw_value(directives).ok()));

/// Passes the definitions of these metrics to `take`.
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
    if let Some(latency) = done.effects.wake_latency {
        metrics.push(("WakeLatencyMs", i64::try_from(latency.as_millis()).unwrap_or(i64::MAX)));
    }
    if done.effects.lease_written {
        metrics.push(("LeaseRenewals", 1));
    }
    if sleep_blocked(done) {
        metrics.push(("SleepBlocked", 1));
    }
    if !done.failures().is_empty() {
        metrics.push(("Errors", i64::try_from(done.failures().len()).unwrap_or(i64::MAX)));
    }
    // Gauges, if the endpoint was read. They show how long it is awake and how long a wake takes.
    if let Some(desired) = done.to().filter(|_| !done.subject.observe_only).or(done.from()) {
        metrics.push(("DesiredInstances", i64::from(desired)));
    }
    if let Some(current) = done.seen.and_then(|instances| instances.current) {
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

/// Whether the lease had ended but the endpoint was not scaled in to zero.
fn sleep_blocked(done: &Done) -> bool {
    done.from().is_some_and(|from| from > 0)
        && done.to() != Some(0)
        && matches!(
            done.reason,
            Reason::Backlog
                | Reason::BacklogUnknown
                | Reason::WorkSlippedIn
                | Reason::ScalingInSuspended
                | Reason::NotInService
                | Reason::LeaseUnreadable
                | Reason::TargetUnreadable
                | Reason::WorkOutstanding
                | Reason::LedgerUnreadable
        )
}
