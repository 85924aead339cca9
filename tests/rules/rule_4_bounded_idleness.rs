//! Rule 4: with no work and metrics readable, capacity is zero within idle window + metric lag +
//! three ticks. If the function is gone, AWS drops the floor at R.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{LEASE, WATCH},
    port::Suspended,
};
use serde_json::{Value, json};
use simulator::{ActionPut, Actor, Event, Fault, Settings, World};

use crate::{
    setup::{ENDPOINT, Setup, decision, id, plant_lease},
    two_at_once::killed_after,
};

fn first(world: &World, wanted: impl Fn(&Event) -> bool) -> Option<Timestamp> {
    world.journal.events().find(|(_, event)| wanted(event)).map(|(at, _)| at)
}

fn command(action: &str) -> Value {
    json!({ "action": action, "endpoint": ENDPOINT })
}

fn scheduled_scaling_suspended() -> Suspended {
    Suspended { scheduled: true, ..Suspended::default() }
}

fn zero_requested(world: &World) -> Option<Timestamp> {
    first(world, |event| matches!(event, Event::CapacityRequested { to: 0, .. }))
}

#[tokio::test]
async fn after_the_last_work_zero_is_asked_for_within_window_and_lag_and_never_within_the_window() {
    let minutes = |idle, job| format!(r#","idle_minutes":{idle},"job_minutes":{job}"#);
    for (fields, idle, jobs) in [
        (minutes(1, 1), 5, 1),
        (minutes(10, 1), 10, 1),
        (minutes(1, 8), 10, 7),
        (String::new(), 17, 1),
        (minutes(30, 15), 30, 2),
        (minutes(10, 58), 60, 1),
    ] {
        let setup = Setup::with_routes(&format!(r#"[{{"endpoint":"my-endpoint"{fields}}}]"#));
        for _ in 0..jobs {
            setup.upload().await.unwrap();
        }
        let last_input = setup.sim.now();
        setup.minutes(120).await;
        setup.with(|world| {
            assert_eq!(world.completed(ENDPOINT), jobs);
            let in_service = first(world, |event| matches!(event, Event::InService(..))).unwrap();
            let last_done = world
                .journal
                .events()
                .filter(|(_, event)| matches!(event, Event::Completed(_)))
                .map(|(at, _)| at)
                .last()
                .unwrap();
            let zero = zero_requested(world).unwrap();
            // From whichever came last: the idle window starts in service, and work extends it.
            let from = in_service.max(last_done);
            // Lag: the metric's own two minutes and the period it is of.
            let longest = SignedDuration::from_mins(idle + 3 + 3);
            let waited = zero.duration_since(from);
            assert!(waited <= longest, "idle {idle}, {jobs} jobs: {waited:#}");
            assert!(zero.duration_since(last_input) > SignedDuration::from_mins(idle));
            assert!(zero > last_done);
        });
    }
}

#[tokio::test]
async fn an_endpoint_that_somebody_else_woke_is_put_to_sleep_too() {
    let setup = Setup::at_zero();
    setup.with(|world| world.scale_by_person(&id(), 2).unwrap());
    setup.minutes(30).await;
    assert_eq!((setup.desired(), setup.min()), (0, 0));
}

#[tokio::test]
async fn without_the_function_aws_removes_the_floor_at_r_and_a_policy_scales_in() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    let release = setup.lease_ends().unwrap() + WATCH;
    setup.with(|world| world.set_alarm_low(&id(), true));
    setup.sim.advance_to(release - Duration::from_secs(1));
    assert_eq!((setup.min(), setup.desired()), (1, 1));
    setup.sim.advance_to(release);
    assert_eq!(setup.min(), 0);
    setup.sim.advance(Duration::from_secs(60));
    assert_eq!(setup.desired(), 0);
    let scaled_in = setup.with(|world| {
        first(world, |event| {
            matches!(event, Event::CapacityRequested { to: 0, by: Actor::AutoScaling, .. })
        })
    });
    assert!(scaled_in.is_some());
}

#[tokio::test]
async fn without_a_policy_the_floor_is_removed_and_the_instance_stays() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    setup.sim.advance(Duration::from_secs(3600));
    assert_eq!((setup.min(), setup.desired()), (0, 1));
}

#[tokio::test]
async fn a_function_that_comes_back_adopts_and_puts_to_sleep() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    setup.sim.advance(Duration::from_secs(2 * 3600));
    setup.minutes(25).await;
    assert_eq!((setup.min(), setup.desired()), (0, 0));
}

