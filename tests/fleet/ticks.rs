//! A tick looks at the endpoints that are registered and covered by a route.

use std::time::Duration;

use simulator::Fault;

use crate::setup::{SDK, Setup, id};

#[tokio::test]
async fn an_endpoint_that_somebody_else_woke_is_adopted_and_put_to_sleep() {
    let setup = Setup::new(SDK, &["a", "b"]);
    setup.sim.with(|world| world.scale_by_person(&id("b"), 1).unwrap());
    setup.minutes(40).await;
    assert_eq!(setup.awake(&["a", "b"]), [""; 0]);
}

#[tokio::test]
async fn every_registered_endpoint_is_read_within_ten_ticks() {
    let names: Vec<String> = (0..137).map(|n| format!("e-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let setup = Setup::new(SDK, &names);
    setup.sim.with(|world| world.clear_calls());
    setup.minutes(10).await;
    setup.sim.with(|world| {
        for name in &names {
            let seen = world.journal.calls().any(|call| call.resource == *name);
            assert!(seen, "{name}");
        }
    });
}

/// 500 registered, 20 awake: two lists of ten pages, the awake ones, and a tenth of the others.
#[tokio::test]
async fn a_tick_s_calls_follow_the_awake_ones() {
    let names: Vec<String> = (0..500).map(|n| format!("e-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let setup = Setup::new(SDK, &names);
    for name in &names[..20] {
        setup.send(&serde_json::json!({ "action": "hold", "endpoint": name })).await.unwrap();
    }
    setup.sim.advance(Duration::from_secs(600));
    setup.sim.with(|world| world.clear_calls());
    setup.send(&serde_json::json!({ "action": "tick" })).await.unwrap();
    setup.sim.with(|world| {
        assert_eq!(world.calls("DescribeScalableTargets"), 10);
        assert_eq!(world.calls("DescribeScheduledActions"), 1);
        assert_eq!(world.calls("DescribeEndpoint"), 20 + 48);
        assert_eq!(world.calls("GetMetricData"), 0);
    });
}

#[tokio::test]
async fn a_failure_delays_no_other_endpoint_by_more_than_two_ticks() {
    let names: Vec<String> = (0..60).map(|n| format!("e-{n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let faults = [Fault::ServerError, Fault::Throttled, Fault::NoAnswer];
    for ((operation, nth), fault) in
        [("DescribeScalableTargets", 2), ("DescribeScheduledActions", 1), ("DescribeEndpoint", 7)]
            .into_iter()
            .flat_map(|call| faults.iter().map(move |fault| (call, fault)))
    {
        let setup = Setup::new(SDK, &names);
        for name in &names[..10] {
            setup.send(&serde_json::json!({ "action": "wake", "endpoint": name })).await.unwrap();
        }
        setup.sim.with(|world| {
            // The wakes are undone while the leases are live, so the next look at each endpoint wakes it again.
            world.faults.clear();
        });
        setup.sim.advance(Duration::from_secs(400));
        setup.sim.with(|world| {
            for name in &names[..10] {
                world.scale_by_person(&id(name), 0).unwrap();
            }
            world.advance(Duration::from_secs(60));
            world.faults.fail_nth(operation, nth, fault.clone());
        });
        setup.send(&serde_json::json!({ "action": "tick" })).await.unwrap_err();
        setup.sim.advance(Duration::from_secs(60));
        setup.send(&serde_json::json!({ "action": "tick" })).await.unwrap();
        assert_eq!(setup.awake(&names[..10]).len(), 10, "{operation} {fault:?}");
    }
}
