//! Results are turned on or off, or the version of the function changes, while the endpoint has live records.

use std::time::Duration;

use jiff::SignedDuration;
use reactive_scaler::lease::{HOLD, LEASE, WATCH, WORK};
use serde_json::json;
use simulator::ActionPut;

use super::setup::ROUTES as WITH_RESULTS;
use crate::setup::{ENDPOINT, ROUTES as WITHOUT_RESULTS, Setup, container, decision, id};

/// A scheduled action of a later version, which this version takes for one of the owner.
const LATER: &str = "reactive-scaler-later";

impl Setup {
    /// From now on, events are handled with other routes, by a container with an empty memory.
    fn deploy(&mut self, routes: &str) {
        self.container = container(&self.sim, routes);
    }
}

#[tokio::test]
async fn after_the_upgrade_the_lease_from_before_ends_first_and_then_the_results_count() {
    let mut setup = Setup::with_routes(WITHOUT_RESULTS);
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    assert!(setup.has_record(LEASE) && !setup.has_record(WORK));
    setup.deploy(WITH_RESULTS);
    let ends = setup.lease_ends().unwrap();
    while setup.sim.now() < ends {
        setup.minutes(1).await;
        assert!(setup.desired() == 1 || setup.sim.now() >= ends, "the lease from before stands");
    }
    assert!(setup.minutes_until_zero(45).await.is_some(), "the metric ends it");
    setup.minutes(15).await;

    let (job, _) = setup.upload_of("b.json", 2).await;
    setup.until_completed(job).await;
    setup.result_of("b.json").await.unwrap();
    assert!(setup.minutes_until_zero(2).await.is_some(), "the results count");
    assert_eq!(setup.with(|world| world.killed(ENDPOINT)), 0);
}

#[tokio::test]
async fn a_hold_from_before_the_upgrade_stands_until_its_end() {
    let mut setup = Setup::with_routes(WITHOUT_RESULTS);
    let hold = json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 60 });
    setup.send(&hold).await.unwrap();
    setup.deploy(WITH_RESULTS);
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(45).await, None);
    assert!(setup.has_record(HOLD));
    assert!(setup.minutes_until_zero(60).await.is_some());
}

#[tokio::test]
async fn results_that_are_turned_off_leave_the_live_record_and_the_metric() {
    let mut setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    assert!(setup.has_record(WORK) && !setup.has_record(LEASE));
    setup.deploy(WITHOUT_RESULTS);
    setup.minutes(3).await;
    assert_eq!((setup.desired(), setup.min()), (1, 1), "the work record stands");
    assert!(setup.minutes_until_zero(45).await.is_some(), "the metric ends it");
    setup.minutes(30).await;
    assert_eq!((setup.desired(), setup.min()), (0, 0));
    assert!(!setup.has_record(WORK));

    let (job, answer) = setup.upload_of("b.json", 2).await;
    assert_eq!(decision(&answer), ("wake".into(), "work_arrived".into()));
    assert!(setup.has_record(LEASE) && !setup.has_record(WORK));
    setup.until_completed(job).await;
    assert!(setup.minutes_until_zero(45).await.is_some());
    assert_eq!(setup.with(|world| world.killed(ENDPOINT)), 0);
}

/// An older version does not know the work record. Here the present version has a record that it does not know.
#[tokio::test]
async fn after_a_downgrade_the_floor_counts_as_the_owners_until_the_unknown_record_has_run() {
    let setup = Setup::at_zero();
    let runs_at = setup.sim.now() + SignedDuration::from_mins(27);
    setup.with(|world| {
        world.scale_by_person(&id(), 1).unwrap();
        world.set_bounds(&id(), 1, 4);
        world.plant_action(&id(), &ActionPut::once(LATER, runs_at, Some(0), None));
    });
    while setup.sim.now() < runs_at - SignedDuration::from_secs(60) {
        setup.minutes(1).await;
        assert_eq!((setup.desired(), setup.min()), (1, 1));
    }
    assert_eq!(decision(&setup.tick().await), ("none".into(), "min_capacity_set".into()));
    setup.sim.advance(Duration::from_secs(60));
    assert_eq!(setup.min(), 0, "Application Auto Scaling has lowered the floor");
    assert!(setup.minutes_until_zero(45).await.is_some());
}

/// At zero, such a record prevents no wake. The new instance has no floor until the record has run.
#[tokio::test]
async fn after_a_downgrade_uploads_wake_beside_the_unknown_record() {
    let setup = Setup::at_zero();
    let runs_at = setup.sim.now() + WATCH;
    setup.with(|world| world.plant_action(&id(), &ActionPut::once(LATER, runs_at, Some(0), None)));
    let (job, answer) = setup.upload_of("a.json", 1).await;
    assert_eq!(decision(&answer), ("wake".into(), "work_arrived".into()));
    assert_eq!((setup.desired(), setup.min()), (1, 0), "a policy can scale it in");
    setup.until_completed(job).await;
    setup.minutes(5).await;
    assert_eq!(setup.desired(), 1, "the lease stands");
    assert!(setup.minutes_until_zero(45).await.is_some());
    assert_eq!(setup.min(), 0);
}
