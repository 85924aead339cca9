//! A cold container that cannot list the scalable targets. "Unknown" is not "not registered".

use serde_json::{Value, json};
use tokio::time::Duration;

use crate::{
    setup::{BUCKET, SDK, Setup, sdk_key},
    slow::{NEVER, Slow, names},
};

const IN_KEY: &str = r#"[{"endpoint":"{endpoint}","bucket":"audio","prefix":"in/{endpoint}/"}]"#;
const NEWEST: &str = r#"[{"endpoint":"whisper-*","bucket":"audio"}]"#;

fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// No listing is answered.
fn no_listing(_: &str, resource: &str) -> Duration {
    if resource == "*" { NEVER } else { ms(150) }
}

/// Neither listings nor reads of single targets are answered.
fn no_target(operation: &str, _: &str) -> Duration {
    if operation == "DescribeScalableTargets" { NEVER } else { ms(150) }
}

fn alarm(name: &str) -> Value {
    json!({ "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change", "detail": {
        "alarmName": "a", "state": { "value": "ALARM" },
        "configuration": { "metrics": [{ "id": "m", "metricStat": { "metric": {
            "namespace": "AWS/SageMaker", "name": "HasBacklogWithoutCapacity",
            "dimensions": { "EndpointName": name } } } }] } } })
}

#[tokio::test(start_paused = true)]
async fn a_name_in_the_key_or_the_event_is_looked_at_itself() {
    let registered = names("whisper", 3);
    let limit = Duration::from_secs(50);
    for (routes, bucket, key) in
        [(IN_KEY, "audio", "in/whisper-001/x".to_owned()), (SDK, BUCKET, sdk_key("whisper-001"))]
    {
        let slow = Slow::new(routes, &registered, no_listing);
        slow.upload(bucket, &[key]).await.unwrap();
        assert_eq!(slow.desired("whisper-001"), 1, "{routes}");
        assert!(slow.has_lease("whisper-001"));
    }
    for event in [alarm("whisper-001"), json!({ "action": "wake", "endpoint": "whisper-001" })] {
        let slow = Slow::new(NEWEST, &registered, no_listing);
        slow.send_within(limit, &event).await.unwrap();
        assert_eq!(slow.desired("whisper-001"), 1, "{event}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_not_registered_is_left_alone() {
    let slow = Slow::new(IN_KEY, &names("whisper", 1), no_listing);
    slow.sim.with(|world| world.add_async_endpoint("stranger", "AllTraffic", 0).name.clone());
    let answer = slow.upload("audio", &["in/stranger/x".to_owned()]).await.unwrap();
    assert_eq!(answer, json!({ "decisions": [] }));
    assert_eq!(slow.desired("stranger"), 0);
}

#[tokio::test(start_paused = true)]
async fn with_an_unreadable_target_one_instance_is_requested_and_the_invocation_fails() {
    for desired in [0, 1] {
        let slow = Slow::new(IN_KEY, &names("whisper", 3), no_target);
        let id = crate::setup::id("whisper-001");
        slow.sim.with(|world| world.scale_by_person(&id, desired).unwrap());
        // While it starts, nothing could be asked for.
        slow.sim.advance(Duration::from_secs(600));
        let error = slow.upload("audio", &["in/whisper-001/x".to_owned()]).await.unwrap_err();
        assert!(error.message.contains("DescribeScalableTargets"), "{error:?}");
        assert_eq!(slow.desired("whisper-001"), 1);
        assert_eq!(slow.capacity_after("whisper-001").is_some(), desired == 0);
        assert!(!slow.has_lease("whisper-001"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_does_not_exist_fails_and_is_not_remembered() {
    let slow = Slow::new(IN_KEY, &names("whisper", 1), no_target);
    let key = ["in/new/x".to_owned()];
    slow.upload("audio", &key).await.unwrap_err();
    slow.sim.with(|world| {
        world.add_async_endpoint("new", "AllTraffic", 0);
        world.register_target(&crate::setup::id("new"), 0, 1);
    });
    slow.upload("audio", &key).await.unwrap_err();
    assert_eq!(slow.desired("new"), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_name_the_invocation_fails() {
    let long = "b".repeat(60);
    let cut = sdk_key(&long);
    for (routes, bucket, key) in [(NEWEST, "audio", "x"), (SDK, BUCKET, cut.as_str())] {
        let slow = Slow::new(routes, &["whisper-a".to_owned(), long.clone()], no_listing);
        let error = slow.upload(bucket, &[key.to_owned()]).await.unwrap_err();
        assert!(error.message.contains("DescribeScalableTargets on *"), "{error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_name_the_last_listing_counts_however_old() {
    let broken = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let is_broken = std::sync::Arc::clone(&broken);
    let slow = Slow::new(NEWEST, &names("whisper", 3), move |_, resource| {
        let mute = resource == "*" && is_broken.load(std::sync::atomic::Ordering::Relaxed);
        if mute { NEVER } else { ms(150) }
    });
    // A tick lists all targets.
    slow.send_within(
        Duration::from_secs(50),
        &json!({ "action": "status", "endpoint": "whisper-001" }),
    )
    .await
    .unwrap();
    slow.upload("audio", &["x".to_owned()]).await.unwrap();
    let id = crate::setup::id("whisper-002");
    slow.sim.advance(Duration::from_secs(3600));
    slow.sim.with(|world| world.scale_by_person(&id, 0).unwrap());
    slow.sim.advance(Duration::from_secs(3600));
    broken.store(true, std::sync::atomic::Ordering::Relaxed);
    slow.upload("audio", &["x".to_owned()]).await.unwrap_err();
    assert_eq!(slow.desired("whisper-002"), 1);
}

#[tokio::test(start_paused = true)]
async fn ten_names_a_minute_are_looked_at_and_the_others_fail() {
    for (count, fails) in [(10, false), (11, true)] {
        let registered = names("whisper", count);
        let slow = Slow::new(IN_KEY, &registered, no_listing);
        let keys: Vec<String> = registered.iter().map(|name| format!("in/{name}/x")).collect();
        let answer = slow.upload("audio", &keys).await;
        assert_eq!(answer.is_err(), fails, "{count}: {answer:?}");
        let awake = registered.iter().filter(|name| slow.desired(name) == 1).count();
        assert_eq!(awake, 10);
    }
}

#[tokio::test]
async fn a_command_reports_whether_an_endpoint_is_not_routed_not_registered_or_unknown() {
    let wake = |name: &str| json!({ "action": "wake", "endpoint": name });
    let setup = Setup::new(NEWEST, &["whisper-a"]);
    let error = setup.send(&wake("other")).await.unwrap_err();
    assert!(error.message.contains("no route has endpoint"), "{error:?}");
    let error = setup.send(&wake("whisper-b")).await.unwrap_err();
    assert!(error.message.contains("none of its variants is registered"), "{error:?}");
    let fault = simulator::Fault::AccessDenied;
    setup.sim.with(|world| world.faults.fail_next("DescribeScalableTargets", fault, 9));
    let error = setup.send(&wake("whisper-c")).await.unwrap_err();
    assert!(error.message.contains("DescribeScalableTargets"), "{error:?}");
    assert!(!error.message.contains("no route has"), "{error:?}");
}
