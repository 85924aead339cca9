//! S3 buckets and their event notifications.

use crate::{Bucket, CallResult, Operation, Refusal, notification_rules};

use super::World;

impl World {
    /// Puts a bucket. Replaces an existing bucket of the same name.
    pub fn put_bucket(&mut self, name: impl Into<String>, bucket: Bucket) {
        self.buckets.insert(name.into(), bucket);
    }

    /// Whether there is a bucket.
    pub fn has_bucket(&self, name: &str) -> bool {
        self.buckets.contains_key(name)
    }

    /// A bucket with its notification configuration. This is not an API call.
    pub fn bucket_state(&self, name: &str) -> Option<&Bucket> {
        self.buckets.get(name)
    }

    /// The names of all buckets.
    pub fn bucket_names(&self) -> impl Iterator<Item = &String> {
        self.buckets.keys()
    }

    /// S3's ListBuckets: the buckets in the order of their names.
    ///
    /// # Errors
    ///
    /// Planned faults.
    pub fn list_buckets(&mut self) -> CallResult<Vec<(String, Bucket)>> {
        self.call(Operation::ListBuckets, "", String::new(), |world| {
            Ok(world.buckets.iter().map(|(name, it)| (name.clone(), it.clone())).collect())
        })
    }

    /// S3's CreateBucket, with the location constraint of the request.
    ///
    /// # Errors
    ///
    /// `BucketAlreadyOwnedByYou`, and `IllegalLocationConstraintException` if the location is not the world's region.
    pub fn create_bucket(&mut self, name: &str, location: Option<&str>) -> CallResult<()> {
        let arguments = location.unwrap_or_default().to_owned();
        self.call(Operation::CreateBucket, name, arguments, |world| {
            let region = &world.settings.region;
            // The first region has no constraint.
            if location.unwrap_or("us-east-1") != region {
                let location = location.unwrap_or("unspecified");
                let message = format!(
                    "The {location} location constraint is incompatible for the region specific \
                     endpoint this request was sent to."
                );
                return Err(Refusal::new("IllegalLocationConstraintException", message));
            }
            if world.has_bucket(name) {
                let message = "Your previous request to create the named bucket succeeded and you \
                               already own it.";
                return Err(Refusal::new("BucketAlreadyOwnedByYou", message));
            }
            let created = world.now();
            world.put_bucket(name, Bucket { created, ..Bucket::default() });
            Ok(())
        })
    }

    /// S3's DeleteBucket. The model does not know the objects: `empty` says whether there is none.
    ///
    /// # Errors
    ///
    /// `NoSuchBucket`, `BucketNotEmpty`.
    pub fn delete_bucket(&mut self, name: &str, empty: impl FnOnce() -> bool) -> CallResult<()> {
        self.call(Operation::DeleteBucket, name, String::new(), |world| {
            world.bucket(name)?;
            if !empty() {
                let message = "The bucket you tried to delete is not empty";
                return Err(Refusal::new("BucketNotEmpty", message));
            }
            world.buckets.remove(name);
            Ok(())
        })
    }

    /// Another call of S3 for a bucket or for an object in it. The model does not know the objects: `effect` is what the
    /// call does.
    ///
    /// # Errors
    ///
    /// `NoSuchBucket`, and those of `effect`.
    pub fn call_bucket<T>(
        &mut self,
        operation: Operation,
        bucket: &str,
        key: &str,
        effect: impl FnOnce(&mut World) -> Result<T, Refusal>,
    ) -> CallResult<T> {
        let resource = if key.is_empty() { bucket.to_owned() } else { format!("{bucket}/{key}") };
        self.call(operation, &resource, String::new(), |world| {
            world.bucket(bucket)?;
            effect(world)
        })
    }

    /// S3's GetBucketNotificationConfiguration.
    ///
    /// # Errors
    ///
    /// `NoSuchBucket`.
    pub fn get_bucket_notification_configuration(&mut self, bucket: &str) -> CallResult<Bucket> {
        let operation = Operation::GetBucketNotificationConfiguration;
        self.call(operation, bucket, String::new(), |world| world.bucket(bucket).cloned())
    }

    /// S3's PutBucketNotificationConfiguration. It replaces the configuration, and sends a test event to each topic and
    /// each queue of the new one. Assumption: a destination that does not exist is accepted.
    ///
    /// # Errors
    ///
    /// `NoSuchBucket`, and `InvalidArgument` for a configuration that S3 does not accept.
    pub fn put_bucket_notification_configuration(
        &mut self,
        name: &str,
        configuration: Bucket,
    ) -> CallResult<()> {
        let operation = Operation::PutBucketNotificationConfiguration;
        self.call(operation, name, String::new(), |world| {
            let created = world.bucket(name)?.created;
            notification_rules::check(&configuration, &world.settings.region)?;
            world.put_bucket(name, Bucket { created, ..configuration });
            world.send_test_events(name);
            Ok(())
        })
    }

    fn bucket(&self, name: &str) -> Result<&Bucket, Refusal> {
        let none = || Refusal::new("NoSuchBucket", "The specified bucket does not exist");
        self.buckets.get(name).ok_or_else(none)
    }
}
