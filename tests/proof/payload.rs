//! What the function is invoked with: the payloads of `events/`, about this world's endpoints.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::plan::Command;

pub fn bucket(endpoint: &str) -> String {
    format!("inputs-of-{endpoint}")
}

/// An upload, as one of the ways tells it that lead from a bucket to the function.
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
