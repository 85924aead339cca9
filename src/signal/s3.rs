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
    let upload = Upload {
        at: json::time(record, "/eventTime"),
        id: upload_id(
            json::text(record, "/s3/object/sequencer"),
            json::text(record, "/s3/object/eTag"),
            json::text(record, "/eventTime"),
        ),
    };
    Ok(created(bucket, key, json::at(record, "/s3/object/size"), upload))
}

/// What distinguishes one upload of a key from the others.
struct Upload {
    at: Option<Timestamp>,
    id: Option<String>,
}

/// The sequencer of an event, which is different for each upload of a key (Amazon S3 User Guide, "Event message
/// structure"). Without it, the object's eTag and the time.
pub(super) fn upload_id(
    sequencer: Option<&str>,
    etag: Option<&str>,
    time: Option<&str>,
) -> Option<String> {
    match sequencer {
        Some(sequencer) if !sequencer.is_empty() => Some(sequencer.to_owned()),
        _ => Some(format!("{} {}", etag?, time?)),
    }
}

fn not_created(bucket: Option<&str>) -> Meaning {
    Meaning::Ignored(Why::NoCreation { bucket: bucket.map(str::to_owned) })
}

/// An object that was created.
///
/// "Create folder" in the S3 console creates an object of 0 bytes whose key ends in `/` (Amazon S3 User
/// Guide, "Organizing objects in the Amazon S3 console by using folders"). It is not an input. An object with
/// content is an input, whatever its key.
fn created(bucket: &str, key: String, size: Option<&Value>, upload: Upload) -> Meaning {
    let bucket = bucket.to_owned();
    let has_content = size.and_then(Value::as_u64).is_some_and(|bytes| bytes > 0);
    if may_be_folder(&key) && !has_content {
        Meaning::Ignored(Why::FolderMarker { bucket })
    } else {
        let Upload { at, id: upload_id } = upload;
        Meaning::Signal(What::Input { bucket, key, at, upload_id })
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
    let upload = Upload {
        at: json::time(event, "/time"),
        id: upload_id(
            json::text(event, "/detail/object/sequencer"),
            json::text(event, "/detail/object/etag"),
            json::text(event, "/time"),
        ),
    };
    Ok(created(bucket, key, json::at(event, "/detail/object/size"), upload))
}
