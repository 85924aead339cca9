//! The events of S3: an object was created or deleted.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{BucketNotification, NotificationKind};

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectChange {
    /// PutObject.
    Put,
    /// A form was sent.
    Post,
    /// CopyObject.
    Copy,
    /// CompleteMultipartUpload.
    CompleteMultipartUpload,
    /// DeleteObject, or one of DeleteObjects.
    Delete,
}

impl ObjectChange {
    /// `eventName` of a notification, without `s3:`.
    fn event_name(self) -> &'static str {
        match self {
            Self::Put => "ObjectCreated:Put",
            Self::Post => "ObjectCreated:Post",
            Self::Copy => "ObjectCreated:Copy",
            Self::CompleteMultipartUpload => "ObjectCreated:CompleteMultipartUpload",
            Self::Delete => "ObjectRemoved:Delete",
        }
    }

    /// `detail-type` of an event.
    fn detail_type(self) -> &'static str {
        match self {
            Self::Delete => "Object Deleted",
            _ => "Object Created",
        }
    }

    /// `reason` of an event.
    fn reason(self) -> &'static str {
        match self {
            Self::Put => "PutObject",
            Self::Post => "POST Object",
            Self::Copy => "CopyObject",
            Self::CompleteMultipartUpload => "CompleteMultipartUpload",
            Self::Delete => "DeleteObject",
        }
    }
}

/// An object that was created or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectEvent {
    /// What happened.
    pub change: ObjectChange,
    /// The key, not encoded.
    pub key: String,
    /// Bytes. 0 for a deleted object.
    pub size: u64,
    /// The entity tag, without quotes. Empty for a deleted object.
    pub etag: String,
}

/// What the events of one change have in common.
pub(crate) struct Circumstances<'a> {
    pub(crate) at: Timestamp,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) bucket: &'a str,
    /// A number that grows with each change.
    pub(crate) sequence: u64,
}

impl Circumstances<'_> {
    fn sequencer(&self) -> String {
        format!("00{:016X}", self.sequence)
    }

    fn request(&self) -> String {
        format!("{:016X}", self.sequence)
    }
}

impl BucketNotification {
    /// Whether the notification is for this event: its type, and the prefix and suffix of the key.
    pub(crate) fn selects(&self, event: &ObjectEvent) -> bool {
        let name = format!("s3:{}", event.change.event_name());
        let is_type = |wanted: &String| match wanted.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => *wanted == name,
        };
        self.events.iter().any(is_type)
            && event.key.starts_with(&self.prefix)
            && event.key.ends_with(&self.suffix)
    }

    /// The notification in the form of its kind of destination.
    pub(crate) fn body(&self, records: Value) -> Value {
        match self.kind {
            NotificationKind::Function | NotificationKind::Queue => records,
            NotificationKind::Topic => {
                json!({ "Subject": "Amazon S3 Notification", "Message": records.to_string() })
            }
        }
    }
}

impl ObjectEvent {
    /// The records of a notification (S3 User Guide, "Event message structure"). The key is encoded as in a form.
    pub(crate) fn notification(&self, of: &Circumstances<'_>, configuration: &str) -> Value {
        let mut object = json!({
            "key": encoded(&self.key),
            "sequencer": of.sequencer(),
        });
        if self.change != ObjectChange::Delete {
            object["size"] = json!(self.size);
            object["eTag"] = json!(self.etag);
        }
        json!({ "Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": of.region,
            "eventTime": milliseconds(of.at),
            "eventName": self.change.event_name(),
            "userIdentity": { "principalId": format!("AWS:{}", of.account) },
            "requestParameters": { "sourceIPAddress": "127.0.0.1" },
            "responseElements": { "x-amz-request-id": of.request(), "x-amz-id-2": of.request() },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": configuration,
                "bucket": {
                    "name": of.bucket,
                    "ownerIdentity": { "principalId": of.account },
                    "arn": format!("arn:aws:s3:::{}", of.bucket),
                },
                "object": object,
            },
        }]})
    }

    /// The event for EventBridge (S3 User Guide, "EventBridge event message structure"). The key is not encoded.
    pub(crate) fn event(&self, of: &Circumstances<'_>, id: &str) -> Value {
        let mut object = json!({ "key": self.key, "sequencer": of.sequencer() });
        let mut detail = json!({
            "version": "0",
            "bucket": { "name": of.bucket },
            "request-id": of.request(),
            "requester": of.account,
            "source-ip-address": "127.0.0.1",
            "reason": self.change.reason(),
        });
        match self.change {
            ObjectChange::Delete => detail["deletion-type"] = json!("Permanently Deleted"),
            _ => {
                object["size"] = json!(self.size);
                object["etag"] = json!(self.etag);
            }
        }
        detail["object"] = object;
        json!({
            "version": "0",
            "id": id,
            "detail-type": self.change.detail_type(),
            "source": "aws.s3",
            "account": of.account,
            "time": of.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": of.region,
            "resources": [format!("arn:aws:s3:::{}", of.bucket)],
            "detail": detail,
        })
    }
}

/// The message that a destination receives when a configuration with it is put.
pub(crate) fn test_event(of: &Circumstances<'_>) -> Value {
    json!({
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": milliseconds(of.at),
        "Bucket": of.bucket,
        "RequestId": of.request(),
        "HostId": of.request(),
    })
}

fn milliseconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

fn encoded(key: &str) -> String {
    // A slash stays as it is.
    let parts =
        key.split('/').map(|part| form_urlencoded::byte_serialize(part.as_bytes()).collect());
    parts.collect::<Vec<String>>().join("/")
}
