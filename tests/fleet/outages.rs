//! What is registered, or who is the newest, cannot be read.

use std::time::Duration;

use simulator::Fault;

use crate::stage::{BUCKET, Stage};

const NEWEST: &str = r#"[{"endpoint":"whisper-*","bucket":"audio"}]"#;
const NAMES: [&str; 2] = ["whisper-b", "whisper-a"];

fn seconds(stage: &Stage, seconds: u64) {
    stage.sim.advance(Duration::from_secs(seconds));
}

#[tokio::test]
async fn an_input_whose_newest_cannot_be_told_wakes_one_and_fails() {
    let stage = Stage::new(NEWEST, &NAMES);
    stage.sim.with(|world| world.faults.fail_next("DescribeEndpoint", Fault::ServerError, 2));
    let error = stage.upload("audio", &["x"]).await.unwrap_err();
    assert!(error.message.contains("DescribeEndpoint"), "{error:?}");
    assert_eq!(stage.awake(&NAMES).len(), 1, "waking fails open");
}

#[tokio::test]
async fn a_guess_is_forgotten_after_five_seconds() {
    for (after, woken) in [(4, 0), (5, 1)] {
        let stage = Stage::new(NEWEST, &NAMES);
        stage.sim.with(|world| world.faults.fail_next("DescribeEndpoint", Fault::ServerError, 2));
        stage.upload("audio", &["x"]).await.unwrap_err();
        assert_eq!(stage.desired("whisper-a"), 0);
        seconds(&stage, after);
        stage.upload("audio", &["x"]).await.unwrap();
        assert_eq!(stage.desired("whisper-a"), woken, "after {after} s");
    }
}

#[tokio::test]
async fn one_that_cannot_be_read_is_no_reason_to_stay_with_an_older_one() {
    let stage = Stage::new(NEWEST, &NAMES);
    stage.sim.with(|world| world.faults.fail_nth("DescribeEndpoint", 1, Fault::ServerError));
    stage.upload("audio", &["x"]).await.unwrap_err();
    seconds(&stage, 5);
    stage.upload("audio", &["x"]).await.unwrap();
    assert_eq!(stage.desired("whisper-a"), 1);
}

#[tokio::test]
async fn what_was_known_before_stands_in_for_a_listing_that_fails() {
    let stage = Stage::new(NEWEST, &NAMES);
    stage.upload("audio", &["x"]).await.unwrap();
    stage.minutes(45).await;
    assert_eq!(stage.desired("whisper-a"), 0);
    seconds(&stage, 61);
    stage.sim.with(|world| world.faults.fail_next("DescribeScalableTargets", Fault::Throttled, 1));
    let error = stage.upload("audio", &["x"]).await.unwrap_err();
    assert!(error.message.contains("DescribeScalableTargets on * failed"), "{error:?}");
    assert_eq!(stage.desired("whisper-a"), 1);
}

#[tokio::test]
async fn a_route_that_names_its_endpoint_waits_for_no_listing() {
    let routes = format!(
        r#"[{{"endpoint":"named","bucket":"my-inputs"}},{{"preset":"sagemaker-sdk","bucket":"{BUCKET}"}}]"#
    );
    let stage = Stage::new(&routes, &["named", "infer"]);
    stage.upload("my-inputs", &["x"]).await.unwrap();
    stage.send(&serde_json::json!({ "action": "status", "endpoint": "named" })).await.unwrap();
    // Another kind of object in the bucket of the SDK's inputs.
    stage.upload(BUCKET, &["model.tar.gz"]).await.unwrap();
    let listings =
        stage.sim.with(|world| world.journal.calls().filter(|call| call.resource == "*").count());
    assert_eq!(listings, 0);
    assert_eq!(stage.awake(&["named", "infer"]), ["named"]);
}
