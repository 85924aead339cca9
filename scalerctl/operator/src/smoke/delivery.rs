//! How the event of an upload reaches the function.

use super::{
    lambda::Queue,
    s3::{BucketEvents, Kind, Notification},
    upload::Upload,
};

/// The way in which the event is delivered, from the bucket's notification configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery<'a> {
    /// The bucket notifies the function.
    Function(&'a Notification),
    /// The bucket notifies a queue that the function reads.
    Queue(&'a Notification),
    /// The bucket sends its events to EventBridge.
    EventBridge,
    /// The bucket notifies a topic. smoke does not read its subscriptions.
    Topic(&'a Notification),
    /// The bucket notifies the function or its queue, but only about other uploads.
    OfOthers,
    /// The bucket sends no events to the function.
    None,
}

impl<'a> Delivery<'a> {
    /// The delivery of this upload's event.
    pub fn of(bucket: &'a BucketEvents, function: &str, queues: &[Queue], upload: &Upload) -> Self {
        let ours = |notification: &&Notification| match notification.kind {
            Kind::Function => notification.target == function,
            Kind::Queue => queues.iter().any(|queue| queue.arn == notification.target),
            Kind::Topic => false,
        };
        let fitting = |kind: Kind| {
            bucket.notifications.iter().find(|notification| {
                notification.kind == kind
                    && (kind == Kind::Topic || ours(notification))
                    && misfits(notification, upload).is_empty()
            })
        };
        if let Some(notification) = fitting(Kind::Function) {
            Self::Function(notification)
        } else if let Some(notification) = fitting(Kind::Queue) {
            Self::Queue(notification)
        } else if bucket.event_bridge {
            Self::EventBridge
        } else if let Some(notification) = fitting(Kind::Topic) {
            Self::Topic(notification)
        } else if bucket.notifications.iter().any(|notification| ours(&notification)) {
            Self::OfOthers
        } else {
            Self::None
        }
    }
}

/// Why a notification does not match this upload.
pub fn misfits(notification: &Notification, upload: &Upload) -> Vec<String> {
    let Notification { events, prefix, suffix, .. } = notification;
    let mut misfits = Vec::new();
    let creation = ["s3:ObjectCreated:*", "s3:ObjectCreated:Put"];
    if !events.iter().any(|event| creation.contains(&event.as_str())) {
        misfits.push(format!("its events are {}, not s3:ObjectCreated:*", events.join(", ")));
    }
    if !upload.key.starts_with(prefix) {
        misfits.push(format!("its prefix is {prefix:?}"));
    }
    if !upload.key.ends_with(suffix) {
        misfits.push(format!("its suffix is {suffix:?}"));
    }
    misfits
}

#[cfg(test)]
mod tests {
    use super::*;

    const FUNCTION: &str = "arn:aws:lambda:eu-west-1:123456789012:function:scaler";

    fn notification(kind: Kind, target: &str, prefix: &str) -> Notification {
        Notification {
            kind,
            id: "n".into(),
            target: target.into(),
            events: vec!["s3:ObjectCreated:*".into()],
            prefix: prefix.into(),
            suffix: ".json".into(),
        }
    }

    fn delivery(event_bridge: bool, notification: Notification) -> String {
        let upload = Upload { bucket: "b".into(), key: "in/a.json".into() };
        let bucket = BucketEvents { event_bridge, notifications: vec![notification] };
        let queues = [Queue {
            mapping: "m".into(),
            arn: "q".into(),
            state: "Enabled".into(),
            reports_failures: true,
            filters: false,
        }];
        match Delivery::of(&bucket, FUNCTION, &queues, &upload) {
            Delivery::Function(_) => "function".into(),
            Delivery::Queue(_) => "queue".into(),
            Delivery::Topic(_) => "topic".into(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_most_direct_delivery_is_used() {
        assert_eq!(delivery(true, notification(Kind::Function, FUNCTION, "in/")), "function");
        assert_eq!(delivery(true, notification(Kind::Function, FUNCTION, "out/")), "EventBridge");
        assert_eq!(delivery(false, notification(Kind::Function, FUNCTION, "out/")), "OfOthers");
        assert_eq!(delivery(false, notification(Kind::Function, "another", "in/")), "None");
        assert_eq!(delivery(false, notification(Kind::Queue, "q", "in/")), "queue");
        assert_eq!(delivery(false, notification(Kind::Queue, "another", "in/")), "None");
        assert_eq!(delivery(false, notification(Kind::Topic, "t", "in/")), "topic");
        assert_eq!(delivery(true, notification(Kind::Topic, "t", "in/")), "EventBridge");
    }

    #[test]
    fn a_notification_of_other_events_or_keys_does_not_match() {
        let upload = Upload { bucket: "b".into(), key: "in/a.json".into() };
        let mut one = notification(Kind::Function, FUNCTION, "in/");
        assert_eq!(misfits(&one, &upload), Vec::<String>::new());
        one.events = vec!["s3:ObjectRemoved:*".into()];
        one.suffix = ".wav".into();
        assert_eq!(misfits(&one, &upload).len(), 2);
    }
}
