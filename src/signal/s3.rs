//! Created S3 objects.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    form_encoding, json,
    types::{Meaning, Read, What, Why},
};

/// Whether this is the message that S3 sends when notifications are turned on (Amazon S3 User Guide, "Event
/// message structure"). It has no `Records`.
pub(super) fn is_test_event(event: &Value) -> bool {
    json::text(event, "/Event") == Some("s3:TestEvent")
}

/// One record of an S3 event notification (Amazon S3 User Guide, "Event message structure"). The key is
/// URL-encoded.
pub(super) fn record(record: &Value) -> Read {
    let name = json::required(record, "/eventName")?;
    if !is_creation(name) {
        return Ok(not_created(json::text(record, "/s3/bucket/name")));
    }
    let bucket = json::required(record, "/s3/bucket/name")?;
    let key = json::required(record, "/s3/object/key")?;
    let key = form_encoding::decode(key).ok_or("s3.object.key is not UTF-8 once decoded")?;
    let size = json::at(record, "/s3/object/size");
    Ok(created(bucket, key, size, json::time(record, "/eventTime")))
}

fn not_created(bucket: Option<&str>) -> Meaning {
    Meaning::Ignored(Why::NoCreation { bucket: bucket.map(str::to_owned) })
}

/// An object that was created.
///
/// "Create folder" in the S3 console creates an object of 0 bytes whose key ends in `/` (Amazon S3 User
/// Guide, "Organizing objects in the Amazon S3 console by using folders"). It is not an input. An object with
/// content is an input, whatever its key.
fn created(bucket: &str, key: String, size: Option<&Value>, at: Option<Timestamp>) -> Meaning {
    let bucket = bucket.to_owned();
    let has_content = size.and_then(Value::as_u64).is_some_and(|bytes| bytes > 0);
    if may_be_folder(&key) && !has_content {
        Meaning::Ignored(Why::FolderMarker { bucket })
    } else {
        Meaning::Signal(What::Input { bucket, key, at })
    }
}

/// Whether the key can be that of a folder. The object's size decides.
pub(super) fn may_be_folder(key: &str) -> bool {
    key.ends_with('/')
}

/// Whether an event name means a created object. Notifications contain `ObjectCreated:Put`, their
/// configuration `s3:ObjectCreated:Put`.
pub(super) fn is_creation(name: &str) -> bool {
    name.strip_prefix("s3:").unwrap_or(name).starts_with("ObjectCreated:")
}

/// An event with the source `aws.s3` on an event bus (Amazon S3 User Guide, "EventBridge event message
/// structure"). The key is not encoded: decoding would change `+` and `%`.
pub(super) fn on_event_bus(event: &Value) -> Read {
    if json::text(event, "/detail-type") != Some("Object Created") {
        return Ok(not_created(json::text(event, "/detail/bucket/name")));
    }
    let bucket = json::required(event, "/detail/bucket/name")?;
    let key = json::required(event, "/detail/object/key")?.to_owned();
    let size = json::at(event, "/detail/object/size");
    Ok(created(bucket, key, size, json::time(event, "/time")))
}
