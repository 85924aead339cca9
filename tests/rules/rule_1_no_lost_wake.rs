//! Rule 1: after an input has been seen, capacity of at least 1 is requested within two ticks of
//! the endpoint becoming updatable, under any single fault.

use std::time::Duration;

use reactive_scaler::port::{EndpointStatus, Suspended};
use simulator::{Actor, Event, Fault, World};

use crate::{
    setup::{
        CAPACITY, ENDPOINT, ROUTES, Setup, container, decision, id, input, plant_lease, serve,
    },
    two_at_once::killed_after,
};

const MINUTE: Duration = Duration::from_secs(60);

/// What the wake path calls.
const OPERATIONS: [&str; 5] = [
    "DescribeEndpoint",
    "DescribeScalableTargets",
    "DescribeScheduledActions",
    CAPACITY,
    "PutScheduledAction",
];

fn faults() -> Vec<Fault> {
    vec![
        Fault::Throttled,
        Fault::AccessDenied,
        Fault::NoAnswer,
        Fault::NoAnswerAfterEffect,
        Fault::ServerError,
        Fault::Concurrent,
    ]
}

fn was_requested(world: &World) -> bool {
    world
        .journal
        .events()
        .any(|(_, event)| matches!(event, Event::CapacityRequested { to, .. } if *to >= 1))
}

#[tokio::test]
async fn any_single_fault_of_any_call_leaves_capacity_requested_within_two_ticks() {
    let named = r#"[{"endpoint":"my-endpoint","variant":"AllTraffic","bucket":"my-inputs"}]"#;
    for routes in [ROUTES, named] {
        for operation in OPERATIONS.iter().chain(&["RegisterScalableTarget"]) {
            for fault in faults() {
                for nth in 1..=2 {
                    for warm in [false, true] {
                        let setup = Setup::with_routes(routes);
                        if warm {
                            let _ = setup
                                .send(&serde_json::json!(
                                    { "action": "status", "endpoint": ENDPOINT }
                                ))
                                .await;
                        }
                        setup.with(|w| w.faults.fail_nth(operation, nth, fault.clone()));
                        let _ = setup.upload().await;
                        assert!(
                            setup.within(2, |world| was_requested(world)).await,
                            "{operation} call {nth} {fault:?} warm={warm} {routes}"
                        );
                    }
                }
            }
        }
    }
}

#[tokio::test]
async fn after_a_long_fault_capacity_is_requested_within_two_ticks() {
    for operation in [CAPACITY, "DescribeEndpoint"] {
        let setup = Setup::at_zero();
        let until = setup.sim.now() + MINUTE * 30;
        setup.with(|w| w.faults.fail_between(operation, Fault::ServerError, w.now(), until));
        setup.upload().await.unwrap_err();
        setup.minutes(29).await;
        assert!(setup.within(2, |world| world.capacity(&id()).1 >= 1).await, "{operation}");
    }
}

#[tokio::test]
async fn an_input_during_a_deployment_is_woken_for_when_the_deployment_is_over() {
    for (status, lasting) in [
        (EndpointStatus::Updating, 4),
        (EndpointStatus::SystemUpdating, 9),
        (EndpointStatus::RollingBack, 25),
        (EndpointStatus::Creating, 45),
    ] {
        let setup = Setup::at_zero();
        setup.with(|world| world.begin_status(ENDPOINT, status, MINUTE * lasting));
        let answer = setup.upload().await;
        let reason = decision(&answer).1;
        assert!(reason == "endpoint_busy" || reason == "capacity_unknown", "{status:?} {reason}");
        setup.minutes(lasting - 1).await;
        assert_eq!(setup.desired(), 0, "{status:?}");
        assert!(setup.within(3, |world| world.capacity(&id()).1 == 1).await, "{status:?}");
    }
}

