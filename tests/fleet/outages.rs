//! The registered endpoints, or the newest of them, cannot be read.

use std::time::Duration;

use simulator::Fault;

use crate::setup::{BUCKET, Setup};

const NEWEST: &str = r#"[{"endpoint":"whisper-*","bucket":"audio"}]"#;
const NAMES: [&str; 2] = ["whisper-b", "whisper-a"];

fn seconds(setup: &Setup, seconds: u64) {
    setup.sim.advance(Duration::from_secs(seconds));
}

#[tokio::test]
async fn an_input_whose_newest_endpoint_is_unknown_wakes_one_and_fails() {
    let setup = Setup::new(NEWEST, &NAMES);
    setup.sim.with(|world| world.faults.fail_next("DescribeEndpoint", Fault::ServerError, 2));
    let error = setup.upload("audio", &["x"]).await.unwrap_err();
    assert!(error.message.contains("DescribeEndpoint"), "{error:?}");
    assert_eq!(setup.awake(&NAMES).len(), 1, "waking fails open");
}

#[tokio::test]
async fn a_guess_is_forgotten_after_five_seconds() {
    for (after, woken) in [(4, 0), (5, 1)] {
        let setup = Setup::new(NEWEST, &NAMES);
        setup.sim.with(|world| world.faults.fail_next("DescribeEndpoint", Fault::ServerError, 2));
        setup.upload("audio", &["x"]).await.unwrap_err();
        assert_eq!(setup.desired("whisper-a"), 0);
        seconds(&setup, after);
        setup.upload("audio", &["x"]).await.unwrap();
        assert_eq!(setup.desired("whisper-a"), woken, "after {after} s");
    }
}

#[tokio::test]
async fn after_an_unreadable_endpoint_the_newest_is_determined_again() {
    let setup = Setup::new(NEWEST, &NAMES);
    setup.sim.with(|world| world.faults.fail_nth("DescribeEndpoint", 1, Fault::ServerError));
    setup.upload("audio", &["x"]).await.unwrap_err();
    seconds(&setup, 5);
    setup.upload("audio", &["x"]).await.unwrap();
    assert_eq!(setup.desired("whisper-a"), 1);
}

#[tokio::test]
async fn the_last_listing_is_used_if_a_listing_fails() {
    let setup = Setup::new(NEWEST, &NAMES);
    setup.upload("audio", &["x"]).await.unwrap();
    setup.minutes(45).await;
    assert_eq!(setup.desired("whisper-a"), 0);
    seconds(&setup, 61);
    setup.sim.with(|world| world.faults.fail_next("DescribeScalableTargets", Fault::Throttled, 1));
    let error = setup.upload("audio", &["x"]).await.unwrap_err();
    assert!(error.message.contains("DescribeScalableTargets on * failed"), "{error:?}");
    assert_eq!(setup.desired("whisper-a"), 1);
}

#[tokio::test]
async fn a_route_that_names_its_endpoint_waits_for_no_listing() {
    let routes = format!(
        r#"[{{"endpoint":"named","bucket":"my-inputs"}},{{"preset":"sagemaker-sdk","bucket":"{BUCKET}"}}]"#
    );
    let setup = Setup::new(&routes, &["named", "infer"]);
    setup.upload("my-inputs", &["x"]).await.unwrap();
    setup.send(&serde_json::json!({ "action": "status", "endpoint": "named" })).await.unwrap();
    // Another kind of object in the bucket of the SDK's inputs.
    setup.upload(BUCKET, &["model.tar.gz"]).await.unwrap();
    let listings =
        setup.sim.with(|world| world.journal.calls().filter(|call| call.resource == "*").count());
    assert_eq!(listings, 0);
    assert_eq!(setup.awake(&["named", "infer"]), ["named"]);
}
