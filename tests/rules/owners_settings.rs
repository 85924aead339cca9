//! What the owner sets stays: `MinCapacity`, `MaxCapacity`, and the minimum that a schedule sets. And no floor
//! of ours is left behind.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{HOLD, LEASE, NO_FLOOR, WATCH},
    port::{EndpointStatus, Suspended},
};
use serde_json::json;
use simulator::{ActionPut, World};

use crate::{
    stage::{CAPACITY, ENDPOINT, Stage, decision, id, input, plant_lease, serve, tick},
    two_at_once::in_the_middle,
};

/// Sets the bounds as RegisterScalableTarget of the owner does: capacity below the minimum is raised.
fn owner_sets(stage: &Stage, min: i32, max: i32) {
    stage.with(|world| {
        let bounds =
            simulator::Registration { min: Some(min), max: Some(max), ..Default::default() };
        world.register_scalable_target(&id(), bounds).unwrap();
    });
}

fn bounds(stage: &Stage) -> (i32, i32) {
    stage.with(|world| world.target(&id()).map(|target| (target.min, target.max))).unwrap()
}

/// What lies ahead and would change `MinCapacity`.
fn floor_records(stage: &Stage) -> Vec<&'static str> {
    let drops = |world: &mut World, name| {
        let state = world.action(&id(), name);
        state.is_some_and(|state| state.action.min == Some(0) && state.runs_at > Some(world.now()))
    };
    stage.with(|world| {
        [LEASE, HOLD, NO_FLOOR].into_iter().filter(|name| drops(world, name)).collect()
    })
}

/// An endpoint that has just been put to zero by a tick; SageMaker is still busy with it.
async fn just_asleep() -> Stage {
    let stage = Stage::ready_to_sleep();
    stage.tick().await.unwrap();
    assert_eq!((stage.desired(), stage.min()), (0, 0));
    stage
}

#[tokio::test]
async fn a_minimum_that_the_owner_sets_after_a_sleep_stays() {
    for (min, after) in [(1, 0), (1, 30), (1, 90), (1, 400), (2, 30), (2, 400)] {
        let stage = just_asleep().await;
        stage.sim.advance(Duration::from_secs(after));
        owner_sets(&stage, min, 4);
        stage.minutes(60).await;
        assert_eq!(bounds(&stage), (min, 4), "{min} after {after} s");
        // Application Auto Scaling changes no capacity while SageMaker is busy: the tick does.
        assert_eq!(stage.desired(), min, "{min} after {after} s");
    }
}

#[tokio::test]
async fn a_minimum_of_two_is_not_undone_by_a_live_record() {
    for record in ["lease", "hold"] {
        let stage = Stage::at_zero();
        stage.upload().await.unwrap();
        if record == "hold" {
            let hold = json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 30 });
            stage.send(&hold).await.unwrap();
        }
        stage.minutes(8).await;
        owner_sets(&stage, 2, 4);
        stage.minutes(60).await;
        assert_eq!(bounds(&stage), (2, 4), "{record}");
        assert_eq!(floor_records(&stage), Vec::<&str>::new(), "{record}");
    }
}

#[tokio::test]
async fn a_release_schedules_nothing_against_the_owners_minimum() {
    let stage = Stage::at_zero();
    stage.upload().await.unwrap();
    stage.minutes(8).await;
    owner_sets(&stage, 2, 4);
    stage.send(&json!({ "action": "release", "endpoint": ENDPOINT })).await.unwrap();
    stage.minutes(30).await;
    assert_eq!(bounds(&stage), (2, 4));
}

