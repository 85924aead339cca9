//! S3 buckets of the account: their event notifications.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A bucket and its notification configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// When it was created.
    pub created: Timestamp,
    /// Whether events go to EventBridge.
    pub event_bridge: bool,
    /// Notifications of functions, queues and topics.
    pub notifications: Vec<BucketNotification>,
}

/// The kind of destination of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotificationKind {
    /// A Lambda function.
    Function,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
}

/// One notification of a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketNotification {
    /// `Id`.
    pub id: String,
    /// The kind of destination.
    pub kind: NotificationKind,
    /// The destination's ARN.
    pub target: String,
    /// `Events`, for example `s3:ObjectCreated:*`.
    pub events: Vec<String>,
    /// The prefix that keys must have. Empty: any.
    pub prefix: String,
    /// The suffix that keys must have. Empty: any.
    pub suffix: String,
}