#[tokio::test]
async fn a_state_change_wakes_before_the_next_tick() {
    let setup = Setup::at_zero();
    setup.with(|world| world.begin_deployment(ENDPOINT, MINUTE * 3));
    setup.upload().await.unwrap();
    setup.sim.advance(MINUTE * 3);
    let event: serde_json::Value =
        serde_json::from_str(include_str!("../../events/endpoint-state-change.json")).unwrap();
    let answer = setup.send(&event).await;
    assert_eq!(decision(&answer), ("wake".into(), "lease_unserved".into()));
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn a_busy_endpoint_that_scales_out_is_not_a_failure_and_the_lease_is_written() {
    let setup = Setup::at_zero();
    setup.with(|world| world.faults.fail_next(CAPACITY, Fault::Busy, 1));
    let answer = setup.upload().await;
    assert_eq!(decision(&answer), ("extend".into(), "endpoint_busy".into()));
    assert!(setup.lease_ends().is_some());
    setup.minutes(1).await;
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn a_hold_of_a_busy_endpoint_is_a_hold() {
    let hold = serde_json::json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 60 });
    // Refused at once, and busy when it is looked at.
    let refused = Setup::at_zero();
    refused.with(|world| world.faults.fail_next(CAPACITY, Fault::Busy, 1));
    let busy = Setup::at_zero();
    busy.with(|world| world.begin_deployment(ENDPOINT, Duration::from_secs(120)));
    for setup in [refused, busy] {
        let answer = setup.send(&hold).await;
        assert_eq!(decision(&answer), ("hold".into(), "endpoint_busy".into()));
        setup.minutes(4).await;
        assert_eq!(setup.desired(), 1);
    }
}

#[tokio::test]
async fn quota_that_comes_late_is_found_by_a_tick() {
    let setup = Setup::at_zero();
    setup.with(|world| world.set_quota(ENDPOINT, Some(0)));
    let error = setup.upload().await.unwrap_err();
    assert!(error.message.contains("ResourceLimitExceeded"), "{error:?}");
    setup.minutes(40).await;
    assert_eq!(setup.desired(), 0);
    setup.with(|world| world.set_quota(ENDPOINT, Some(1)));
    assert!(setup.within(2, |world| world.capacity(&id()).1 == 1).await);
}

#[tokio::test]
async fn capacity_that_was_not_available_is_requested_again() {
    let setup = Setup::at_zero();
    setup.with(|world| world.set_capacity_shortage(ENDPOINT, true));
    setup.upload().await.unwrap();
    setup.minutes(30).await;
    setup.with(|world| world.set_capacity_shortage(ENDPOINT, false));
    setup.minutes(20).await;
    assert_eq!(setup.with(|world| world.completed(ENDPOINT)), 1);
}

#[tokio::test]
async fn an_event_is_never_too_old_to_wake() {
    let setup = Setup::at_zero();
    setup.with(|world| world.upload(ENDPOINT));
    let uploaded = setup.sim.now();
    setup.sim.advance(Duration::from_secs(6 * 3600 - 60));
    let answer = setup.send(&input(uploaded)).await;
    assert_eq!(decision(&answer).0, "wake");
}

#[tokio::test]
async fn a_container_that_dies_after_any_call_loses_no_wake_and_leaks_no_floor() {
    for calls in 1.. {
        let setup = Setup::at_zero();
        setup.with(|world| world.upload(ENDPOINT));
        let event = input(setup.sim.now());
        let cut = killed_after(&setup.sim, calls, setup.send(&event)).await;
        if !cut {
            assert!(calls > 5, "the wake path has at least six calls");
            break;
        }
        // Lambda delivers the event again, to another container.
        let survivor = container(&setup.sim, ROUTES);
        let _ = serve(&survivor, &setup.sim, &event).await;
        assert!(setup.within(2, |world| was_requested(world)).await, "after {calls} calls");
        setup.minutes(60).await;
        assert_eq!((setup.desired(), setup.min()), (0, 0), "after {calls} calls");
        assert_eq!(setup.with(|world| world.completed(ENDPOINT)), 1);
    }
}

#[tokio::test]
async fn a_container_that_dies_once_it_has_written_needs_no_second_delivery() {
    let mut after_a_write = 0;
    for calls in 1.. {
        let setup = Setup::at_zero();
        setup.with(|world| world.upload(ENDPOINT));
        let event = input(setup.sim.now());
        if !killed_after(&setup.sim, calls, setup.send(&event)).await {
            break;
        }
        if setup.writes().is_empty() {
            continue;
        }
        after_a_write += 1;
        assert!(setup.within(2, |world| was_requested(world)).await, "after {calls} calls");
        // Nothing else lowers the floor: Application Auto Scaling lowers it at R.
        setup.sim.advance(MINUTE * 60);
        assert_eq!(setup.min(), 0, "after {calls} calls");
    }
    assert!(after_a_write >= 2, "{after_a_write}");
}