#[tokio::test]
async fn a_minimum_of_an_office_hours_schedule_stays_at_the_leases_end() {
    let stage = Stage::at_zero();
    stage.with(|world| {
        let schedule = Some("cron(0 9 ? * MON-FRI *)".to_owned());
        let bounds = Some((Some(1), None));
        let name = "office-hours".to_owned();
        world.plant_action(&id(), &ActionPut { name, schedule, timezone: None, bounds });
    });
    stage.upload().await.unwrap();
    assert_eq!((stage.desired(), stage.min()), (1, 0), "no floor beside the owner's schedule");
    assert_eq!(floor_records(&stage), Vec::<&str>::new());
    stage.minutes(8).await;
    // The schedule has run.
    owner_sets(&stage, 1, 4);
    stage.minutes(60).await;
    assert_eq!(bounds(&stage), (1, 4));
    assert_eq!(stage.desired(), 1);
}

#[tokio::test]
async fn a_schedule_that_appears_takes_the_place_of_our_floor() {
    let stage = Stage::at_zero();
    stage.upload().await.unwrap();
    stage.minutes(8).await;
    assert_eq!(stage.min(), 1);
    stage.with(|world| {
        let put = ActionPut {
            name: "office-hours".into(),
            schedule: Some("cron(0 9 ? * MON-FRI *)".into()),
            timezone: Some("Europe/Berlin".into()),
            bounds: Some((Some(1), None)),
        };
        world.plant_action(&id(), &put);
    });
    stage.minutes(2).await;
    assert_eq!(stage.min(), 0);
    assert_eq!(floor_records(&stage), Vec::<&str>::new());
    owner_sets(&stage, 1, 4);
    stage.minutes(40).await;
    assert_eq!(bounds(&stage), (1, 4));
}

#[tokio::test]
async fn a_past_one_time_schedule_of_the_owner_holds_no_floor_back() {
    // 14:00 UTC is 23:00 in Tokyo: as UTC it would be ahead.
    for (zone, hours, floor) in
        [("Asia/Tokyo", 8, 1), ("Asia/Tokyo", 10, 0), ("UTC", -1, 1), ("UTC", 1, 0)]
    {
        let stage = Stage::at_zero();
        stage.with(|world| {
            let local: Timestamp = world.now() + SignedDuration::from_hours(hours);
            let once = ActionPut::once("once", local, Some(1), None);
            let put = ActionPut { timezone: Some(zone.into()), ..once };
            world.plant_action(&id(), &put);
        });
        stage.upload().await.unwrap();
        assert_eq!(stage.min(), floor, "{zone} {hours}");
    }
}

#[tokio::test]
async fn a_maximum_that_the_owner_changes_after_a_sleep_stays() {
    for after in [30, 300, 500, 560, 590] {
        let stage = just_asleep().await;
        for _ in 0..after / 60 {
            stage.minutes(1).await;
        }
        stage.sim.advance(Duration::from_secs(after % 60));
        owner_sets(&stage, 0, 2);
        stage.minutes(30).await;
        assert_eq!(bounds(&stage), (0, 2), "{after} s");
        assert_eq!(stage.desired(), 0);
    }
}

#[tokio::test]
async fn a_maximum_that_the_owner_changes_stays_while_each_tick_is_refused_capacity() {
    for after in [1, 3, 6] {
        let stage = just_asleep().await;
        stage.minutes(after).await;
        owner_sets(&stage, 0, 2);
        stage.with(|world| world.set_quota(ENDPOINT, Some(0)));
        stage.upload().await.unwrap_err();
        // The ticks request capacity each minute. Meanwhile the time of what cancels floor records comes.
        stage.minutes(20).await;
        assert_eq!((bounds(&stage), stage.desired()), ((0, 2), 0), "{after} minutes");
    }
}

#[tokio::test]
async fn a_maximum_that_the_owner_changes_stays_while_each_tick_renews_the_lease() {
    let stage = just_asleep().await;
    stage.minutes(7).await;
    owner_sets(&stage, 0, 2);
    stage.upload().await.unwrap();
    stage.with(|world| world.set_status(ENDPOINT, EndpointStatus::Updating));
    // Ticks that are a little more than a minute apart. Meanwhile the time of what cancels floor records comes.
    for _ in 0..6 {
        stage.sim.advance(Duration::from_secs(61));
        stage.tick().await.unwrap();
    }
    assert_eq!(bounds(&stage), (1, 2));
}

