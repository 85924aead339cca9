//! Deployments without a problem, one for each way in which the events of uploads are delivered.

use super::{run::smoke, run::smoke_on, setup};

#[tokio::test]
async fn by_event_bridge() {
    let deployment = setup::by_event_bridge();
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    assert_eq!(run.having("passed").len(), 6, "{}", run.text);
    run.assert_says(&[
        "s3://my-inputs/async/in/smoke-test.json for endpoint My-Endpoint",
        "State is Active",
        "EventBridge is on for my-inputs",
        "rule my-stack-UploadRule-AbC123 is enabled, matches the event",
        "allows EventBridge to invoke it",
        "endpoint/My-Endpoint/variant/AllTraffic is InService, with 0 instances, 0 desired",
        "registered with 0 to 4 instances",
        "no lease, no hold",
        "wake (work_arrived), desired capacity from 0 to 1; nothing was written",
        "is allowed 9 of 9 actions",
        "6 passed, 0 failed, 0 skipped.",
    ]);
    // Both events are tested with both rules that have a pattern.
    assert_eq!((run.calls("TestEventPattern"), run.calls("Invoke")), (4, 2));
    assert!(!run.text.contains('\u{1b}'), "no colour where there is no terminal");
}

#[tokio::test]
async fn by_a_queue() {
    let run = smoke(&setup::by_queue(), &[]).await;
    assert_eq!(run.having("passed").len(), 6, "{}", run.text);
    run.assert_says(&["Enabled and has ReportBatchItemFailures", setup::QUEUE]);
}

#[tokio::test]
async fn by_the_buckets_own_notification() {
    let run = smoke(&setup::by_notification(), &[]).await;
    assert_eq!(run.having("passed").len(), 5, "{}", run.text);
    run.assert_says(&["my-inputs notifies the function (n0)", "allows S3 to invoke it"]);
    run.assert_skips("upload-rule", "the bucket notifies the function directly");
}

#[tokio::test]
async fn by_the_buckets_own_notification_of_the_queue() {
    let mut deployment = setup::by_queue();
    deployment.rules.pop();
    let bucket = deployment.buckets.get_mut(setup::BUCKET).unwrap();
    bucket.event_bridge = false;
    bucket.notifications = vec![setup::notification("Queue", setup::QUEUE)];
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.having("passed").len(), 6, "{}", run.text);
    run.assert_says(&["notifies the function's queue", "the bucket notifies the queue directly"]);
}

/// smoke does not read the subscriptions of a topic, so it does not report whether they work.
#[tokio::test]
async fn by_a_topic() {
    let mut deployment = setup::by_notification();
    let topic = "arn:aws:sns:eu-central-1:123456789012:uploads";
    deployment.buckets.get_mut(setup::BUCKET).unwrap().notifications =
        vec![setup::notification("Topic", topic)];
    let run = smoke(&deployment, &[]).await;
    run.assert_skips("bucket-events", "whether the function is subscribed");
    run.assert_skips("upload-rule", "a topic");
}

#[tokio::test]
async fn an_endpoint_that_is_awake() {
    let deployment = setup::by_event_bridge();
    deployment.sim.with(|world| {
        world.add_async_endpoint(setup::ENDPOINT, setup::VARIANT, 1);
        world.register_target(&setup::variant(), 0, 4);
    });
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.having("passed").len(), 6, "{}", run.text);
    run.assert_says(&["extend (lease_renewed)", "it is already awake"]);
}

/// The function is given by its ARN, which determines the region.
#[tokio::test]
async fn by_arn() {
    let run = smoke_on(&setup::by_event_bridge(), &["--function", setup::ARN]).await;
    assert_eq!(run.having("passed").len(), 6, "{}", run.text);
}
