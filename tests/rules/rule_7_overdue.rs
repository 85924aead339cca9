//! Rule 7: every wait has a bound, and is reported from then on in the first minute of each hour.

use std::time::Duration;

use reactive_scaler::{handler::InvocationError, port::EndpointStatus};
use serde_json::{Value, json};

use crate::setup::{ENDPOINT, Setup, decision, plant_lease};

/// The minutes of the next `minutes` whose ticks fail, and the message of the last of these.
async fn failing_minutes(setup: &Setup, minutes: i64) -> (Vec<i64>, String) {
    let begin = setup.sim.now();
    let mut failing = Vec::new();
    let mut message = String::new();
    for _ in 0..minutes {
        setup.sim.advance(Duration::from_secs(60));
        let at = setup.sim.now().duration_since(begin).as_mins();
        if let Err(error) = setup.tick().await {
            failing.push(at);
            message = error.message;
        }
    }
    (failing, message)
}

/// Moves on to the first minute after a full hour.
fn to_minute_one(setup: &Setup) {
    let past = setup.sim.now().as_second() % 3600;
    let wait = u64::try_from(3600 - past + 60).unwrap();
    setup.sim.advance(Duration::from_secs(wait));
}

fn reason(answer: &Result<Value, InvocationError>) -> String {
    decision(answer).1
}

/// Puts a live lease, with its floor, on an endpoint that is up.
fn kept_awake(setup: &Setup) {
    setup.with(|world| plant_lease(world, 0));
}

#[tokio::test]
async fn a_metric_that_is_unknown_for_an_hour_fails_one_tick_an_hour() {
    let setup = Setup::ready_to_sleep();
    to_minute_one(&setup);
    kept_awake(&setup);
    setup.with(|world| world.set_backlog_override(ENDPOINT, Some(Vec::new())));
    setup.tick().await.unwrap();
    // From minute 60 on it has waited for an hour; the first minutes of hours are 59, 119, 179 from minute 1 on.
    let (failing, message) = failing_minutes(&setup, 180).await;
    assert_eq!(failing, [119, 179]);
    assert!(message.contains("ApproximateBacklogSize"), "{message}");
    assert_eq!(setup.desired(), 1, "unknown never sleeps");
    // Other calls are answered, also at the full hour.
    to_minute_one(&setup);
    setup.sim.advance(Duration::from_secs(59 * 60));
    setup.upload().await.unwrap();
    setup.send(&json!({ "action": "status", "endpoint": ENDPOINT })).await.unwrap();
    assert!(setup.tick().await.is_err());
    // The metric is back: it sleeps, and no tick fails.
    setup.with(|world| world.set_backlog_override(ENDPOINT, None));
    let (failing, _) = failing_minutes(&setup, 130).await;
    assert_eq!((failing, setup.desired()), (vec![], 0));
}

#[tokio::test]
async fn a_fresh_container_knows_by_the_age_of_the_metric_for_how_long_it_is_unknown() {
    for (age, fails) in [(59, false), (60, true)] {
        let mut setup = Setup::ready_to_sleep();
        to_minute_one(&setup);
        setup.sim.advance(Duration::from_secs(59 * 60));
        setup.with(|world| {
            plant_lease(world, 0);
            let newest = world.now() - jiff::SignedDuration::from_mins(age);
            world.set_backlog_override(ENDPOINT, Some(vec![(newest, 0.0)]));
        });
        setup.restart();
        assert_eq!(setup.tick().await.is_err(), fails, "{age} minutes");
        assert_eq!(setup.desired(), 1);
    }
}

#[tokio::test]
async fn capacity_that_does_not_come_is_reported_after_half_an_hour() {
    let setup = Setup::at_zero();
    to_minute_one(&setup);
    setup.with(|world| {
        world.endpoint_mut(ENDPOINT).pace.provisioning = Duration::from_secs(360_000)
    });
    setup.upload().await.unwrap();
    setup.tick().await.unwrap();
    for minute in 1..=31 {
        setup.sim.advance(Duration::from_secs(60));
        let answer = setup.tick().await;
        let expected = if minute < 30 { "on_the_way_up" } else { "no_capacity" };
        assert_eq!(reason(&answer), expected, "minute {minute}");
    }
    let (failing, message) = failing_minutes(&setup, 90).await;
    assert_eq!(failing, [28, 88]);
    assert!(message.contains("scaling activities"), "{message}");
    assert!(setup.lease_ends().unwrap() > setup.sim.now(), "the lease is still renewed");
    assert_eq!((setup.desired(), setup.min()), (1, 1));
}

#[tokio::test]
async fn a_status_that_stays_is_reported_after_an_hour() {
    for status in [
        EndpointStatus::OutOfService,
        EndpointStatus::UpdateRollbackFailed,
        EndpointStatus::SystemUpdating,
        EndpointStatus::Updating,
        EndpointStatus::RollingBack,
        EndpointStatus::Other,
    ] {
        let setup = Setup::ready_to_sleep();
        to_minute_one(&setup);
        kept_awake(&setup);
        setup.with(|world| world.set_status(ENDPOINT, status));
        setup.tick().await.unwrap();
        let (failing, message) = failing_minutes(&setup, 125).await;
        assert_eq!(failing, [119], "{status:?}");
        assert!(message.contains(status.as_str()), "{message}");
        assert_eq!(reason(&setup.tick().await), "not_in_service", "{status:?}");
        assert!(setup.lease_ends().unwrap() > setup.sim.now(), "the lease is still renewed");
        // In service again: the tick decides as usual and does not fail.
        setup.with(|world| world.set_status(ENDPOINT, EndpointStatus::InService));
        let (failing, _) = failing_minutes(&setup, 120).await;
        assert_eq!((failing, setup.desired()), (vec![], 0), "{status:?}");
    }
}

#[tokio::test]
async fn work_that_waits_for_a_status_at_zero_is_reported_after_an_hour() {
    let setup = Setup::at_zero();
    to_minute_one(&setup);
    setup.with(|world| {
        let lasting = Duration::from_secs(360_000);
        world.begin_status(ENDPOINT, EndpointStatus::SystemUpdating, lasting);
    });
    setup.upload().await.unwrap();
    let mut failing = Vec::new();
    for minute in 0..125 {
        setup.with(|world| world.set_backlog_override(ENDPOINT, Some(vec![(world.now(), 1.0)])));
        if setup.tick().await.is_err() {
            failing.push(minute);
        }
        setup.sim.advance(Duration::from_secs(60));
    }
    assert_eq!(failing, [119]);
    assert_eq!((setup.desired(), setup.min()), (0, 0), "no floor without an instance");
}
