//! Payloads with parameters. (`events/` has one of each kind, as AWS sends it.)

use jiff::Timestamp;
use serde_json::{Value, json};

/// A record of an S3 notification. `key` is form-encoded, as in S3.
pub fn upload(bucket: &str, key: &str, at: Timestamp) -> Value {
    json!({
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventTime": at.to_string(),
        "eventName": "ObjectCreated:Put",
        "s3": { "bucket": { "name": bucket }, "object": { "key": key, "size": 1024 } },
    })
}

/// An S3 notification of this many uploads for the default route.
pub fn uploads(count: usize) -> Value {
    let now = Timestamp::now();
    let record = |number: usize| upload("my-inputs", &format!("async/in/{number}.json"), now);
    json!({ "Records": (0..count).map(record).collect::<Vec<_>>() })
}

/// "Object Created" on an event bus. `key` is not encoded.
pub fn on_event_bus(bucket: &str, key: &str) -> Value {
    json!({
        "version": "0",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": Timestamp::now().to_string(),
        "detail": { "bucket": { "name": bucket }, "object": { "key": key } },
    })
}

/// Messages from an SNS topic.
pub fn in_sns(messages: &[String]) -> Value {
    let record = |message: &String| json!({ "EventSource": "aws:sns", "Sns": { "Type": "Notification", "Message": message } });
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}

/// One message of an SQS queue.
pub fn queued(message_id: &str, body: &str) -> Value {
    json!({ "messageId": message_id, "body": body, "eventSource": "aws:sqs" })
}

/// A batch of messages from an SQS queue.
pub fn in_sqs(messages: &[Value]) -> Value {
    json!({ "Records": messages })
}