#[tokio::test]
async fn a_hold_keeps_the_endpoint_awake_until_its_end() {
    let setup = Setup::at_zero();
    let hold = json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 120 });
    setup.send(&hold).await.unwrap();
    let asked = setup.sim.now();
    setup.minutes(150).await;
    assert_eq!((setup.min(), setup.desired()), (0, 0));
    let zero = setup.with(|world| zero_requested(world)).unwrap();
    let kept = zero.duration_since(asked);
    assert!(kept >= SignedDuration::from_mins(120), "{kept:#}");
    assert!(kept <= SignedDuration::from_mins(120 + 3 + 3), "{kept:#}");
}

#[tokio::test]
async fn after_a_release_the_endpoint_is_scaled_in_on_evidence() {
    let setup = Setup::at_zero();
    setup.send(&command("hold")).await.unwrap();
    setup.minutes(20).await;
    assert_eq!(setup.desired(), 1);
    setup.send(&command("release")).await.unwrap();
    setup.minutes(2).await;
    assert_eq!((setup.min(), setup.desired()), (0, 0));
}

#[tokio::test]
async fn no_floor_outlives_suspended_scheduled_scaling() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    assert_eq!(setup.min(), 1);
    setup.with(|world| world.suspend(&id(), scheduled_scaling_suspended()));
    setup.minutes(1).await;
    assert_eq!(setup.min(), 0);
}

/// Both at once is a limit of the design: without a record, the floor counts as the user's.
#[tokio::test]
async fn a_floor_that_aws_missed_during_an_outage_is_reported_and_not_changed() {
    for (unreadable, expected) in [(false, (0, 0)), (true, (1, 1))] {
        let setup = Setup::at_zero();
        setup.upload().await.unwrap();
        setup.minutes(5).await;
        let release = setup.lease_ends().unwrap() + WATCH;
        setup.with(|world| {
            world.suspend(&id(), scheduled_scaling_suspended());
            if unreadable {
                let (from, until) = (world.now(), release + Duration::from_secs(60));
                for listing in ["DescribeScalableTargets", "DescribeScheduledActions"] {
                    world.faults.fail_between(listing, Fault::NoAnswer, from, until);
                }
            }
        });
        while setup.sim.now() < release {
            setup.sim.advance(Duration::from_secs(60));
            assert_eq!(setup.tick().await.is_err(), unreadable);
        }
        setup.with(|world| world.suspend(&id(), Default::default()));
        setup.minutes(30).await;
        assert_eq!((setup.min(), setup.desired()), expected);
        if unreadable {
            let (action, reason) = decision(&setup.tick().await);
            assert_eq!((action.as_str(), reason.as_str()), ("none", "min_capacity_set"));
        }
    }
}

#[tokio::test]
async fn a_container_that_dies_while_a_hold_is_let_go_leaks_no_floor() {
    let forced = json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true });
    for ends in [command("release"), forced] {
        for calls in 1.. {
            let setup = Setup::at_zero();
            setup.send(&command("hold")).await.unwrap();
            // In service, with the hold alone to keep it awake.
            setup.with(|world| world.advance(Duration::from_secs(15 * 60)));
            assert_eq!((setup.desired(), setup.min(), setup.lease_ends()), (1, 1, None));
            if !killed_after(&setup.sim, calls, setup.send(&ends)).await {
                assert!(calls > 4, "{ends} has at least five calls");
                break;
            }
            setup.minutes(90).await;
            assert_eq!((setup.desired(), setup.min()), (0, 0), "{ends}, after {calls} calls");
        }
    }
}

/// Until the lease is written, the hold is the only record of the floor.
#[tokio::test]
async fn a_hold_stays_where_the_lease_that_would_follow_it_cannot_be_written() {
    let forced = json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true });
    for ends in [command("release"), forced] {
        let faults = [Fault::AccessDenied, Fault::NoAnswer, Fault::Concurrent];
        for (fault, attempts) in faults.into_iter().zip([1, 1, 4]) {
            let setup = Setup::at_zero();
            setup.send(&command("hold")).await.unwrap();
            setup.with(|world| {
                world.advance(Duration::from_secs(15 * 60));
                world.faults.fail_next("PutScheduledAction", fault.clone(), attempts);
            });
            let failed = format!("{:?}", setup.send(&ends).await.unwrap_err());
            assert!(failed.contains("PutScheduledAction on"), "{failed}");
            assert_eq!((setup.desired(), setup.min()), (1, 1), "{ends}, {fault:?}");
            setup.send(&ends).await.unwrap();
            setup.minutes(10).await;
            assert_eq!((setup.desired(), setup.min()), (0, 0), "{ends}, {fault:?}");
        }
    }
}

