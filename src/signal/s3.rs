//! Objects created in a bucket.

use jiff::Timestamp;
use serde_json::Value;

use super::{Meaning, Read, What, form, json};

/// Whether this is the message that S3 sends once, when notifications are turned on (Amazon S3 User
/// Guide, "Event message structure"). It has no `Records`.
pub(super) fn is_test_event(event: &Value) -> bool {
    json::text(event, "/Event") == Some("s3:TestEvent")
}

/// One record of an S3 event notification (Amazon S3 User Guide, "Event message structure"). The
/// key is encoded as in a form.
pub(super) fn record(record: &Value) -> Read {
    let name = json::required(record, "/eventName")?;
    if !is_creation(name) {
        return Ok(Meaning::Ignored("an S3 record that tells of no created object"));
    }
    let bucket = json::required(record, "/s3/bucket/name")?;
    let key = json::required(record, "/s3/object/key")?;
    created(bucket, key, json::time(record, "/eventTime"))
}

/// An object that was created, by its key as a notification has it.
pub(super) fn created(bucket: &str, key: &str, at: Option<Timestamp>) -> Read {
    let key = form::decode(key).ok_or("s3.object.key is not UTF-8 once decoded")?;
    Ok(Meaning::Signal(What::Input { bucket: bucket.to_owned(), key, at }))
}

/// Whether an event's name tells of a created object: notifications say `ObjectCreated:Put`; their
/// configuration says `s3:ObjectCreated:Put`.
pub(super) fn is_creation(name: &str) -> bool {
    name.strip_prefix("s3:").unwrap_or(name).starts_with("ObjectCreated:")
}

/// An event of the source `aws.s3` on an event bus (Amazon S3 User Guide, "EventBridge event
/// message structure"). The key is verbatim: decoding it would break `+` and `%`.
pub(super) fn on_event_bus(event: &Value) -> Read {
    if json::text(event, "/detail-type") != Some("Object Created") {
        return Ok(Meaning::Ignored("an S3 event that tells of no created object"));
    }
    let bucket = json::required(event, "/detail/bucket/name")?;
    let key = json::required(event, "/detail/object/key")?;
    let at = json::time(event, "/time");
    Ok(Meaning::Signal(What::Input { bucket: bucket.to_owned(), key: key.to_owned(), at }))
}