#[tokio::test]
async fn where_capacity_is_refused_a_lease_is_written_and_no_floor() {
    let stage = Stage::at_zero();
    stage.with(|world| world.set_quota(ENDPOINT, Some(0)));
    stage.upload().await.unwrap_err();
    assert!(stage.lease_ends().is_some(), "the lease remembers the work");
    assert_eq!((stage.desired(), stage.min()), (0, 0));
    assert_eq!(floor_records(&stage), Vec::<&str>::new());
    // The owner's minimum is the owner's from the beginning.
    stage.with(|world| world.set_quota(ENDPOINT, None));
    owner_sets(&stage, 1, 4);
    stage.minutes(60).await;
    assert_eq!((bounds(&stage), stage.desired()), ((1, 4), 1));
}

#[tokio::test]
async fn an_endpoint_that_iam_forbids_to_scale_gets_no_floor() {
    let stage = Stage::at_zero();
    let denied = simulator::Fault::AccessDenied;
    stage.with(|world| world.faults.fail_next(CAPACITY, denied, 100));
    stage.upload().await.unwrap_err();
    assert!(stage.tick().await.is_err());
    let floors = |writes: Vec<(simulator::Operation, String)>| {
        writes
            .into_iter()
            .filter(|(of, _)| *of == simulator::Operation::RegisterScalableTarget)
            .count()
    };
    assert_eq!((stage.min(), floors(stage.writes())), (0, 0));
    assert_eq!(floor_records(&stage), Vec::<&str>::new());
}

#[tokio::test]
async fn an_owners_minimum_is_served_where_sagemaker_was_busy() {
    let stage = just_asleep().await;
    // An input while SageMaker is busy with the way down: its lease is live.
    stage.upload().await.unwrap();
    assert_eq!(stage.desired(), 0);
    owner_sets(&stage, 2, 4);
    assert_eq!(stage.desired(), 0, "Application Auto Scaling changes no capacity now");
    assert!(stage.within(3, |world| world.capacity(&id()).1 == 2).await);
    stage.minutes(60).await;
    assert_eq!((bounds(&stage), stage.desired()), ((2, 4), 2));
}

#[tokio::test]
async fn an_owners_minimum_stays_where_the_endpoint_is_woken_while_a_tick_writes() {
    let stage = Stage::at_zero();
    stage.with(|world| world.set_quota(ENDPOINT, Some(0)));
    stage.upload().await.unwrap_err();
    stage.with(|world| {
        world.set_quota(ENDPOINT, None);
        world.set_status(ENDPOINT, EndpointStatus::Updating);
    });
    owner_sets(&stage, 1, 2);
    assert_eq!(stage.desired(), 0);
    // The tick rewrites the record for the new MaxCapacity. Before it looks again, the change of status has led to a
    // request for the owner's minimum.
    stage.with(|world| {
        world.after_call("PutScheduledAction", 1, |world, _| {
            world.set_status(ENDPOINT, EndpointStatus::InService);
            let one = [(id().variant, Some(1))];
            world.update_endpoint_weights_and_capacities(ENDPOINT, &one).unwrap();
        });
    });
    stage.tick().await.unwrap();
    assert_eq!(stage.desired(), 1);
    stage.minutes(60).await;
    assert_eq!((bounds(&stage), stage.desired()), ((1, 2), 1));
}

#[tokio::test]
async fn an_owners_minimum_that_is_taken_back_leaves_an_endpoint_that_sleeps() {
    let stage = just_asleep().await;
    stage.minutes(3).await;
    owner_sets(&stage, 1, 4);
    stage.minutes(30).await;
    owner_sets(&stage, 0, 4);
    stage.minutes(40).await;
    assert_eq!((bounds(&stage), stage.desired()), ((0, 4), 0));
}

