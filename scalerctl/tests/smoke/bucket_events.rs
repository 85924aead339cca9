//! The check `bucket-events`.

use super::{run::smoke, setup};

#[tokio::test]
async fn event_bridge_is_off() {
    let mut deployment = setup::by_event_bridge();
    deployment.buckets.get_mut(setup::BUCKET).unwrap().event_bridge = false;
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("bucket-events", &["EventBridge is off", "scalerctl connect-bucket "]);
}

#[tokio::test]
async fn no_such_bucket() {
    let mut deployment = setup::by_event_bridge();
    deployment.buckets.clear();
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("bucket-events", &["NoSuchBucket", "InputBucket"]);
}

#[tokio::test]
async fn a_notification_of_other_keys() {
    let mut deployment = setup::by_notification();
    let bucket = deployment.buckets.get_mut(setup::BUCKET).unwrap();
    bucket.notifications[0].prefix = "elsewhere/";
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("bucket-events", &["its prefix is \"elsewhere/\"", "InputPrefix"]);
}

#[tokio::test]
async fn a_notification_of_deletions() {
    let mut deployment = setup::by_notification();
    let bucket = deployment.buckets.get_mut(setup::BUCKET).unwrap();
    bucket.notifications[0].event = "s3:ObjectRemoved:*";
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("bucket-events", &["s3:ObjectRemoved:*, not s3:ObjectCreated:*"]);
}

#[tokio::test]
async fn s3_may_not_invoke_the_function() {
    let mut deployment = setup::by_notification();
    deployment.policy = Some(setup::admitting("s3.amazonaws.com", "arn:aws:s3:::other"));
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails(
        "bucket-events",
        &[
            "does not allow S3 to invoke it",
            "aws lambda add-permission",
            "--source-arn arn:aws:s3:::my-inputs",
        ],
    );
}

/// A notification about single-part uploads is enough. The check notes that it does not cover multipart uploads.
#[tokio::test]
async fn large_files_may_be_missed() {
    let mut deployment = setup::by_notification();
    let bucket = deployment.buckets.get_mut(setup::BUCKET).unwrap();
    bucket.notifications[0].event = "s3:ObjectCreated:Put";
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    run.assert_says(&["note: n0 covers only s3:ObjectCreated:Put"]);
}