#[tokio::test]
async fn a_container_that_dies_while_it_puts_to_sleep_loses_no_later_wake() {
    for calls in 1.. {
        let setup = Setup::ready_to_sleep();
        let cut = killed_after(&setup.sim, calls, setup.tick()).await;
        if !cut {
            assert!(calls > 6, "a sleep has at least seven calls");
            break;
        }
        let survivor = container(&setup.sim, ROUTES);
        setup.with(|world| world.upload(ENDPOINT));
        serve(&survivor, &setup.sim, &input(setup.sim.now())).await.unwrap();
        let awake = |world: &mut World| world.capacity(&id()).1 >= 1;
        assert!(setup.within(3, awake).await, "after {calls} calls");
    }
}

#[tokio::test]
async fn a_container_that_dies_while_it_puts_to_sleep_is_followed_by_one_that_does() {
    for calls in 1.. {
        let setup = Setup::ready_to_sleep();
        if !killed_after(&setup.sim, calls, setup.tick()).await {
            break;
        }
        setup.minutes(3).await;
        assert_eq!((setup.desired(), setup.min()), (0, 0), "after {calls} calls");
    }
}

#[tokio::test]
async fn resuming_finds_an_input_that_came_while_scaling_out_was_suspended() {
    for suspended_minutes in [3, 45, 200] {
        let setup = Setup::at_zero();
        let out = Suspended { scaling_out: true, ..Suspended::default() };
        setup.with(|world| world.suspend(&id(), out));
        let answer = setup.upload().await;
        assert_eq!(decision(&answer).1, "scaling_out_suspended");
        setup.minutes(suspended_minutes).await;
        assert_eq!(setup.desired(), 0);
        setup.with(|world| world.suspend(&id(), Suspended::default()));
        assert!(setup.within(2, |world| world.capacity(&id()).1 == 1).await, "{suspended_minutes}");
    }
}

#[tokio::test]
async fn an_endpoint_that_was_scaled_in_under_a_live_lease_is_woken_again() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    setup.minutes(7).await;
    setup.with(|world| world.scale_by_person(&id(), 0).unwrap());
    setup.minutes(3).await;
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn an_alarm_low_in_alarm_does_not_scale_the_fresh_instance_in() {
    let setup = Setup::at_zero();
    setup.with(|world| world.set_alarm_low(&id(), true));
    setup.upload().await.unwrap();
    setup.minutes(9).await;
    assert_eq!(setup.with(|world| (world.completed(ENDPOINT), world.killed(ENDPOINT))), (1, 0));
    let scaled_in = |world: &mut World| {
        world.journal.events().any(|(_, event)| {
            matches!(event, Event::CapacityRequested { to: 0, by: Actor::AutoScaling, .. })
        })
    };
    assert!(!setup.with(scaled_in), "the floor keeps it");
}

#[tokio::test]
async fn an_inline_request_just_before_the_sleep_wakes_it_again_until_the_release() {
    let setup = Setup::ready_to_sleep();
    setup.minutes(1).await;
    assert_eq!(setup.desired(), 0);
    setup.with(|world| world.invoke_inline(ENDPOINT));
    // The metric's lag, a period, and two ticks.
    assert!(setup.within(5, |world| world.capacity(&id()).1 == 1).await);
}

