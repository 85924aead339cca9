//! What S3 tells of a changed object.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{BucketNotification, arn::uuid};

/// How an object changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectChange {
    /// PutObject.
    Put,
    /// A form of a browser.
    Post,
    /// CopyObject.
    Copy,
    /// CompleteMultipartUpload.
    CompleteMultipartUpload,
    /// DeleteObject or DeleteObjects.
    Delete,
}

impl ObjectChange {
    /// The type of the event, for example `ObjectCreated:Put`.
    pub fn event_name(self) -> &'static str {
        match self {
            Self::Put => "ObjectCreated:Put",
            Self::Post => "ObjectCreated:Post",
            Self::Copy => "ObjectCreated:Copy",
            Self::CompleteMultipartUpload => "ObjectCreated:CompleteMultipartUpload",
            Self::Delete => "ObjectRemoved:Delete",
        }
    }

    /// `detail.reason` of the event of EventBridge.
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

/// A changed object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectEvent {
    /// The bucket's name.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The number of bytes. Not in events of deleted objects.
    pub size: u64,
    /// The entity tag, without quotation marks. Not in events of deleted objects.
    pub etag: String,
    /// How it changed.
    pub change: ObjectChange,
}

/// What an event has besides its object.
pub(crate) struct EventContext {
    pub at: Timestamp,
    pub region: String,
    pub account: String,
    /// Grows with each event.
    pub number: u64,
}

impl EventContext {
    /// A longer string, of hexadecimal digits, for a later event.
    fn sequencer(&self) -> String {
        format!("{:010X}{:08X}", self.at.as_second(), self.number)
    }

    fn request_id(&self) -> String {
        format!("{:016X}", self.number)
    }

    fn millis(&self) -> String {
        self.at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    }
}

impl ObjectEvent {
    /// Whether this notification is for this event.
    pub(crate) fn is_for(&self, notification: &BucketNotification) -> bool {
        let name = self.change.event_name();
        let named = |event: &String| {
            let event = event.strip_prefix("s3:").unwrap_or(event);
            match event.strip_suffix('*') {
                Some(start) => name.starts_with(start),
                None => name == event,
            }
        };
        notification.events.iter().any(named)
            && self.key.starts_with(&notification.prefix)
            && self.key.ends_with(&notification.suffix)
    }

    /// The event for functions, queues and topics, version 2.1. Its key is encoded as in a form.
    pub(crate) fn notification(&self, configuration: &str, context: &EventContext) -> Value {
        let mut object = json!({ "key": form_encoded(&self.key) });
        if self.change != ObjectChange::Delete {
            object["size"] = json!(self.size);
            object["eTag"] = json!(self.etag);
        }
        object["sequencer"] = json!(context.sequencer());
        json!({ "Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "awsRegion": context.region,
            "eventTime": context.millis(),
            "eventName": self.change.event_name(),
            "userIdentity": { "principalId": format!("AWS:{}", context.account) },
            "requestParameters": { "sourceIPAddress": "127.0.0.1" },
            "responseElements": {
                "x-amz-request-id": context.request_id(),
                "x-amz-id-2": context.request_id(),
            },
            "s3": {
                "s3SchemaVersion": "1.0",
                "configurationId": configuration,
                "bucket": {
                    "name": self.bucket,
                    "ownerIdentity": { "principalId": context.account },
                    "arn": format!("arn:aws:s3:::{}", self.bucket),
                },
                "object": object,
            },
        }] })
    }

    /// The event for EventBridge. Its key is not encoded.
    pub(crate) fn event(&self, context: &EventContext) -> Value {
        let deleted = self.change == ObjectChange::Delete;
        let mut object = json!({ "key": self.key });
        if !deleted {
            object["size"] = json!(self.size);
            object["etag"] = json!(self.etag);
        }
        object["sequencer"] = json!(context.sequencer());
        let mut detail = json!({
            "version": "0",
            "bucket": { "name": self.bucket },
            "object": object,
            "request-id": context.request_id(),
            "requester": context.account,
            "source-ip-address": "127.0.0.1",
            "reason": self.change.reason(),
        });
        if deleted {
            detail["deletion-type"] = json!("Permanently Deleted");
        }
        json!({
            "version": "0",
            "id": uuid(&["aws.s3", &context.sequencer()]),
            "detail-type": if deleted { "Object Deleted" } else { "Object Created" },
            "source": "aws.s3",
            "account": context.account,
            "time": context.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "region": context.region,
            "resources": [format!("arn:aws:s3:::{}", self.bucket)],
            "detail": detail,
        })
    }
}

/// What S3 sends to topics and queues when they become destinations.
pub(crate) fn test_event(bucket: &str, context: &EventContext) -> Value {
    json!({
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": context.millis(),
        "Bucket": bucket,
        "RequestId": context.request_id(),
        "HostId": context.request_id(),
    })
}

fn form_encoded(key: &str) -> String {
    form_urlencoded::byte_serialize(key.as_bytes()).collect::<String>().replace("%2F", "/")
}
