//! The function keeps the owner's settings: `MinCapacity`, `MaxCapacity`, and the minimum of a schedule. It leaves no
//! floor behind.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{HOLD, LEASE, NO_FLOOR, WATCH},
    port::{EndpointStatus, Suspended},
};
use serde_json::json;
use simulator::{ActionPut, World};

use crate::{
    setup::{CAPACITY, ENDPOINT, Setup, decision, id, input, plant_lease, serve, tick},
    two_at_once::in_the_middle,
};

/// Sets the bounds as RegisterScalableTarget of the owner does: capacity below the minimum is raised.
fn owner_sets(setup: &Setup, min: i32, max: i32) {
    setup.with(|world| {
        let bounds =
            simulator::Registration { min: Some(min), max: Some(max), ..Default::default() };
        world.register_scalable_target(&id(), bounds).unwrap();
    });
}

fn bounds(setup: &Setup) -> (i32, i32) {
    setup.with(|world| world.target(&id()).map(|target| (target.min, target.max))).unwrap()
}

/// Scheduled actions in the future that would change `MinCapacity`.
fn floor_records(setup: &Setup) -> Vec<&'static str> {
    let drops = |world: &mut World, name| {
        let state = world.action(&id(), name);
        state.is_some_and(|state| state.action.min == Some(0) && state.runs_at > Some(world.now()))
    };
    setup.with(|world| {
        [LEASE, HOLD, NO_FLOOR].into_iter().filter(|name| drops(world, name)).collect()
    })
}

/// An endpoint that has just been put to zero by a tick; SageMaker is still busy with it.
async fn just_scaled_in() -> Setup {
    let setup = Setup::ready_to_sleep();
    setup.tick().await.unwrap();
    assert_eq!((setup.desired(), setup.min()), (0, 0));
    setup
}

#[tokio::test]
async fn a_minimum_that_the_owner_sets_after_a_sleep_stays() {
    for (min, after) in [(1, 0), (1, 30), (1, 90), (1, 400), (2, 30), (2, 400)] {
        let setup = just_scaled_in().await;
        setup.sim.advance(Duration::from_secs(after));
        owner_sets(&setup, min, 4);
        setup.minutes(60).await;
        assert_eq!(bounds(&setup), (min, 4), "{min} after {after} s");
        // Application Auto Scaling changes no capacity while SageMaker is busy: the tick does.
        assert_eq!(setup.desired(), min, "{min} after {after} s");
    }
}

#[tokio::test]
async fn a_minimum_of_two_is_not_undone_by_a_live_record() {
    for record in ["lease", "hold"] {
        let setup = Setup::at_zero();
        setup.upload().await.unwrap();
        if record == "hold" {
            let hold = json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 30 });
            setup.send(&hold).await.unwrap();
        }
        setup.minutes(8).await;
        owner_sets(&setup, 2, 4);
        setup.minutes(60).await;
        assert_eq!(bounds(&setup), (2, 4), "{record}");
        assert_eq!(floor_records(&setup), Vec::<&str>::new(), "{record}");
    }
}

#[tokio::test]
async fn a_release_schedules_nothing_against_the_owners_minimum() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    setup.minutes(8).await;
    owner_sets(&setup, 2, 4);
    setup.send(&json!({ "action": "release", "endpoint": ENDPOINT })).await.unwrap();
    setup.minutes(30).await;
    assert_eq!(bounds(&setup), (2, 4));
}

