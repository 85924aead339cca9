//! Telling what was done: the invocation's answer, and one log line per decision that carries the
//! metrics in CloudWatch's embedded metric format.
//!
//! Neither holds payload contents: names, counts and times only.

use aws_lambda_events::sqs::SqsBatchResponse;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    decide::Action,
    reason::Reason,
    scaler::{Done, Outcome},
};

/// The CloudWatch namespace of our metrics.
pub const NAMESPACE: &str = "ReactiveScaler";

/// The one dimension of our metrics, the same as that of the async metrics of `AWS/SageMaker`.
pub const DIMENSION: &str = "EndpointName";

/// Every metric that is emitted, with its unit in CloudWatch's spelling. Dimension: EndpointName.
pub const METRICS: &[(&str, &str)] = &[
    ("Wakes", "Count"),
    ("Sleeps", "Count"),
    ("Holds", "Count"),
    ("Extends", "Count"),
    ("Releases", "Count"),
    ("Nones", "Count"),
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

/// The invocation's answer. That of a queue's batch says which messages must come again: broken
/// ones, and those whose wake failed.
pub fn answer(outcome: &Outcome) -> Value {
    let batch = outcome.sqs.then(|| {
        let mut ids: Vec<&String> = outcome
            .broken
            .iter()
            .filter_map(|broken| broken.message_id.as_ref())
            .chain(
                outcome
                    .done
                    .iter()
                    .filter(|done| !done.failures.is_empty())
                    .flat_map(|done| &done.message_ids),
            )
            .collect();
        ids.sort();
        ids.dedup();
        let mut batch = SqsBatchResponse::default();
        batch.set_failures(ids);
        batch
    });
    let decisions = outcome.done.iter().map(Entry::of).collect();
    serde_json::to_value(Answer { decisions, batch }).unwrap_or_else(|error| {
        json!({ "decisions": [], "errors": [format!("the answer cannot be written: {error}")] })
    })
}

/// The log line of one decision, with its metrics embedded: unless it was `only_asked` what would
/// be done, which counts nowhere.
pub fn log_line(done: &Done, only_asked: bool, now: Timestamp) -> Value {
    let mut line = serde_json::to_value(Entry::of(done)).unwrap_or_default();
    let Some(fields) = line.as_object_mut() else { return line };
    fields.insert(DIMENSION.into(), json!(done.endpoint));
    fields.insert("level".into(), json!(if done.failures.is_empty() { "INFO" } else { "ERROR" }));
    fields.insert("message".into(), json!("decision"));
    if done.observe_only {
        fields.insert("mode".into(), json!("observe"));
    }
    if !only_asked {
        embed_metrics(fields, done, now);
    }
    line
}

fn embed_metrics(fields: &mut Map<String, Value>, done: &Done, now: Timestamp) {
    let mut metrics: Vec<(&str, Value)> = vec![(metric_of(done.action), json!(1))];
    if let Some(latency) = done.wake_latency {
        metrics.push(("WakeLatencyMs", json!(latency.as_millis())));
    }
    if done.lease_renewed {
        metrics.push(("LeaseRenewals", json!(1)));
    }
    if sleep_blocked(done) {
        metrics.push(("SleepBlocked", json!(1)));
    }
    if !done.failures.is_empty() {
        metrics.push(("Errors", json!(done.failures.len())));
    }
    // Gauges, where the endpoint was looked at: how long it is awake, and how long it takes to be.
    if let Some(desired) = done.to.filter(|_| !done.observe_only).or(done.from) {
        metrics.push(("DesiredInstances", json!(desired)));
    }
    if let Some(current) = done.current {
        metrics.push(("InServiceInstances", json!(current)));
    }
    let declared: Vec<Value> = metrics
        .iter()
        .map(|(name, _)| {
            let unit = METRICS.iter().find(|(known, _)| known == name).map(|(_, unit)| *unit);
            json!({ "Name": name, "Unit": unit })
        })
        .collect();
    fields.insert(
        "_aws".into(),
        json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{
                "Namespace": NAMESPACE,
                "Dimensions": [[DIMENSION]],
                "Metrics": declared,
            }],
        }),
    );
    for (name, value) in metrics {
        fields.insert(name.into(), value);
    }
}

fn metric_of(action: Action) -> &'static str {
    match action {
        Action::Wake => "Wakes",
        Action::Sleep => "Sleeps",
        Action::Hold => "Holds",
        Action::Extend => "Extends",
        Action::Release => "Releases",
        Action::None => "Nones",
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
