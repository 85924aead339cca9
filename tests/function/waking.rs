//! A wake: its calls, their order, and how its latency is reported.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{LEASE, WATCH},
    port::EndpointStatus,
};
use serde_json::json;

use crate::harness::{
    ENDPOINT, Function, TestWorld, VARIANT, ago, ahead, calls, id, on_event_bus, upload, uploads,
    writes,
};

#[tokio::test]
async fn a_wake_looks_once_and_writes_capacity_then_lease_then_floor() {
    let test_world = TestWorld::at_zero().await;
    let before = Timestamp::now();
    let invoked = test_world.function().await.invoke(&uploads(1)).await;
    let after = Timestamp::now();

    let decision = &invoked.answer()["decisions"][0];
    for (field, value) in [
        ("endpoint", json!("my-endpoint")),
        ("variant", json!("AllTraffic")),
        ("signal", json!("input")),
        ("action", json!("wake")),
        ("reason", json!("work_arrived")),
        ("from", json!(0)),
        ("to", json!(1)),
    ] {
        assert_eq!(decision[field], value, "{field}");
    }

    // Two pairs, each side by side, one after the other; and what then is written.
    let mut calls = calls(&test_world.sim);
    calls[..2].sort();
    calls[2..4].sort();
    assert_eq!(
        calls,
        [
            "DescribeEndpoint",
            "DescribeScalableTargets",
            "DescribeScheduledActions",
            "UpdateEndpointWeightsAndCapacities AllTraffic=1",
            "PutScheduledAction reactive-scaler-lease",
            "RegisterScalableTarget min=1",
        ]
    );

    assert_eq!(test_world.capacity(), (0, 1));
    assert_eq!(test_world.floor(), 1);
    // The lease: idle window and W from now, up to the next whole second, and R 10 minutes later.
    let lease = SignedDuration::from_mins(11);
    let ends = test_world.release_of(LEASE).unwrap() - WATCH;
    let second = SignedDuration::from_secs(1);
    assert!(before + lease <= ends && ends <= after + lease + second, "{ends}");
    assert_eq!(decision["awake_until"], json!(ends));
}

#[tokio::test]
async fn a_wake_asks_for_as_many_as_the_route_says_within_the_bounds() {
    for (wake_to, max, expected) in [(1, 4, 1), (3, 4, 3), (4, 4, 4), (5, 4, 4)] {
        let test_world = TestWorld::at_zero().await;
        test_world.sim.with(|world| world.set_bounds(&id(), 0, max));
        let routes = json!([{ "endpoint": ENDPOINT, "wake_to": wake_to }]).to_string();
        let mut function = Function::start(test_world.url(), &routes).await;
        let invoked = function.invoke(&uploads(1)).await;
        let decided = format!("input wake work_arrived 0->{expected}");
        assert_eq!(invoked.decided(), [decided], "wake_to {wake_to}, max {max}");
        assert_eq!(test_world.capacity().1, expected);
    }
}

#[tokio::test]
async fn a_maximum_of_zero_switches_waking_off() {
    for (max, desired) in [(0, 0), (1, 1)] {
        let test_world = TestWorld::at_zero().await;
        test_world.sim.with(|world| world.set_bounds(&id(), 0, max));
        test_world.function().await.invoke(&uploads(1)).await.answer();
        assert_eq!(test_world.capacity().1, desired, "max {max}");
        assert_eq!(writes(&test_world.sim).is_empty(), max == 0);
    }
}

#[tokio::test]
async fn an_unregistered_endpoint_is_woken_without_a_lease() {
    let test_world = TestWorld::new(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, 0);
    })
    .await;
    let invoked = test_world.function().await.invoke(&uploads(1)).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
    assert_eq!(invoked.answer()["decisions"][0]["floor_withheld"], "not_registered");
    assert_eq!(writes(&test_world.sim), ["UpdateEndpointWeightsAndCapacities AllTraffic=1"]);
}

#[tokio::test]
async fn an_upload_for_an_endpoint_in_deployment_leaves_a_lease_and_a_tick_wakes_it() {
    let test_world = TestWorld::at_zero().await;
    test_world.sim.with(|world| world.set_status(ENDPOINT, EndpointStatus::Updating));
    let mut function = test_world.function().await;
    let invoked = function.invoke(&uploads(1)).await;
    assert_eq!(invoked.decided(), ["input extend endpoint_busy 0->0"]);
    assert!(test_world.release_of(LEASE).is_some());
    assert_eq!(test_world.capacity(), (0, 0));

    test_world.sim.with(|world| world.set_status(ENDPOINT, EndpointStatus::InService));
    let invoked = function.invoke(&json!({ "action": "tick" })).await;
    assert_eq!(invoked.decided(), ["tick wake lease_unserved 0->1"]);
    assert_eq!(test_world.capacity(), (0, 1));
}

#[tokio::test]
async fn an_old_event_wakes_like_a_new_one() {
    let test_world = TestWorld::at_zero().await;
    let event = json!({ "Records": [upload("my-inputs", "async/in/a", ago(5 * 24 * 60))] });
    let invoked = test_world.function().await.invoke(&event).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
}

/// `WakeLatencyMs` of a wake by uploads of these times, and the range in which it is if it counts
/// from the oldest of them.
async fn latency(uploaded: &[Timestamp]) -> (Option<i64>, std::ops::RangeInclusive<i64>) {
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    let records: Vec<_> =
        uploaded.iter().map(|at| upload("my-inputs", "async/in/a", *at)).collect();
    let before = Timestamp::now();
    let invoked = function.invoke(&json!({ "Records": records })).await;
    let after = Timestamp::now();
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
    let oldest = *uploaded.iter().min().unwrap();
    let span = [before, after].map(|until| until.duration_since(oldest).as_millis() as i64);
    let latency = invoked.decision_lines()[0].get("WakeLatencyMs");
    (latency.map(|value| value.as_i64().unwrap()), span[0]..=span[1])
}

#[tokio::test]
async fn the_latency_counts_from_the_upload_to_the_accepted_capacity_call() {
    let (latency, span) = latency(&[ago(3)]).await;
    assert!(span.contains(&latency.unwrap()), "{latency:?} is not within {span:?}");
}

#[tokio::test]
async fn of_several_uploads_the_oldest_counts() {
    let (latency, span) = latency(&[ago(2), ago(7), ago(4)]).await;
    assert!(span.contains(&latency.unwrap()), "{latency:?} is not within {span:?}");
}

#[tokio::test]
async fn an_upload_from_the_future_has_no_latency() {
    assert_eq!(latency(&[ahead(5)]).await.0, None);
}

#[tokio::test]
async fn an_upload_on_the_event_bus_has_its_latency_too() {
    let test_world = TestWorld::at_zero().await;
    let mut event = on_event_bus("my-inputs", "async/in/a");
    event["time"] = json!(ago(3));
    let invoked = test_world.function().await.invoke(&event).await;
    let latency = invoked.decision_lines()[0]["WakeLatencyMs"].as_i64().unwrap();
    assert!(latency >= 3 * 60_000, "{latency}");
}
