//! Buckets of the account: whom they tell of uploads. Objects lie in `stored`.

use crate::{CallResult, Operation, Refusal, World};

/// What a bucket's notification configuration holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bucket {
    /// Whether events go to EventBridge.
    pub event_bridge: bool,
    /// Notifications of functions, queues and topics.
    pub notifications: Vec<BucketNotification>,
}

/// What kind of destination a notification has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationKind {
    /// A Lambda function.
    Function,
    /// An SQS queue.
    Queue,
    /// An SNS topic.
    Topic,
}

/// One notification of a bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketNotification {
    /// `Id`.
    pub id: String,
    /// What kind of destination it has.
    pub kind: NotificationKind,
    /// The destination's ARN.
    pub target: String,
    /// `Events`, for example `s3:ObjectCreated:*`.
    pub events: Vec<String>,
    /// What keys must begin with; empty: anything.
    pub prefix: String,
    /// What keys must end with; empty: anything.
    pub suffix: String,
}

impl World {
    /// Puts a bucket. It replaces one of the same name.
    pub fn put_bucket(&mut self, name: impl Into<String>, bucket: Bucket) {
        self.buckets.insert(name.into(), bucket);
    }

    /// S3's GetBucketNotificationConfiguration.
    ///
    /// # Errors
    ///
    /// `NoSuchBucket`.
    pub fn get_bucket_notification_configuration(&mut self, bucket: &str) -> CallResult<Bucket> {
        let operation = Operation::GetBucketNotificationConfiguration;
        self.call(operation, bucket, String::new(), |world| {
            world
                .buckets
                .get(bucket)
                .cloned()
                .ok_or_else(|| Refusal::new("NoSuchBucket", "The specified bucket does not exist"))
        })
    }
}