#[tokio::test]
async fn after_the_release_no_metric_is_read_and_the_backstop_alarm_wakes() {
    let setup = Setup::ready_to_sleep();
    setup.minutes(12).await;
    setup.with(|world| {
        world.invoke_inline(ENDPOINT);
        world.clear_calls();
    });
    setup.minutes(6).await;
    assert_eq!(setup.desired(), 0);
    assert_eq!(setup.with(|world| world.calls("GetMetricData")), 0);
    let alarm: serde_json::Value =
        serde_json::from_str(include_str!("../../events/alarm-in-sns.json")).unwrap();
    let answer = setup.send(&alarm).await;
    assert_eq!(decision(&answer), ("wake".into(), "alarm_fired".into()));
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn a_lease_is_live_to_the_second_before_its_end() {
    for (ends_in, wakes) in [(1, true), (0, false)] {
        let setup = Setup::at_zero();
        setup.with(|world| plant_lease(world, ends_in));
        let _ = setup.tick().await;
        assert_eq!(setup.desired() == 1, wakes, "{ends_in}");
    }
}

/// No lease remembers an input at max 0: a container must not pass over the next one for long.
#[tokio::test]
async fn an_input_right_after_max_was_raised_is_served() {
    let setup = Setup::at_zero();
    setup.with(|world| world.set_bounds(&id(), 0, 0));
    setup.upload().await.unwrap();
    setup.with(|world| world.set_bounds(&id(), 0, 1));
    setup.sim.advance(Duration::from_secs(2));
    setup.upload().await.unwrap();
    assert_eq!(setup.desired(), 1);
}

/// What a look found is as old as the look, however long its invocation was frozen: counted from its end, the
/// next input would be passed over. Beside `MaxCapacity` 0 so is a `MinCapacity` that a person takes back.
#[tokio::test]
async fn an_input_right_after_one_that_was_frozen_past_its_look_is_served() {
    for (bounds, reason, holds) in [((0, 0), "max_is_zero", 2), ((1, 4), "min_capacity_set", 60)] {
        for (frozen, served) in [(holds - 1, false), (holds, true)] {
            let setup = Setup::at_zero();
            setup.with(|world| {
                if bounds.0 == 1 {
                    world.scale_by_person(&id(), 1).unwrap();
                    world.advance(Duration::from_secs(600));
                }
                world.set_bounds(&id(), bounds.0, bounds.1);
                world.after_call("DescribeScheduledActions", 1, move |world, _| {
                    world.advance(Duration::from_secs(frozen));
                });
            });
            assert_eq!(decision(&setup.upload().await).1, reason);
            setup.with(|world| {
                world.set_bounds(&id(), 0, 4);
                world.scale_by_person(&id(), 0).unwrap();
            });
            setup.with(World::clear_calls);
            setup.send(&input(setup.sim.now())).await.unwrap();
            let looked = setup.with(|world| world.calls("DescribeEndpoint")) > 0;
            assert_eq!(looked, served, "{reason}, frozen for {frozen} s");
        }
    }
}

#[tokio::test]
async fn an_input_right_after_an_unregistered_endpoint_was_scaled_in_is_served() {
    let setup = Setup::at_zero();
    setup.with(|world| {
        world.deregister_target(&id());
        world.scale_by_person(&id(), 1).unwrap();
        world.advance(Duration::from_secs(600));
    });
    setup.upload().await.unwrap();
    setup.with(|world| world.scale_by_person(&id(), 0).unwrap());
    setup.sim.advance(Duration::from_secs(90));
    setup.upload().await.unwrap();
    assert_eq!(setup.desired(), 1);
}

/// A command may name the variant where the route does not: it ends what was remembered all the
/// same.
#[tokio::test]
async fn an_input_after_a_forced_sleep_of_the_named_variant_is_served() {
    let setup = Setup::ready_to_sleep();
    setup.upload().await.unwrap();
    setup.with(|world| world.set_backlog_override(ENDPOINT, Some(zeros(world.now()))));
    let sleep = serde_json::json!({
        "action": "sleep", "endpoint": ENDPOINT, "variant": "AllTraffic", "force": true,
    });
    setup.send(&sleep).await.unwrap();
    assert_eq!(setup.desired(), 0);
    setup.sim.advance(Duration::from_secs(1));
    setup.send(&input(setup.sim.now())).await.unwrap();
    assert!(setup.within(3, |world| world.capacity(&id()).1 == 1).await);
}

/// An observe request leaves nothing in the memory that could affect a real input.
#[tokio::test]
async fn an_input_after_the_same_was_only_asked_about_is_served() {
    let setup = Setup::at_zero();
    setup.with(|world| crate::setup::plant_lease(world, 660));
    let event = input(setup.sim.now());
    let asked = serde_json::json!({ "action": "observe", "event": event });
    setup.send(&asked).await.unwrap();
    assert_eq!(setup.desired(), 0);
    setup.send(&event).await.unwrap();
    assert_eq!(setup.desired(), 1);
}

fn zeros(now: jiff::Timestamp) -> Vec<(jiff::Timestamp, f64)> {
    (2..12).map(|minutes| (now - jiff::SignedDuration::from_mins(minutes), 0.0)).collect()
}
