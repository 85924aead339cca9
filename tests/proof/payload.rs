//! The payloads of invocations: those of `events/`, for the endpoints of the world.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::plan::{Command, EndpointPlan, RouteKind};

pub fn bucket(endpoint: &str) -> String {
    format!("inputs-of-{endpoint}")
}

/// The event of an upload, in one of the forms in which it can reach the function.
pub fn input(endpoint: &str, at: Timestamp, form: u64) -> Value {
    let bucket = bucket(endpoint);
    let bus = json!({
        "version": "0", "source": "aws.s3", "detail-type": "Object Created",
        "time": at.to_string(),
        "detail": { "bucket": { "name": bucket }, "object": { "key": "in/a.json", "size": 9 } },
    });
    let notification = json!({ "Records": [{
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": at.to_string(),
        "s3": { "bucket": { "name": bucket }, "object": { "key": "in/a.json" } },
    }]});
    match form % 3 {
        0 => notification,
        1 => bus,
        _ => json!({ "Records": [{
            "EventSource": "aws:sns",
            "Sns": { "Message": notification.to_string() },
        }]}),
    }
}

/// The input bucket of a kind of route that leads to several endpoints.
pub fn shared_bucket(route_kind: RouteKind) -> &'static str {
    match route_kind {
        RouteKind::Named => "inputs-by-name",
        RouteKind::Newest => "inputs-for-the-newest",
        RouteKind::All => "inputs-for-all",
        RouteKind::InKey => "inputs-by-key",
        RouteKind::SdkName | RouteKind::SdkModel => "sagemaker-eu-central-1-123456789012",
    }
}

/// Bucket and key of an input for this endpoint. The SDK truncates names to 51 characters.
pub fn place(of: &EndpointPlan, number: usize) -> (String, String) {
    let sdk = |name: &str| {
        let cut = &name[..name.len().min(51)];
        format!("async-endpoint-inputs/{cut}-300107-1400/2030-01-07-14-00-00-{number:03}-a")
    };
    match of.route_kind {
        RouteKind::Named => (bucket(&of.name), format!("in/{number}.json")),
        RouteKind::InKey => {
            (shared_bucket(of.route_kind).into(), format!("in/{}/{number}.json", of.name))
        }
        RouteKind::SdkName => (shared_bucket(of.route_kind).into(), sdk(&of.name)),
        RouteKind::SdkModel => (shared_bucket(of.route_kind).into(), sdk(&of.model)),
        RouteKind::Newest | RouteKind::All => {
            (shared_bucket(of.route_kind).into(), format!("in/{number}.json"))
        }
    }
}

/// Uploads of these objects in one event.
pub fn inputs(places: &[(String, String)], at: Timestamp) -> Value {
    let record = |(bucket, key): &(String, String)| {
        json!({
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "eventTime": at.to_string(),
            "s3": { "bucket": { "name": bucket }, "object": { "key": key, "size": 9 } },
        })
    };
    json!({ "Records": places.iter().map(record).collect::<Vec<_>>() })
}

pub fn tick(form: u64) -> Value {
    match form % 2 {
        0 => json!({ "action": "tick" }),
        _ => stored(include_str!("../../events/schedule-rule.json"), "no-such-endpoint"),
    }
}

pub fn status(endpoint: &str) -> Value {
    stored(include_str!("../../events/endpoint-state-change.json"), endpoint)
}

pub fn alarm(endpoint: &str) -> Value {
    stored(include_str!("../../events/alarm-direct.json"), endpoint)
}

pub fn result(endpoint: &str) -> Value {
    stored(include_str!("../../events/async-result-completed-in-sns.json"), endpoint)
}

pub fn foreign(form: usize) -> Value {
    let all = [
        include_str!("../../events/alarm-direct.json"),
        include_str!("../../events/alarm-ok-in-sns.json"),
        include_str!("../../events/async-result-failed-in-sns.json"),
        include_str!("../../events/endpoint-state-change.json"),
        include_str!("../../events/s3-test-event.json"),
        include_str!("../../events/s3-notification.json"),
    ];
    stored(all[form % all.len()], "somebody-elses")
}

pub fn command(endpoint: &str, command: Command) -> Value {
    match command {
        Command::Wake => json!({ "action": "wake", "endpoint": endpoint }),
        Command::Sleep { force: false } => json!({ "action": "sleep", "endpoint": endpoint }),
        Command::Sleep { force: true } => {
            json!({ "action": "sleep", "endpoint": endpoint, "force": true })
        }
        Command::Hold { minutes } => {
            json!({ "action": "hold", "endpoint": endpoint, "minutes": minutes })
        }
        Command::Release => json!({ "action": "release", "endpoint": endpoint }),
        Command::Status => json!({ "action": "status", "endpoint": endpoint }),
    }
}

fn stored(text: &str, endpoint: &str) -> Value {
    serde_json::from_str(&text.replace("my-endpoint", endpoint)).unwrap()
}