#[tokio::test]
async fn a_minimum_of_an_office_hours_schedule_stays_at_the_leases_end() {
    let setup = Setup::at_zero();
    setup.with(|world| {
        let schedule = Some("cron(0 9 ? * MON-FRI *)".to_owned());
        let bounds = Some((Some(1), None));
        let name = "office-hours".to_owned();
        world.plant_action(&id(), &ActionPut { name, schedule, timezone: None, bounds });
    });
    setup.upload().await.unwrap();
    assert_eq!((setup.desired(), setup.min()), (1, 0), "no floor beside the owner's schedule");
    assert_eq!(floor_records(&setup), Vec::<&str>::new());
    setup.minutes(8).await;
    // The schedule has run.
    owner_sets(&setup, 1, 4);
    setup.minutes(60).await;
    assert_eq!(bounds(&setup), (1, 4));
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn a_schedule_that_appears_takes_the_place_of_our_floor() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    setup.minutes(8).await;
    assert_eq!(setup.min(), 1);
    setup.with(|world| {
        let put = ActionPut {
            name: "office-hours".into(),
            schedule: Some("cron(0 9 ? * MON-FRI *)".into()),
            timezone: Some("Europe/Berlin".into()),
            bounds: Some((Some(1), None)),
        };
        world.plant_action(&id(), &put);
    });
    setup.minutes(2).await;
    assert_eq!(setup.min(), 0);
    assert_eq!(floor_records(&setup), Vec::<&str>::new());
    owner_sets(&setup, 1, 4);
    setup.minutes(40).await;
    assert_eq!(bounds(&setup), (1, 4));
}

#[tokio::test]
async fn a_past_one_time_schedule_of_the_owner_does_not_prevent_the_floor() {
    // 14:00 UTC is 23:00 in Tokyo: as UTC it would be ahead.
    for (zone, hours, floor) in
        [("Asia/Tokyo", 8, 1), ("Asia/Tokyo", 10, 0), ("UTC", -1, 1), ("UTC", 1, 0)]
    {
        let setup = Setup::at_zero();
        setup.with(|world| {
            let local: Timestamp = world.now() + SignedDuration::from_hours(hours);
            let once = ActionPut::once("once", local, Some(1), None);
            let put = ActionPut { timezone: Some(zone.into()), ..once };
            world.plant_action(&id(), &put);
        });
        setup.upload().await.unwrap();
        assert_eq!(setup.min(), floor, "{zone} {hours}");
    }
}

#[tokio::test]
async fn a_maximum_that_the_owner_changes_after_a_sleep_stays() {
    for after in [30, 300, 500, 560, 590] {
        let setup = just_scaled_in().await;
        for _ in 0..after / 60 {
            setup.minutes(1).await;
        }
        setup.sim.advance(Duration::from_secs(after % 60));
        owner_sets(&setup, 0, 2);
        setup.minutes(30).await;
        assert_eq!(bounds(&setup), (0, 2), "{after} s");
        assert_eq!(setup.desired(), 0);
    }
}

#[tokio::test]
async fn a_maximum_that_the_owner_changes_stays_while_each_tick_is_refused_capacity() {
    for after in [1, 3, 6] {
        let setup = just_scaled_in().await;
        setup.minutes(after).await;
        owner_sets(&setup, 0, 2);
        setup.with(|world| world.set_quota(ENDPOINT, Some(0)));
        setup.upload().await.unwrap_err();
        // The ticks request capacity each minute. Meanwhile the time of what cancels floor records comes.
        setup.minutes(20).await;
        assert_eq!((bounds(&setup), setup.desired()), ((0, 2), 0), "{after} minutes");
    }
}

#[tokio::test]
async fn a_maximum_that_the_owner_changes_stays_while_each_tick_renews_the_lease() {
    let setup = just_scaled_in().await;
    setup.minutes(7).await;
    owner_sets(&setup, 0, 2);
    setup.upload().await.unwrap();
    setup.with(|world| world.set_status(ENDPOINT, EndpointStatus::Updating));
    // Ticks that are a little more than a minute apart. Meanwhile the time of what cancels floor records comes.
    for _ in 0..6 {
        setup.sim.advance(Duration::from_secs(61));
        setup.tick().await.unwrap();
    }
    assert_eq!(bounds(&setup), (1, 2));
}

#[tokio::test]
async fn where_capacity_is_refused_a_lease_is_written_and_no_floor() {
    let setup = Setup::at_zero();
    setup.with(|world| world.set_quota(ENDPOINT, Some(0)));
    setup.upload().await.unwrap_err();
    assert!(setup.lease_ends().is_some(), "the lease remembers the work");
    assert_eq!((setup.desired(), setup.min()), (0, 0));
    assert_eq!(floor_records(&setup), Vec::<&str>::new());
    // The owner's minimum is the owner's from the beginning.
    setup.with(|world| world.set_quota(ENDPOINT, None));
    owner_sets(&setup, 1, 4);
    setup.minutes(60).await;
    assert_eq!((bounds(&setup), setup.desired()), ((1, 4), 1));
}

