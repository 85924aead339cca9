//! If something could not be done, the invocation fails after everything else was done.

use std::time::Duration;

use reactive_scaler::lease::LEASE;
use serde_json::{Value, json};
use simulator::{Fault, Outcome};
use tokio::net::TcpListener;

use crate::harness::{
    ENDPOINT, Function, Invoked, ROUTE, TestWorld, VARIANT, id, in_sqs, queued, uploads, writes,
};

const CAPACITY: &str = "UpdateEndpointWeightsAndCapacities";

/// One upload to an endpoint at zero, with this fault in this many calls of the operation.
async fn upload_with(operation: &str, fault: Fault, times: u32) -> (TestWorld, Invoked) {
    let test_world = TestWorld::at_zero().await;
    test_world.sim.with(|world| world.faults.fail_next(operation, fault, times));
    let invoked = test_world.function().await.invoke(&uploads(1)).await;
    (test_world, invoked)
}

fn assert_said(invoked: &Invoked, texts: &[&str]) {
    let error = invoked.error();
    assert_eq!(error.kind, "NotEverythingDone");
    for text in texts {
        assert!(error.message.contains(text), "{text} is missing in: {}", error.message);
    }
}

#[tokio::test]
async fn a_refused_wake_has_a_complete_error_and_still_writes_the_lease() {
    let (test_world, invoked) = upload_with(CAPACITY, Fault::AccessDenied, 1).await;
    assert_said(
        &invoked,
        &[
            "UpdateEndpointWeightsAndCapacities on endpoint/my-endpoint/variant/AllTraffic failed",
            "AccessDeniedException",
            "is not authorized to perform",
            "what to do: grant the function's role this action on this resource",
        ],
    );
    assert_eq!(invoked.logged(), ["input wake work_arrived 0->0"]);
    assert!(test_world.release_of(LEASE).is_some());
}

/// An endpoint at zero for which a wake is refused once.
async fn refusing_once() -> TestWorld {
    let test_world = TestWorld::at_zero().await;
    test_world.sim.with(|world| world.faults.fail_next(CAPACITY, Fault::AccessDenied, 1));
    test_world
}

#[tokio::test]
async fn after_a_refused_wake_the_retry_in_the_same_container_wakes() {
    let test_world = refusing_once().await;
    let mut function = test_world.function().await;
    function.invoke(&uploads(1)).await.error();
    let retried = function.invoke(&uploads(1)).await;
    assert_eq!(retried.decided(), ["input wake work_arrived 0->1"]);
    assert_eq!(test_world.capacity(), (0, 1));
}

#[tokio::test]
async fn after_a_refused_wake_the_next_tick_wakes() {
    let test_world = refusing_once().await;
    let mut function = test_world.function().await;
    function.invoke(&uploads(1)).await.error();
    let ticked = function.invoke(&json!({ "action": "tick" })).await;
    assert_eq!(ticked.decided(), ["tick wake lease_unserved 0->1"]);
}

#[tokio::test]
async fn a_quota_is_reported_in_the_wording_of_aws() {
    let test_world = TestWorld::at_zero().await;
    test_world.sim.with(|world| world.set_quota(ENDPOINT, Some(0)));
    let invoked = test_world.function().await.invoke(&uploads(1)).await;
    assert_said(
        &invoked,
        &["ResourceLimitExceeded", "account-level service limit", "raise the quota"],
    );
    assert!(test_world.release_of(LEASE).is_some());
}

#[tokio::test]
async fn throttling_once_is_retried_by_the_sdk_and_succeeds() {
    let (test_world, invoked) = upload_with(CAPACITY, Fault::Throttled, 1).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
    let outcomes: Vec<Outcome> = test_world.sim.with(|world| {
        let of_capacity = |call: &&simulator::Call| call.operation.as_str() == CAPACITY;
        world.journal.calls().filter(of_capacity).map(|call| call.outcome.clone()).collect()
    });
    assert_eq!(outcomes, [Outcome::Refused("ThrottlingException".into()), Outcome::Ok]);
}