/// AWS would miss the record at R. As long as something of it can be read and written, it is kept until its
/// floor can be put back.
#[tokio::test]
async fn a_record_is_kept_until_its_floor_can_be_put_back() {
    for (operation, instances) in [("RegisterScalableTarget", 1), ("DescribeScalableTargets", 3)] {
        let setup = Setup::ready_to_sleep();
        let release = setup.lease_ends().unwrap() + WATCH;
        setup.with(|world| {
            world.scale_by_person(&id(), instances).unwrap();
            world.suspend(&id(), scheduled_scaling_suspended());
            let (from, until) = (world.now(), release + Duration::from_secs(21 * 60));
            world.faults.fail_between(operation, Fault::NoAnswer, from, until);
        });
        while setup.sim.now() < release + Duration::from_secs(19 * 60) {
            setup.sim.advance(Duration::from_secs(60));
            setup.tick().await.unwrap_err();
            assert!(setup.lease_ends().is_some(), "{operation}: a record stands");
        }
        setup.minutes(20).await;
        assert_eq!((setup.desired(), setup.min()), (0, 0), "{operation}");
    }
}

/// `at()` may run up to a minute late: scheduled scaling that is suspended within it makes AWS miss a record
/// whose R has passed.
#[tokio::test]
async fn a_record_that_is_missed_just_after_its_r_leaves_no_floor() {
    for (instances, max, left) in [(0, 4, 0), (1, 4, 0), (3, 2, 1)] {
        let settings =
            Settings { schedule_lateness: Duration::from_secs(60), ..Settings::default() };
        let setup = Setup::with_settings(settings);
        setup.with(|world| {
            world.scale_by_person(&id(), instances).unwrap();
            world.advance(Duration::from_secs(15 * 60));
            world.set_bounds(&id(), i32::from(instances > 0), 4);
            world.set_bounds(&id(), 1, max);
            plant_lease(world, -598);
            world.advance(Duration::from_secs(10));
            world.suspend(&id(), scheduled_scaling_suspended());
        });
        let before = (setup.desired(), setup.min());
        setup.tick().await.unwrap();
        assert_eq!((setup.desired(), setup.min()), (before.0, left), "{instances} of {max}");
        // The remaining floor counts as the function's, and is removed when the suspension ends.
        setup.minutes(5).await;
        setup.with(|world| world.suspend(&id(), Suspended::default()));
        setup.minutes(40).await;
        assert_eq!((setup.desired(), setup.min()), (0, 0), "{instances} of {max}");
    }
}

/// It is read out of turn, because there can be no other tick before AWS runs the record.
#[tokio::test]
async fn a_record_that_is_missed_just_after_its_r_is_read_out_of_turn() {
    let others = (0..60).map(|n| format!(r#"{{"endpoint":"other-{n}"}}"#));
    let routes: Vec<_> =
        [r#"{"endpoint":"my-endpoint"}"#.to_owned()].into_iter().chain(others).collect();
    let routes = format!("[{}]", routes.join(","));
    // Of two minutes in a row, one at least is not its turn.
    for minute in [0, 1] {
        let settings =
            Settings { schedule_lateness: Duration::from_secs(60), ..Settings::default() };
        let setup = Setup::on(&routes, settings);
        setup.with(|world| {
            world.advance(Duration::from_secs(60 * minute));
            world.set_bounds(&id(), 1, 4);
            plant_lease(world, -598);
            world.advance(Duration::from_secs(10));
            world.suspend(&id(), scheduled_scaling_suspended());
        });
        setup.tick().await.unwrap();
        assert_eq!(setup.min(), 0, "minute {minute}");
    }
}

/// An input wakes between the look and the put of a tick that cannot see the endpoint, and keeps the record that
/// runs out: the put replaces the input's floor record, and nothing would drop its floor.
#[tokio::test]
async fn a_tick_that_cannot_read_the_endpoint_keeps_a_floor_record_for_the_floor_of_an_input() {
    let setup = Setup::at_zero();
    setup.with(|world| {
        let release = world.now() + Duration::from_secs(120);
        let plain = ActionPut::once(LEASE, release, None, Some(4));
        world.plant_action(&id(), &plain);
        world.faults.fail_next("DescribeEndpoint", Fault::NoAnswer, 1);
        world.before_call("PutScheduledAction", 1, move |world, _| {
            let floor = ActionPut::once(LEASE, release + Duration::from_secs(900), Some(0), None);
            world.plant_action(&id(), &floor);
            world.scale_by_person(&id(), 1).unwrap();
            world.set_bounds(&id(), 1, 4);
        });
    });
    setup.tick().await.unwrap_err();
    setup.with(|world| {
        let lease = world.action(&id(), LEASE).unwrap().action;
        assert_eq!((world.target(&id()).unwrap().min, lease.min), (1, Some(0)), "{lease:?}");
    });
}
