//! Rule 1 around R, when AWS lowers the floor of an ended record. If an input treated that floor as the
//! user's, AWS would lower it and the wake would be lost.

use std::time::Duration;

use reactive_scaler::{lease::WATCH, port::Suspended};
use serde_json::json;
use simulator::{Fault, Settings};

use crate::setup::{ENDPOINT, Setup, decision, id, input, plant_lease, serve};

const MINUTE: Duration = Duration::from_secs(60);

/// `at()` has a resolution of a minute, so the floor of a record that has just ended can still exist until AWS
/// removes it.
#[tokio::test]
async fn an_input_between_the_release_and_the_fall_of_the_floor_takes_a_lease() {
    let late = Duration::from_secs(60);
    for after in [0, 1, 59, 60] {
        for request in ["input", "wake"] {
            let settings = Settings { schedule_lateness: late, ..Settings::default() };
            let mut setup = Setup::with_settings(settings);
            setup.upload().await.unwrap();
            // No tick comes, and a policy's alarm-low waits for the floor to go.
            let release = setup.lease_ends().unwrap() + WATCH;
            setup.with(|world| world.set_alarm_low(&id(), true));
            setup.sim.advance_to(release + Duration::from_secs(after));
            setup.restart();
            match request {
                "input" => setup.upload().await.unwrap(),
                _ => setup.send(&json!({ "action": "wake", "endpoint": ENDPOINT })).await.unwrap(),
            };
            assert!(setup.lease_ends().is_some(), "{request} after {after} s");
            setup.sim.advance(late + Duration::from_secs(60));
            assert_eq!((setup.min(), setup.desired()), (1, 1), "{request} after {after} s");
        }
    }
}

/// Long after R, the minimum is the user's, because no record of the function can lower it.
#[tokio::test]
async fn a_min_capacity_next_to_a_long_ended_record_belongs_to_a_user() {
    let settings = Settings { keep_past_actions: true, ..Settings::default() };
    let setup = Setup::with_settings(settings);
    setup.upload().await.unwrap();
    let release = setup.lease_ends().unwrap() + WATCH;
    setup.sim.advance_to(release + Duration::from_secs(121));
    setup.with(|world| world.set_bounds(&id(), 1, 4));
    let answer = serve(&setup.cold(), &setup.sim, &input(setup.sim.now())).await;
    let (_, reason) = decision(&answer);
    assert_eq!((reason.as_str(), setup.lease_ends()), ("min_capacity_set", None));
}

/// Suspended, scheduled scaling misses the record: the input that comes then puts the floor back at once.
#[tokio::test]
async fn an_input_right_after_a_missed_record_puts_the_floor_back() {
    let setup = Setup::with_settings(Settings { keep_past_actions: true, ..Settings::default() });
    setup.upload().await.unwrap();
    let release = setup.lease_ends().unwrap() + WATCH;
    let scheduled = Suspended { scheduled: true, ..Suspended::default() };
    setup.with(|world| world.suspend(&id(), scheduled));
    setup.sim.advance_to(release + Duration::from_secs(30));
    assert_eq!(setup.min(), 1);
    setup.upload().await.unwrap();
    assert_eq!((setup.min(), setup.desired()), (0, 1));
    assert!(setup.lease_ends().is_some());
}

/// A floor that is read first can be removed together with its last record before the records are read.
#[tokio::test]
async fn an_input_that_reads_while_the_floor_is_removed_writes_a_lease() {
    for request in ["input", "wake", "hold"] {
        let setup = Setup::ready_to_sleep();
        setup.with(|world| {
            world.set_alarm_low(&id(), true);
            plant_lease(world, -597);
            world.after_call("DescribeScalableTargets", 1, |world, _| {
                world.advance(Duration::from_secs(5));
            });
        });
        match request {
            "input" => setup.upload().await.unwrap(),
            _ => setup.send(&json!({ "action": request, "endpoint": ENDPOINT })).await.unwrap(),
        };
        setup.sim.advance(MINUTE);
        assert_eq!((setup.min(), setup.desired()), (1, 1), "{request}");
    }
}

/// A user's floor is read twice, and still counts as the user's.
#[tokio::test]
async fn a_users_min_capacity_leads_to_one_more_read_and_no_lease() {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| {
        world.advance(15 * MINUTE);
        world.set_bounds(&id(), 1, 4);
        world.clear_calls();
    });
    let (_, reason) = decision(&setup.upload().await);
    assert_eq!((reason.as_str(), setup.lease_ends()), ("min_capacity_set", None));
    assert_eq!(setup.with(|world| world.calls("DescribeScalableTargets")), 2);
    assert_eq!(setup.with(|world| world.calls_total()), 4);
}

/// Where it cannot be read again, the caller is to try again.
#[tokio::test]
async fn an_input_that_cannot_read_the_floor_again_fails() {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| {
        world.advance(15 * MINUTE);
        world.set_bounds(&id(), 1, 4);
        world.faults.fail_nth("DescribeScalableTargets", 2, Fault::AccessDenied);
    });
    let failed = setup.upload().await.unwrap_err();
    assert!(failed.message.contains("DescribeScalableTargets"), "{failed:?}");
}

/// A container that is frozen for minutes between its reads does not take the floor for a user's.
#[tokio::test]
async fn an_input_whose_records_are_over_before_it_looks_at_them_takes_a_lease() {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| {
        world.set_alarm_low(&id(), true);
        plant_lease(world, -540);
        world.after_call("DescribeScheduledActions", 1, |world, _| world.advance(5 * MINUTE));
    });
    setup.upload().await.unwrap();
    assert!(setup.lease_ends().is_some());
    assert!(setup.within(2, |world| world.capacity(&id()).1 == 1).await);
}

/// The record that is kept where a floor cannot be put back is no earlier than the one that was just written.
#[tokio::test]
async fn a_floor_that_cannot_be_put_back_shortens_no_lease() {
    let (ours, theirs) = (360, 900);
    for renewed_meanwhile in [false, true] {
        let setup = Setup::ready_to_sleep();
        setup.with(|world| {
            plant_lease(world, -500);
            world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
            world.faults.fail_next("RegisterScalableTarget", Fault::NoAnswerAfterEffect, 1);
            if renewed_meanwhile {
                world.after_call("RegisterScalableTarget", 1, move |world, _| {
                    plant_lease(world, theirs);
                });
            }
        });
        let asked = setup.sim.now();
        setup.upload().await.unwrap_err();
        let ends_in = setup.lease_ends().unwrap().duration_since(asked).as_secs();
        let least = if renewed_meanwhile { theirs } else { ours };
        assert!(ends_in >= least, "renewed meanwhile {renewed_meanwhile}: {ends_in} s");
    }
}

/// A sleep with a stale read of the lease does not shorten the lease.
#[tokio::test]
async fn a_sleep_that_cannot_take_the_floor_shortens_no_lease() {
    let sleep = json!({ "action": "sleep", "endpoint": ENDPOINT });
    for payload in [sleep, json!({ "action": "tick" })] {
        let setup = Setup::ready_to_sleep();
        setup.with(|world| {
            plant_lease(world, -500);
            world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
            world.faults.fail_next("RegisterScalableTarget", Fault::NoAnswer, 1);
            world.after_call("RegisterScalableTarget", 1, |world, _| plant_lease(world, 900));
        });
        let asked = setup.sim.now();
        setup.send(&payload).await.unwrap_err();
        let ends_in = setup.lease_ends().unwrap().duration_since(asked).as_secs();
        assert!(ends_in >= 900, "{payload}: {ends_in} s");
    }
}