#[tokio::test]
async fn two_inputs_at_once_leave_no_floor_that_counts_as_the_owners() {
    let stage = Stage::at_zero();
    // The second finds the endpoint busy with the first, and writes its lease before the first raises the floor.
    let second = stage.cold();
    stage.with(|world| {
        world.before_call("RegisterScalableTarget", 1, |world, _| plant_lease(world, 600));
    });
    stage.upload().await.unwrap();
    crate::stage::serve(&second, &stage.sim, &crate::stage::input(stage.sim.now())).await.unwrap();
    assert_eq!((stage.desired(), stage.min()), (1, 1));
    stage.minutes(60).await;
    assert_eq!((bounds(&stage), stage.desired()), ((0, 4), 0), "it sleeps");
}

#[tokio::test]
async fn after_a_crash_between_any_two_writes_of_a_sleep_the_owners_minimum_stays() {
    // The function is gone after so many writes; the owner acts, then the next ticks come.
    for writes in 1..=3 {
        let stage = Stage::ready_to_sleep();
        let operation = ["RegisterScalableTarget", "PutScheduledAction", CAPACITY][writes - 1];
        let dead = simulator::Fault::NoAnswerAfterEffect;
        stage.with(|world| {
            world.faults.fail_next(operation, dead, 1);
            world.after_call(operation, 1, |world, _| {
                for gone in
                    ["DescribeEndpoint", "DescribeScalableTargets", "DescribeScheduledActions"]
                {
                    world.faults.fail_next(gone, simulator::Fault::ServerError, 1);
                }
            });
        });
        stage.tick().await.unwrap_err();
        stage.with(|world| world.faults.clear());
        // One tick puts the records right before the owner acts.
        stage.minutes(2).await;
        owner_sets(&stage, 1, 4);
        stage.minutes(60).await;
        assert_eq!(bounds(&stage).0, 1, "after {operation}");
    }
}

#[tokio::test]
async fn under_the_owners_minimum_an_input_fails_where_it_cannot_be_served() {
    let stage = Stage::at_zero();
    stage.with(|world| world.set_status(ENDPOINT, EndpointStatus::Updating));
    stage.with(|world| world.set_bounds(&id(), 1, 4));
    let answer = stage.upload().await;
    assert!(answer.is_err(), "{:?}", decision(&answer));
}

/// While scheduled scaling is suspended, a tick extends the lease without a floor. If the suspension ends meanwhile
/// and an input raises the floor, the lease must drop it.
#[tokio::test]
async fn a_floor_that_an_input_raises_while_a_tick_extends_the_lease_without_one_is_dropped() {
    for calls in 1..8 {
        let stage = Stage::ready_to_sleep();
        stage.with(|world| {
            world.set_bounds(&id(), 0, 4);
            let release = world.now() - SignedDuration::from_mins(1) + WATCH;
            world.plant_action(&id(), &ActionPut::once(LEASE, release, None, Some(4)));
            world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
            let busy = |minutes| (world.now() - SignedDuration::from_mins(minutes), 3.0);
            let points = (0..10).map(busy).collect();
            world.set_backlog_override(ENDPOINT, Some(points));
        });
        let (other, tick, event) = (stage.cold(), tick(), input(stage.sim.now()));
        let served = async {
            stage.with(|world| world.suspend(&id(), Suspended::default()));
            serve(&other, &stage.sim, &event).await.unwrap();
            assert_eq!(stage.min(), 1);
        };
        let Some((answer, ())) =
            in_the_middle(&stage.sim, (calls, stage.send(&tick)), served).await
        else {
            continue;
        };
        answer.unwrap();
        stage.with(|world| world.set_backlog_override(ENDPOINT, None));
        stage.minutes(60).await;
        assert_eq!((stage.desired(), stage.min()), (0, 0), "after {calls} calls");
    }
}
