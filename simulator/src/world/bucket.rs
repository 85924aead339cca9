//! S3 buckets and their event notifications.

use crate::{Bucket, CallResult, Operation, Refusal};

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
}