#[tokio::test]
async fn an_endpoint_that_iam_forbids_to_scale_gets_no_floor() {
    let setup = Setup::at_zero();
    let denied = simulator::Fault::AccessDenied;
    setup.with(|world| world.faults.fail_next(CAPACITY, denied, 100));
    setup.upload().await.unwrap_err();
    assert!(setup.tick().await.is_err());
    let floors = |writes: Vec<(simulator::Operation, String)>| {
        writes
            .into_iter()
            .filter(|(of, _)| *of == simulator::Operation::RegisterScalableTarget)
            .count()
    };
    assert_eq!((setup.min(), floors(setup.writes())), (0, 0));
    assert_eq!(floor_records(&setup), Vec::<&str>::new());
}

#[tokio::test]
async fn an_owners_minimum_is_served_where_sagemaker_was_busy() {
    let setup = just_scaled_in().await;
    // An input while SageMaker is busy with the way down: its lease is live.
    setup.upload().await.unwrap();
    assert_eq!(setup.desired(), 0);
    owner_sets(&setup, 2, 4);
    assert_eq!(setup.desired(), 0, "Application Auto Scaling changes no capacity now");
    assert!(setup.within(3, |world| world.capacity(&id()).1 == 2).await);
    setup.minutes(60).await;
    assert_eq!((bounds(&setup), setup.desired()), ((2, 4), 2));
}

#[tokio::test]
async fn an_owners_minimum_stays_where_the_endpoint_is_woken_while_a_tick_writes() {
    let setup = Setup::at_zero();
    setup.with(|world| world.set_quota(ENDPOINT, Some(0)));
    setup.upload().await.unwrap_err();
    setup.with(|world| {
        world.set_quota(ENDPOINT, None);
        world.set_status(ENDPOINT, EndpointStatus::Updating);
    });
    owner_sets(&setup, 1, 2);
    assert_eq!(setup.desired(), 0);
    // The tick rewrites the record for the new MaxCapacity. Before it looks again, the change of status has led to a
    // request for the owner's minimum.
    setup.with(|world| {
        world.after_call("PutScheduledAction", 1, |world, _| {
            world.set_status(ENDPOINT, EndpointStatus::InService);
            let one = [(id().variant, Some(1))];
            world.update_endpoint_weights_and_capacities(ENDPOINT, &one).unwrap();
        });
    });
    setup.tick().await.unwrap();
    assert_eq!(setup.desired(), 1);
    setup.minutes(60).await;
    assert_eq!((bounds(&setup), setup.desired()), ((1, 2), 1));
}

#[tokio::test]
async fn an_owners_minimum_that_is_taken_back_leaves_an_endpoint_that_sleeps() {
    let setup = just_scaled_in().await;
    setup.minutes(3).await;
    owner_sets(&setup, 1, 4);
    setup.minutes(30).await;
    owner_sets(&setup, 0, 4);
    setup.minutes(40).await;
    assert_eq!((bounds(&setup), setup.desired()), ((0, 4), 0));
}

#[tokio::test]
async fn two_inputs_at_once_leave_no_floor_that_counts_as_the_owners() {
    let setup = Setup::at_zero();
    // The second finds the endpoint busy with the first, and writes its lease before the first raises the floor.
    let second = setup.cold();
    setup.with(|world| {
        world.before_call("RegisterScalableTarget", 1, |world, _| plant_lease(world, 600));
    });
    setup.upload().await.unwrap();
    crate::setup::serve(&second, &setup.sim, &crate::setup::input(setup.sim.now())).await.unwrap();
    assert_eq!((setup.desired(), setup.min()), (1, 1));
    setup.minutes(60).await;
    assert_eq!((bounds(&setup), setup.desired()), ((0, 4), 0), "it sleeps");
}