#[tokio::test]
async fn an_answer_that_is_lost_once_is_asked_for_again() {
    for fault in [Fault::NoAnswer, Fault::NoAnswerAfterEffect, Fault::ServerError] {
        let (test_world, invoked) = upload_with("DescribeEndpoint", fault.clone(), 1).await;
        assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"], "{fault:?}");
        assert_eq!(test_world.sim.with(|world| world.calls("DescribeEndpoint")), 2);
    }
}

#[tokio::test]
async fn a_wake_whose_answer_is_lost_is_no_failure() {
    // It happened; the SDK's second attempt finds the endpoint busy with it.
    let (test_world, invoked) = upload_with(CAPACITY, Fault::NoAnswerAfterEffect, 1).await;
    assert_eq!(invoked.decided().len(), 1);
    assert_eq!(test_world.capacity(), (0, 1));
    assert!(test_world.release_of(LEASE).is_some());
}

#[tokio::test]
async fn an_endpoint_that_is_being_changed_is_a_success_with_a_lease() {
    let (test_world, invoked) = upload_with(CAPACITY, Fault::Busy, 1).await;
    assert_eq!(invoked.decided(), ["input extend endpoint_busy 0->0"]);
    assert_eq!(test_world.sim.with(|world| world.calls(CAPACITY)), 1);
    assert!(test_world.release_of(LEASE).is_some());
}

#[tokio::test]
async fn an_unreadable_endpoint_gets_a_lease_and_the_invocation_fails() {
    let (test_world, invoked) = upload_with("DescribeEndpoint", Fault::AccessDenied, 1).await;
    assert_said(&invoked, &["DescribeEndpoint on my-endpoint failed", "AccessDeniedException"]);
    assert_eq!(invoked.logged(), ["input extend endpoint_unreadable ?->?"]);
    assert_eq!(writes(&test_world.sim), ["PutScheduledAction reactive-scaler-lease"]);
}

#[tokio::test]
async fn a_failed_target_or_lease_call_does_not_prevent_a_wake() {
    for (operation, said) in [
        ("DescribeScalableTargets", "DescribeScalableTargets on endpoint/my-endpoint"),
        ("DescribeScheduledActions", "DescribeScheduledActions on endpoint/my-endpoint"),
        ("PutScheduledAction", "PutScheduledAction on endpoint/my-endpoint"),
        ("RegisterScalableTarget", "RegisterScalableTarget on endpoint/my-endpoint"),
    ] {
        let (test_world, invoked) = upload_with(operation, Fault::AccessDenied, 1).await;
        assert_said(&invoked, &[said, "AccessDeniedException"]);
        assert_eq!(invoked.logged(), ["input wake work_arrived 0->1"], "{operation}");
        assert_eq!(test_world.capacity(), (0, 1), "{operation}");
    }
}

#[tokio::test]
async fn a_floor_is_raised_only_with_a_lease() {
    let (test_world, _) = upload_with("PutScheduledAction", Fault::AccessDenied, 1).await;
    assert_eq!(test_world.sim.with(|world| world.calls("RegisterScalableTarget")), 0);
    assert_eq!(test_world.floor(), 0);
}

#[tokio::test]
async fn a_record_that_somebody_else_changes_at_the_same_time_is_written_after_them() {
    let (test_world, invoked) = upload_with("PutScheduledAction", Fault::Concurrent, 2).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
    assert!(test_world.release_of(LEASE).is_some());
}

#[tokio::test]
async fn an_unreadable_metric_prevents_the_sleep_and_fails_the_invocation() {
    let test_world = TestWorld::with_ended_lease(crate::harness::zeros(&[4, 3, 2])).await;
    test_world.sim.with(|world| world.faults.fail_next("GetMetricData", Fault::AccessDenied, 1));
    let invoked = test_world.function().await.invoke(&json!({ "action": "tick" })).await;
    assert_said(&invoked, &["GetMetricData on my-endpoint failed", "AccessDenied"]);
    assert_eq!(invoked.logged(), ["tick none backlog_unknown 1->1"]);
    assert_eq!(test_world.capacity(), (1, 1));
}

/// Routes of one bucket to an endpoint that is gone, to `my-endpoint`, and to one more.
const THREE: &str = r#"[{"endpoint":"gone","bucket":"my-inputs"},
    {"endpoint":"my-endpoint","bucket":"my-inputs"},
    {"endpoint":"other","bucket":"other-inputs"}]"#;

