//! S3 buckets and their event notifications.

use crate::{Bucket, CallResult, NotificationKind, Operation, Refusal};

use super::World;

impl World {
    /// Puts a bucket. Replaces an existing bucket of the same name.
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

    /// The names of all buckets.
    pub fn bucket_names(&self) -> Vec<String> {
        self.buckets.keys().cloned().collect()
    }

    /// Whether there is a bucket.
    pub fn has_bucket(&self, name: &str) -> bool {
        self.buckets.contains_key(name)
    }

    /// Deletes a bucket. Whoever keeps its objects checks that there are none.
    pub fn remove_bucket(&mut self, name: &str) {
        self.buckets.remove(name);
    }

    /// Whether a notification can be sent there: a function, topic, or queue that exists.
    pub(crate) fn is_destination(&self, kind: NotificationKind, arn: &str) -> bool {
        let mut parts = arn.split(':');
        let service = parts.nth(2).unwrap_or_default();
        match kind {
            NotificationKind::Function => {
                let name = arn.split(":function:").nth(1).and_then(|name| name.split(':').next());
                service == "lambda" && name.is_some_and(|name| self.functions.contains_key(name))
            }
            NotificationKind::Queue => {
                let name = arn.rsplit(':').next().unwrap_or_default();
                service == "sqs" && self.queues.contains_key(name)
            }
            NotificationKind::Topic => service == "sns" && self.topics.contains_key(arn),
        }
    }
}
