//! Payloads that the tests vary. (One of each kind as AWS sends it stands in `events/`.)

use jiff::Timestamp;
use serde_json::{Value, json};

/// A record of an S3 notification; `key` is form-encoded, as S3 does it.
pub fn upload(bucket: &str, key: &str, at: Timestamp) -> Value {
    json!({
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventTime": at.to_string(),
        "eventName": "ObjectCreated:Put",
        "s3": { "bucket": { "name": bucket }, "object": { "key": key, "size": 1024 } },
    })
}

/// An S3 notification of so many uploads that the usual route takes.
pub fn uploads(count: usize) -> Value {
    let now = Timestamp::now();
    let record = |number: usize| upload("my-inputs", &format!("async/in/{number}.json"), now);
    json!({ "Records": (0..count).map(record).collect::<Vec<_>>() })
}

/// "Object Created" on an event bus; `key` is verbatim.
pub fn on_event_bus(bucket: &str, key: &str) -> Value {
    json!({
        "version": "0",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": Timestamp::now().to_string(),
        "detail": { "bucket": { "name": bucket }, "object": { "key": key } },
    })
}

/// Messages of a topic.
pub fn in_sns(messages: &[String]) -> Value {
    let record = |message: &String| json!({ "EventSource": "aws:sns", "Sns": { "Type": "Notification", "Message": message } });
    json!({ "Records": messages.iter().map(record).collect::<Vec<_>>() })
}

/// One message of a queue.
pub fn queued(message_id: &str, body: &str) -> Value {
    json!({ "messageId": message_id, "body": body, "eventSource": "aws:sqs" })
}

/// A batch of a queue.
pub fn in_sqs(messages: &[Value]) -> Value {
    json!({ "Records": messages })
}
