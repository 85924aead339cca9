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

/// The key with this number, in an endpoint whose results are connected. Some keys must be encoded.
pub fn key(number: u64) -> String {
    match number % 4 {
        1 => format!("in/red flower {number}.json"),
        2 => format!("in/ä+{number}.json"),
        _ => format!("in/{number}.json"),
    }
}

/// The sequencer of the upload that the event with this number makes.
pub fn sequencer(number: u64) -> String {
    format!("00{number:014X}")
}

/// Encodes a key for a URL, and replaces spaces.
fn encoded(key: &str, space: &str) -> String {
    let byte = |byte: u8| match byte {
        b' ' => space.to_owned(),
        b'/' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    key.bytes().map(byte).collect()
}

/// The event of an upload with a sequencer, in one of the forms in which it can reach the function.
pub fn upload(bucket: &str, key: &str, sequencer: &str, at: Timestamp, form: u64) -> Value {
    let bus = json!({
        "version": "0", "source": "aws.s3", "detail-type": "Object Created",
        "time": at.to_string(),
        "detail": {
            "bucket": { "name": bucket },
            "object": { "key": key, "size": 9, "sequencer": sequencer },
        },
    });
    let object = json!({ "key": encoded(key, "+"), "size": 9, "sequencer": sequencer });
    let notification = json!({ "Records": [{
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": at.to_string(),
        "s3": { "bucket": { "name": bucket }, "object": object },
    }]});
    match form % 3 {
        0 => notification,
        1 => bus,
        _ => in_sns(&notification),
    }
}

/// Whether SNS delivers this event.
pub fn is_from_sns(event: &Value) -> bool {
    event["Records"][0]["EventSource"] == "aws:sns"
}

/// The body of the SQS message with an event. SNS wraps its message, unless raw message delivery is on.
pub fn body(event: &Value, is_raw: bool) -> String {
    let message = &event["Records"][0]["Sns"]["Message"];
    match message.as_str() {
        None => event.to_string(),
        Some(message) if is_raw => message.to_owned(),
        Some(_) => json!({ "Type": "Notification", "Message": message }).to_string(),
    }
}

/// The event with these messages of a queue: `messageId` and `body`.
pub fn in_sqs(messages: &[(Value, String)]) -> Value {
    let record = |(id, body): &(Value, String)| json!({ "messageId": id, "eventSource": "aws:sqs", "body": body });
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}

fn in_sns(message: &Value) -> Value {
    json!({ "Records": [{ "EventSource": "aws:sns", "Sns": { "Message": message.to_string() } }]})
}

/// `inputLocation`, in one of the forms that a client can use.
pub fn input_location(bucket: &str, key: &str, form: u64) -> String {
    let in_url = encoded(key, "%20");
    match form % 6 {
        0 => format!("s3://{bucket}/{in_url}"),
        1 => format!("https://{bucket}.s3.eu-central-1.amazonaws.com/{in_url}"),
        2 => format!("https://s3.eu-central-1.amazonaws.com/{bucket}/{in_url}"),
        3 => format!("s3://{bucket}/{key}?versionId=3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"),
        _ => format!("s3://{bucket}/{key}"),
    }
}

/// The message of a result, as SNS delivers it.
pub fn result_of(
    endpoint: &str,
    input: &str,
    job: usize,
    received: Timestamp,
    now: Timestamp,
) -> Value {
    let status = if job % 5 == 4 { "Failed" } else { "Completed" };
    in_sns(&json!({
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
        "eventTime": now.to_string(),
        "receivedTime": received.to_string(),
        "invocationStatus": status,
        "requestParameters": { "endpointName": endpoint, "inputLocation": input },
        "inferenceId": format!("job-{job}"),
    }))
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

/// The event of a call that was made at this time. SageMaker writes the name in ARNs in lower case.
pub fn invocation(endpoint: &str, at: Timestamp) -> Value {
    let text = include_str!("../../events/cloudtrail-invocation.json");
    let mut event = stored(text, &endpoint.to_lowercase());
    event["detail"]["eventTime"] = json!(at.to_string());
    event
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
