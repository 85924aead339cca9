//! The events of objects in S3, and the notification configurations that S3 accepts.

use std::collections::BTreeSet;

use serde_json::Value;
use simulator::{
    Bucket, BucketNotification, Delivery, NotificationKind, ObjectChange, ObjectEvent, World,
};

use crate::setup::{at, endpoint_at, secs};

const BUCKET: &str = "my-inputs";
const KEY: &str = "in/red flower+1=2 100% caf\u{e9}.json";

fn notification(
    kind: NotificationKind,
    event: &str,
    prefix: &str,
    suffix: &str,
) -> BucketNotification {
    let (service, resource) = match kind {
        NotificationKind::Function => ("lambda", "function:f"),
        NotificationKind::Queue => ("sqs", "q"),
        NotificationKind::Topic => ("sns", "t"),
    };
    BucketNotification {
        id: "wake-on-upload".into(),
        kind,
        target: format!("arn:aws:{service}:eu-central-1:123456789012:{resource}"),
        events: vec![event.into()],
        prefix: prefix.into(),
        suffix: suffix.into(),
    }
}

fn world_with(event_bridge: bool, notifications: Vec<BucketNotification>) -> World {
    let mut world = endpoint_at(0);
    world.put_bucket(BUCKET, Bucket { event_bridge, notifications, ..Bucket::default() });
    world
}

fn change(world: &mut World, key: &str, change: ObjectChange) {
    let event = ObjectEvent {
        bucket: BUCKET.into(),
        key: key.into(),
        size: 1024,
        etag: "b1946ac92492d2347c6235b4d2611184".into(),
        change,
    };
    world.object_changed(&event);
}

/// The paths of all members.
fn members(value: &Value) -> BTreeSet<String> {
    match value {
        Value::Object(all) => all
            .iter()
            .flat_map(|(name, value)| {
                let below = members(value).into_iter().map(move |it| format!("{name}.{it}"));
                below.chain([name.clone()])
            })
            .collect(),
        Value::Array(all) => all.iter().flat_map(members).collect(),
        _ => BTreeSet::new(),
    }
}

fn published(text: &str) -> BTreeSet<String> {
    members(&serde_json::from_str(text).unwrap())
}

#[test]
fn a_function_gets_the_notification_with_an_encoded_key_after_a_second() {
    let function = notification(NotificationKind::Function, "s3:ObjectCreated:*", "in/", ".json");
    let mut world = world_with(false, vec![function.clone()]);
    change(&mut world, KEY, ObjectChange::Put);
    world.advance_to(at(1) - std::time::Duration::from_nanos(1));
    assert_eq!(world.take_invocations(), []);
    world.advance_to(at(1));
    let [Delivery { to, from, body, .. }] = &world.take_invocations()[..] else { panic!() };
    assert_eq!((to, from.as_ref()), (&function.target, "s3.amazonaws.com"));
    assert_eq!(members(body), published(include_str!("../../../events/s3-notification.json")));
    let record = &body["Records"][0];
    assert_eq!(record["eventName"], "ObjectCreated:Put");
    assert_eq!(record["eventTime"], "2030-01-07T14:00:00.000Z");
    let object = &record["s3"]["object"];
    assert_eq!(object["key"], "in/red+flower%2B1%3D2+100%25+caf%C3%A9.json");
    assert_eq!(
        (&object["size"], &record["s3"]["configurationId"]),
        (&1024.into(), &"wake-on-upload".into())
    );
}

#[test]
fn event_bridge_gets_an_event_with_the_key_as_it_is() {
    let mut world = world_with(true, Vec::new());
    change(&mut world, KEY, ObjectChange::CompleteMultipartUpload);
    let [Delivery { at: arrives, to, body, .. }] =
        &world.deliveries().cloned().collect::<Vec<_>>()[..]
    else {
        panic!()
    };
    assert_eq!(to, "arn:aws:events:eu-central-1:123456789012:event-bus/default");
    assert_eq!(*arrives, at(1));
    let mut expected = published(include_str!("../../../events/s3-eventbridge.json"));
    // The buckets of the model have no versions.
    assert!(expected.remove("detail.object.version-id"));
    assert_eq!(members(body), expected);
    assert_eq!(body["detail"]["object"]["key"], KEY);
    assert_eq!(body["detail"]["reason"], "CompleteMultipartUpload");
    assert_eq!(
        (&body["source"], &body["detail-type"]),
        (&"aws.s3".into(), &"Object Created".into())
    );
    change(&mut world, KEY, ObjectChange::Delete);
    let deleted = world.deliveries().last().unwrap().body.clone();
    assert_eq!(deleted["detail-type"], "Object Deleted");
    assert_eq!(deleted["detail"]["deletion-type"], "Permanently Deleted");
}