async fn scene_of_three() -> TestWorld {
    let test_world = TestWorld::at_zero().await;
    test_world.sim.with(|world| {
        world.add_async_endpoint("other", VARIANT, 0);
    });
    test_world
}

#[tokio::test]
async fn a_missing_endpoint_fails_the_upload_and_the_other_endpoints_are_woken() {
    let test_world = scene_of_three().await;
    let invoked = Function::start(test_world.url(), THREE).await.invoke(&uploads(1)).await;
    assert_said(&invoked, &["endpoint gone does not exist", "SCALER_ROUTES"]);
    let logged = invoked.logged();
    assert_eq!(logged, ["gone: input none endpoint_missing ?->?", "input wake work_arrived 0->1"]);
}

#[tokio::test]
async fn messages_of_a_queue_whose_wake_failed_are_returned() {
    let test_world = scene_of_three().await;
    let to_other = {
        let mut event = uploads(1);
        event["Records"][0]["s3"]["bucket"]["name"] = json!("other-inputs");
        event.to_string()
    };
    let to_both = uploads(1).to_string();
    let batch = in_sqs(&[queued("a", &to_both), queued("b", &to_other), queued("c", &to_both)]);
    let invoked = Function::start(test_world.url(), THREE).await.invoke(&batch).await;
    assert_eq!(
        invoked.answer()["batchItemFailures"],
        json!([{ "itemIdentifier": "a" }, { "itemIdentifier": "c" }])
    );
    assert_eq!(
        invoked.decided(),
        [
            "gone: input none endpoint_missing ?->?",
            "input wake work_arrived 0->1",
            "other: input wake work_arrived 0->1",
        ]
    );
}

#[tokio::test]
async fn a_missing_variant_name_is_reported_with_the_existing_names() {
    let test_world = TestWorld::new(|world| {
        let variants = ["Blue", "Green"].map(|name| simulator::VariantState::new(name, 0));
        world.add_endpoint(ENDPOINT, variants.to_vec(), true);
    })
    .await;
    let named = r#"[{"endpoint":"my-endpoint","variant":"Green"}]"#;
    let wrong = r#"[{"endpoint":"my-endpoint","variant":"Red"}]"#;
    for routes in [ROUTE, wrong] {
        let invoked = Function::start(test_world.url(), routes).await.invoke(&uploads(1)).await;
        assert_said(&invoked, &["Blue", "Green", "\"variant\""]);
    }
    let invoked = Function::start(test_world.url(), named).await.invoke(&uploads(1)).await;
    assert_eq!(invoked.answer()["decisions"][0]["variant"], "Green");
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
}

#[tokio::test]
async fn an_aws_that_never_answers_is_given_up_before_lambdas_deadline() {
    // Connections are accepted by the system and never answered.
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let mut function = Function::start(&url, ROUTE).await;
    let payload: Value = uploads(1);
    let invoked = function.invoke_bytes(payload.to_string(), Duration::from_secs(3)).await;
    // The waits are shorter than the deadline, so that there is time to write what can be written.
    assert_said(&invoked, &["DescribeEndpoint on my-endpoint failed: no answer within"]);
    assert_eq!(invoked.logged(), ["input none endpoint_unreadable ?->?"]);
}

/// By a client of its own: what an input waits for is tried more often.
#[tokio::test]
async fn a_tick_tries_a_call_twice() {
    let test_world = TestWorld::at_zero().await;
    test_world.sim.with(|world| world.faults.fail_next("*", Fault::Throttled, 1000));
    let mut function = test_world.function().await;
    function.invoke(&json!({ "action": "tick" })).await.error();
    assert_eq!(test_world.sim.with(|world| world.calls("DescribeScalableTargets")), 2);
}

#[tokio::test]
async fn two_failed_events_do_not_affect_the_next_one() {
    let test_world = TestWorld::at_zero().await;
    test_world.sim.with(|world| world.faults.fail_next("DescribeEndpoint", Fault::AccessDenied, 2));
    let mut function = test_world.function().await;
    for _ in 0..2 {
        function.invoke(&uploads(1)).await.error();
    }
    assert_eq!(test_world.sim.with(|world| world.capacity(&id())), (0, 0));
    let invoked = function.invoke(&uploads(1)).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
}