#[tokio::test]
async fn after_a_crash_between_any_two_writes_of_a_sleep_the_owners_minimum_stays() {
    // The function is gone after so many writes; the owner acts, then the next ticks come.
    for writes in 1..=3 {
        let setup = Setup::ready_to_sleep();
        let operation = ["RegisterScalableTarget", "PutScheduledAction", CAPACITY][writes - 1];
        let dead = simulator::Fault::NoAnswerAfterEffect;
        setup.with(|world| {
            world.faults.fail_next(operation, dead, 1);
            world.after_call(operation, 1, |world, _| {
                for gone in
                    ["DescribeEndpoint", "DescribeScalableTargets", "DescribeScheduledActions"]
                {
                    world.faults.fail_next(gone, simulator::Fault::ServerError, 1);
                }
            });
        });
        setup.tick().await.unwrap_err();
        setup.with(|world| world.faults.clear());
        // One tick puts the records right before the owner acts.
        setup.minutes(2).await;
        owner_sets(&setup, 1, 4);
        setup.minutes(60).await;
        assert_eq!(bounds(&setup).0, 1, "after {operation}");
    }
}

#[tokio::test]
async fn under_the_owners_minimum_an_input_fails_where_it_cannot_be_served() {
    let setup = Setup::at_zero();
    setup.with(|world| world.set_status(ENDPOINT, EndpointStatus::Updating));
    setup.with(|world| world.set_bounds(&id(), 1, 4));
    let answer = setup.upload().await;
    assert!(answer.is_err(), "{:?}", decision(&answer));
}

/// While scheduled scaling is suspended, a tick extends the lease without a floor. If the suspension ends meanwhile
/// and an input raises the floor, the lease must drop it.
#[tokio::test]
async fn a_floor_that_an_input_raises_while_a_tick_extends_the_lease_without_one_is_dropped() {
    for calls in 1..8 {
        let setup = Setup::ready_to_sleep();
        setup.with(|world| {
            world.set_bounds(&id(), 0, 4);
            let release = world.now() - SignedDuration::from_mins(1) + WATCH;
            world.plant_action(&id(), &ActionPut::once(LEASE, release, None, Some(4)));
            world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
            let busy = |minutes| (world.now() - SignedDuration::from_mins(minutes), 3.0);
            let points = (0..10).map(busy).collect();
            world.set_backlog_override(ENDPOINT, Some(points));
        });
        let (other, tick, event) = (setup.cold(), tick(), input(setup.sim.now()));
        let served = async {
            setup.with(|world| world.suspend(&id(), Suspended::default()));
            serve(&other, &setup.sim, &event).await.unwrap();
            assert_eq!(setup.min(), 1);
        };
        let Some((answer, ())) =
            in_the_middle(&setup.sim, (calls, setup.send(&tick)), served).await
        else {
            continue;
        };
        answer.unwrap();
        setup.with(|world| world.set_backlog_override(ENDPOINT, None));
        setup.minutes(60).await;
        assert_eq!((setup.desired(), setup.min()), (0, 0), "after {calls} calls");
    }
}

/// The action that cancels records that are over must not run, although another record still stands: the owner can have
/// changed `MaxCapacity` since the last tick.
#[tokio::test]
async fn what_cancels_floor_records_is_deleted_before_its_time_beside_another_record() {
    let setup = Setup::at_zero();
    setup.with(|world| {
        world.set_bounds(&id(), 0, 0);
        let (due, later) =
            (world.now() + Duration::from_secs(150), world.now() + Duration::from_secs(1500));
        world.plant_action(&id(), &ActionPut::once(NO_FLOOR, due, None, Some(0)));
        world.plant_action(&id(), &ActionPut::once(LEASE, later, None, Some(0)));
    });
    setup.tick().await.unwrap();
    setup.with(|world| {
        world.set_bounds(&id(), 0, 4);
        world.advance(Duration::from_secs(180));
    });
    assert_eq!(setup.with(|world| world.target(&id()).unwrap().max), 4);
}
