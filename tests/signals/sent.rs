//! Payloads: the files of `events/` with one change.

use crate::names_and_times::*;

pub fn event(name: &str) -> Value {
    let path = events_folder().join(format!("{name}.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

pub fn events_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("events")
}

/// A file with one value changed. The pointer must exist.
pub fn with(name: &str, pointer: &str, value: Value) -> Value {
    let mut event = event(name);
    *event.pointer_mut(pointer).expect("the pointer leads somewhere") = value;
    event
}

/// A file with one field removed.
pub fn without(name: &str, parent: &str, field: &str) -> Value {
    let mut event = event(name);
    let parent = event.pointer_mut(parent).and_then(Value::as_object_mut).unwrap();
    assert!(parent.remove(field).is_some(), "{field} is in {name}");
    event
}

pub fn s3_record(key: &str) -> Value {
    with("s3-notification", "/Records/0/s3/object/key", json!(key))["Records"][0].clone()
}

pub fn records(records: impl IntoIterator<Item = Value>) -> Value {
    json!({ "Records": records.into_iter().collect::<Vec<_>>() })
}

pub fn in_sns(message: &Value) -> Value {
    records([json!({ "EventSource": "aws:sns", "Sns": { "Message": message.to_string() } })])
}

pub fn enveloped(message: &Value) -> Value {
    json!({ "Type": "Notification", "Message": message.to_string() })
}

pub fn in_sqs(body: &Value) -> Value {
    records([sqs_record("m-1", &body.to_string())])
}

pub fn sqs_record(id: &str, body: &str) -> Value {
    json!({ "eventSource": "aws:sqs", "messageId": id, "body": body })
}

pub fn message_of(name: &str) -> Value {
    let event = event(name);
    serde_json::from_str(event["Records"][0]["Sns"]["Message"].as_str().unwrap()).unwrap()
}

pub fn read(payload: &Value) -> Decoded {
    decode(payload).unwrap()
}