#[test]
fn only_the_event_and_the_keys_of_the_configuration_are_told() {
    let created = |prefix, suffix| {
        notification(NotificationKind::Function, "s3:ObjectCreated:*", prefix, suffix)
    };
    let copied = notification(NotificationKind::Function, "s3:ObjectCreated:Copy", "", "");
    let removed = notification(NotificationKind::Function, "s3:ObjectRemoved:Delete", "", "");
    use ObjectChange::{Copy, Delete, Put};
    for (configured, key, how, told) in [
        (created("", ""), "a", Put, true),
        (created("", ""), "a", Copy, true),
        (created("", ""), "a", Delete, false),
        (created("in/", ""), "in/a", Put, true),
        (created("in/", ""), "out/in/a", Put, false),
        (created("", ".json"), "a.json", Put, true),
        (created("", ".json"), "a.json.gz", Put, false),
        (copied.clone(), "a", Copy, true),
        (copied, "a", Put, false),
        (removed.clone(), "a", Delete, true),
        (removed, "a", Put, false),
    ] {
        let mut world = world_with(false, vec![configured.clone()]);
        change(&mut world, key, how);
        world.advance(secs(1));
        assert_eq!(
            world.take_invocations().len(),
            usize::from(told),
            "{configured:?} {key} {how:?}"
        );
    }
}

/// S3 User Guide, "Event message structure": the longer string is the later event of a key.
#[test]
fn the_sequencer_grows() {
    let mut world = world_with(true, Vec::new());
    for _ in 0..20 {
        change(&mut world, KEY, ObjectChange::Put);
    }
    world.advance(std::time::Duration::from_millis(500));
    change(&mut world, KEY, ObjectChange::Put);
    let sequencers =
        world.deliveries().map(|it| it.body["detail"]["object"]["sequencer"].as_str().unwrap());
    let sequencers: Vec<&str> = sequencers.collect();
    assert!(sequencers.is_sorted_by(|a, b| a < b), "{sequencers:?}");
}

#[test]
fn topics_and_queues_get_a_test_event_and_then_notifications_as_text() {
    let mut world = world_with(false, Vec::new());
    let notifications = vec![
        notification(NotificationKind::Topic, "s3:ObjectCreated:*", "t/", ""),
        notification(NotificationKind::Queue, "s3:ObjectCreated:*", "q/", ""),
        notification(NotificationKind::Function, "s3:ObjectCreated:*", "f/", ""),
    ];
    let configuration = Bucket { notifications, ..Bucket::default() };
    world.put_bucket_notification_configuration(BUCKET, configuration).unwrap();
    let sent: Vec<Delivery> = world.deliveries().cloned().collect();
    let to: Vec<&str> = sent.iter().map(|it| it.to.split(':').nth(2).unwrap()).collect();
    assert_eq!(to, ["sns", "sqs"], "a function gets no test event");
    let message = |delivery: &Delivery| -> Value {
        assert_eq!(delivery.body["Subject"], "Amazon S3 Notification");
        serde_json::from_str(delivery.body["Message"].as_str().unwrap()).unwrap()
    };
    let test = message(&sent[0]);
    assert_eq!(members(&test), published(include_str!("../../../events/s3-test-event.json")));
    assert_eq!((&test["Event"], &test["Bucket"]), (&"s3:TestEvent".into(), &BUCKET.into()));
    change(&mut world, "t/a", ObjectChange::Put);
    let told = message(world.deliveries().last().unwrap());
    assert_eq!(told["Records"][0]["s3"]["object"]["key"], "t/a");
}

/// S3 User Guide, "Configuring event notifications using object key name filtering".
#[test]
fn two_notifications_of_an_event_must_not_have_a_key_in_common() {
    let one =
        |event, prefix, suffix| notification(NotificationKind::Function, event, prefix, suffix);
    let (all, put, copy) = ("s3:ObjectCreated:*", "s3:ObjectCreated:Put", "s3:ObjectCreated:Copy");
    for (first, second, accepted) in [
        (one(all, "", ""), one(all, "", ""), false),
        (one(all, "", ""), one(put, "", ""), false),
        (one(copy, "", ""), one(put, "", ""), true),
        (one(all, "", ""), one(put, "in/", ""), false),
        (one(all, "images", ""), one(put, "images/", ""), false),
        (one(all, "images/", ""), one(put, "logs/", ""), true),
        (one(all, "", ".jpg"), one(put, "", ".png"), true),
        (one(all, "", "jpg"), one(put, "", ".jpg"), false),
        (one(all, "images", ".jpg"), one(put, "images/", ".png"), true),
        (one(all, "images", ".jpg"), one(put, "", ".jpg"), false),
    ] {
        let mut world = world_with(false, Vec::new());
        let configuration = Bucket { notifications: vec![first, second], ..Bucket::default() };
        let put = world.put_bucket_notification_configuration(BUCKET, configuration.clone());
        assert_eq!(put.is_ok(), accepted, "{configuration:?}");
        let kept = world.get_bucket_notification_configuration(BUCKET).unwrap();
        assert_eq!(kept == configuration, accepted);
    }
}
