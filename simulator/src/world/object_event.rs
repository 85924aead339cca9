//! Changed objects of S3, and the events that follow from the configuration of their bucket.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    Delivery, NotificationKind, ObjectEvent,
    object_event::{EventContext, test_event},
};

use super::World;

const S3: &str = "s3.amazonaws.com";

impl World {
    /// Sends the events of a changed object to the destinations of its bucket.
    pub fn object_changed(&mut self, event: &ObjectEvent) {
        let Some(bucket) = self.buckets.get(&event.bucket).cloned() else { return };
        let context = self.event_context();
        let at = self.now() + self.settings.object_event_delay;
        for notification in bucket.notifications.iter().filter(|it| event.is_for(it)) {
            let body = event.notification(&notification.id, &context);
            self.notify(at, notification.kind, &notification.target, body);
        }
        if bucket.event_bridge {
            let to = self.arn("events", "event-bus/default");
            self.send(Delivery { at, to, from: S3.into(), body: event.event(&context) });
        }
    }

    /// Sends the test event to the topics and queues of a bucket.
    pub(super) fn send_test_events(&mut self, bucket: &str) {
        let Some(configuration) = self.buckets.get(bucket).cloned() else { return };
        let context = self.event_context();
        for notification in configuration.notifications {
            if notification.kind != NotificationKind::Function {
                let body = test_event(bucket, &context);
                self.notify(self.now(), notification.kind, &notification.target, body);
            }
        }
    }

    fn notify(&mut self, at: Timestamp, kind: NotificationKind, target: &str, body: Value) {
        let body = match kind {
            NotificationKind::Function => body,
            NotificationKind::Queue | NotificationKind::Topic => {
                json!({ "Message": body.to_string(), "Subject": "Amazon S3 Notification" })
            }
        };
        self.send(Delivery { at, to: target.to_owned(), from: S3.into(), body });
    }

    fn event_context(&mut self) -> EventContext {
        self.object_events += 1;
        EventContext {
            at: self.now(),
            region: self.settings.region.clone(),
            account: self.settings.account.clone(),
            number: self.object_events,
        }
    }
}
