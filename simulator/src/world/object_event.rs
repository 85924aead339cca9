//! Events of S3: sent to whatever the configuration of the bucket names.

use crate::{
    Bucket, CallResult, Delivery, NotificationKind, ObjectEvent, Operation, Refusal,
    object_event::{Circumstances, test_event},
};

use super::World;

const SENDER: &str = "s3.amazonaws.com";

impl World {
    /// Sends the events of an object that was created or deleted now. They arrive after
    /// [`Settings::object_event_delay`](crate::Settings::object_event_delay).
    pub fn object_changed(&mut self, bucket: &str, event: &ObjectEvent) {
        let Some(configured) = self.buckets.get(bucket).cloned() else { return };
        self.object_events += 1;
        let at = self.now() + self.settings.object_event_delay;
        let id = crate::arn::uuid(&["object", &self.object_events.to_string()]);
        let bus = self.arn("events", "event-bus/default");
        let (region, account) = (self.settings.region.clone(), self.settings.account.clone());
        let of = Circumstances {
            at: self.now(),
            region: &region,
            account: &account,
            bucket,
            sequence: self.object_events,
        };
        for it in configured.notifications.iter().filter(|it| it.selects(event)) {
            let body = it.body(event.notification(&of, &it.id));
            self.send(Delivery { at, to: it.target.clone(), from: SENDER, body });
        }
        if configured.event_bridge {
            self.send(Delivery { at, to: bus, from: SENDER, body: event.event(&of, &id) });
        }
    }

    /// S3's PutBucketNotificationConfiguration. Its topics and queues receive a test event.
    ///
    /// # Errors
    ///
    /// `NoSuchBucket`; `InvalidArgument` if a destination does not exist.
    pub fn put_bucket_notification_configuration(
        &mut self,
        bucket: &str,
        wanted: &Bucket,
    ) -> CallResult<()> {
        let operation = Operation::PutBucketNotificationConfiguration;
        self.call(operation, bucket, String::new(), |world| {
            if !world.buckets.contains_key(bucket) {
                return Err(Refusal::new("NoSuchBucket", "The specified bucket does not exist"));
            }
            if !wanted.notifications.iter().all(|it| world.is_destination(it.kind, &it.target)) {
                let message = "Unable to validate the following destination configurations";
                return Err(Refusal::new("InvalidArgument", message));
            }
            world.put_bucket(bucket, wanted.clone());
            Ok(())
        })?;
        self.object_events += 1;
        let (region, account) = (self.settings.region.clone(), self.settings.account.clone());
        let of = Circumstances {
            at: self.now(),
            region: &region,
            account: &account,
            bucket,
            sequence: self.object_events,
        };
        let test = test_event(&of);
        for it in wanted.notifications.iter().filter(|it| it.kind != NotificationKind::Function) {
            let body = it.body(test.clone());
            self.send(Delivery { at: self.now(), to: it.target.clone(), from: SENDER, body });
        }
        Ok(())
    }
}
