//! Rule 7: if something could not be done, the invocation fails after everything else was done. Waiting is not a
//! failure.

use std::time::Duration;

use reactive_scaler::port::VariantId;
use serde_json::json;
use simulator::{Fault, Simulator};

use crate::setup::{CAPACITY, ENDPOINT, Setup, container, id, input, serve, tick};

#[tokio::test]
async fn every_call_that_fails_in_a_wake_is_reported_with_advice() {
    for operation in [
        "DescribeEndpoint",
        "DescribeScalableTargets",
        "DescribeScheduledActions",
        CAPACITY,
        "PutScheduledAction",
        "RegisterScalableTarget",
    ] {
        let setup = Setup::at_zero();
        setup.with(|world| world.faults.fail_next(operation, Fault::AccessDenied, 1));
        let error = setup.upload().await.unwrap_err();
        for part in [operation, ENDPOINT, "AccessDenied", "what to do: grant"] {
            assert!(error.message.contains(part), "{operation}: {part:?} in {error:?}");
        }
    }
}

#[tokio::test]
async fn every_call_that_fails_in_a_sleep_is_reported() {
    for operation in [
        "DescribeEndpoint",
        "DescribeScalableTargets",
        "DescribeScheduledActions",
        "GetMetricData",
        CAPACITY,
        "RegisterScalableTarget",
    ] {
        let setup = Setup::ready_to_sleep();
        setup.with(|world| world.faults.fail_next(operation, Fault::ServerError, 1));
        let error = setup.tick().await.unwrap_err();
        assert!(error.message.contains(operation), "{operation}: {error:?}");
    }
}

#[tokio::test]
async fn everything_else_is_done_before_the_invocation_fails() {
    let setup = Setup::at_zero();
    setup.with(|world| world.faults.fail_next(CAPACITY, Fault::AccessDenied, 1));
    setup.upload().await.unwrap_err();
    assert!(setup.lease_ends().is_some(), "the lease remembers the work");
    let setup = Setup::at_zero();
    setup.with(|world| world.faults.fail_next("PutScheduledAction", Fault::AccessDenied, 1));
    setup.upload().await.unwrap_err();
    assert_eq!(setup.desired(), 1);
    assert_eq!(setup.min(), 0, "no floor without the lease that drops it");
}

#[tokio::test]
async fn a_failure_of_one_endpoint_does_not_delay_the_others() {
    let sim = Simulator::new("2030-01-07T14:00:30Z".parse().unwrap());
    let names = ["first", "second", "third"];
    sim.with(|world| {
        for name in names {
            world.add_async_endpoint(name, "AllTraffic", 0);
            world.register_target(&VariantId::new(name, "AllTraffic"), 0, 1);
        }
        world.set_quota("second", Some(0));
    });
    let routes = json!(names.map(|name| json!({ "endpoint": name, "bucket": "my-inputs" })));
    let container = container(&sim, &routes.to_string());
    let error = serve(&container, &sim, &input(sim.now())).await.unwrap_err();
    assert!(error.message.contains("second") && error.message.contains("ResourceLimitExceeded"));
    assert!(!error.message.contains("first") && !error.message.contains("third"));
    let desired = |name| sim.with(|world| world.capacity(&VariantId::new(name, "AllTraffic")).1);
    assert_eq!(names.map(desired), [1, 0, 1]);
}

#[tokio::test]
async fn waiting_is_not_failing() {
    let setup = Setup::at_zero();
    setup.with(|world| world.begin_deployment(ENDPOINT, Duration::from_secs(600)));
    setup.upload().await.unwrap();
    setup.tick().await.unwrap();
    let setup = Setup::ready_to_sleep();
    setup.with(|world| world.set_backlog_override(ENDPOINT, Some(Vec::new())));
    setup.tick().await.unwrap();
}

#[tokio::test]
async fn a_missing_endpoint_fails_an_input_and_a_command_and_not_a_tick() {
    let setup = Setup::at_zero();
    setup.with(|world| world.delete_endpoint(ENDPOINT));
    let error = setup.send(&input(setup.sim.now())).await.unwrap_err();
    assert!(error.message.contains("my-endpoint does not exist"), "{error:?}");
    setup.send(&json!({ "action": "wake", "endpoint": ENDPOINT })).await.unwrap_err();
    let answer = setup.send(&tick()).await;
    assert_eq!(crate::setup::decision(&answer), ("none".into(), "endpoint_missing".into()));
}

#[tokio::test]
async fn several_variants_and_none_named_is_an_error_that_lists_them() {
    let setup = Setup::at_zero();
    setup.with(|world| {
        let variants = ["blue", "green"].map(|name| simulator::VariantState::new(name, 0));
        world.add_endpoint(ENDPOINT, variants.to_vec(), true);
    });
    let error = setup.send(&input(setup.sim.now())).await.unwrap_err();
    assert!(error.message.contains("blue") && error.message.contains("green"), "{error:?}");
    assert!(setup.writes().is_empty());
}

#[tokio::test]
async fn two_variants_of_one_endpoint_follow_each_other() {
    let routes = r#"[{"endpoint":"my-endpoint","variant":"blue"},
                     {"endpoint":"my-endpoint","variant":"green"}]"#;
    let setup = Setup::with_routes(routes);
    let of = |name: &str| VariantId::new(ENDPOINT, name);
    setup.with(|world| {
        let variants = ["blue", "green"].map(|name| simulator::VariantState::new(name, 0));
        world.add_endpoint(ENDPOINT, variants.to_vec(), true);
        world.register_target(&of("blue"), 0, 1);
        world.register_target(&of("green"), 0, 1);
    });
    setup.send(&input(setup.sim.now())).await.unwrap();
    let desired = |setup: &Setup| {
        setup.with(|world| (world.capacity(&of("blue")).1, world.capacity(&of("green")).1))
    };
    let (blue, green) = desired(&setup);
    assert_eq!(blue + green, 1, "SageMaker changes one at a time");
    setup.minutes(8).await;
    assert_eq!(desired(&setup), (1, 1));
    setup.minutes(40).await;
    assert_eq!(desired(&setup), (0, 0));
    let _ = id();
}
