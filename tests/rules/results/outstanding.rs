//! An upload without a result keeps the endpoint awake, and wakes it, as long as somebody may have invoked it.

use std::time::Duration;

use reactive_scaler::{
    lease::{LEASE, WORK},
    ledger::{Location, Standing, Upload},
};
use simulator::{ActionPut, Call, Operation, World};

use super::setup::{MINUTE, WINDOW, result_event, upload_event};
use crate::{
    setup::{CAPACITY, ENDPOINT, Setup, decision, id, serve, tick},
    two_at_once::interleaved,
};

/// Another container records an upload, and writes no record.
pub fn record_upload(world: &mut World, key: &str) {
    let location = Location::of_object("my-inputs", key).unwrap();
    let upload = Upload { id: "1".into(), created_at: None };
    let now = world.now();
    world.ledger_add_upload(ENDPOINT, &location, &upload, now).unwrap();
}

#[tokio::test]
async fn an_upload_without_a_result_keeps_the_endpoint_awake() {
    let setup = Setup::with_results();
    let (first, _) = setup.upload_of("a.json", 1).await;
    setup.upload_of("b.json", 1).await.1.unwrap();
    setup.until_completed(first).await;
    setup.result_of("a.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(10).await, None);
    setup.result_of("b.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
}

#[tokio::test]
async fn work_that_the_metric_does_not_count_is_not_cut_after_the_record_has_ended() {
    let setup = Setup::with_results();
    setup.upload_of("a.json", 1).await.1.unwrap();
    assert!(setup.within(15, |world| world.capacity(&id()) == (1, 1)).await);
    setup.with(|world| {
        let zeros = (2..30).map(|minute| (world.now() - minute * MINUTE, 0.0)).collect();
        world.set_backlog_override(ENDPOINT, Some(zeros));
        let ended = world.now() + 9 * MINUTE;
        world.plant_action(&id(), &ActionPut::once(WORK, ended, Some(0), None));
    });
    assert_eq!(decision(&setup.tick().await), ("extend".into(), "work_outstanding".into()));
}

#[tokio::test]
async fn a_key_that_is_uploaded_again_is_left_to_the_metric() {
    let setup = Setup::with_results();
    let (first, _) = setup.upload_of("a.json", 1).await;
    let (second, _) = setup.upload_of("a.json", 2).await;
    setup.until_completed(first).await;
    setup.until_completed(second).await;
    setup.send(&result_event(&setup, "a.json", "one")).await.unwrap();
    setup.send(&result_event(&setup, "a.json", "two")).await.unwrap();
    let minutes = setup.minutes_until_zero(40).await.unwrap();
    assert!((8..=WINDOW + 3).contains(&minutes), "{minutes}");
    setup.minutes(30).await;
    assert_eq!((setup.desired(), setup.standings()), (0, vec![Standing::Forgotten]));
}

#[tokio::test]
async fn an_upload_that_nobody_invokes_is_scaled_in_by_the_metric_and_does_not_wake_again() {
    let setup = Setup::with_results();
    setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
    assert_eq!(setup.desired(), 1);
    let minutes = setup.minutes_until_zero(60).await.unwrap();
    assert!((WINDOW..=2 * WINDOW).contains(&minutes), "{minutes}");
    setup.minutes(60).await;
    assert_eq!((setup.desired(), setup.standings()), (0, vec![Standing::Forgotten]));
}

#[tokio::test]
async fn an_upload_whose_only_trace_is_the_ledger_wakes_the_endpoint_within_a_tick() {
    let setup = Setup::asleep_after_its_work().await;
    setup.sim.advance(2 * MINUTE);
    setup.with(|world| record_upload(world, "b.json"));
    setup.minutes(1).await;
    assert_eq!(setup.desired(), 1);
    assert!(setup.has_record(WORK));
}

/// What the metric shows, beside a result that is a minute old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Datapoints {
    None,
    /// Too old.
    FiveMinutesOld,
    /// It shows the work that has ended with the result.
    OlderThanTheResult,
}

#[tokio::test]
async fn an_upload_that_waited_long_for_an_update_is_served_without_the_metric() {
    for shown in [Datapoints::None, Datapoints::FiveMinutesOld, Datapoints::OlderThanTheResult] {
        let setup = match shown {
            Datapoints::None => Setup::with_results(),
            Datapoints::FiveMinutesOld | Datapoints::OlderThanTheResult => {
                Setup::asleep_after_its_work().await
            }
        };
        let before = setup.sim.now() - 5 * MINUTE;
        setup.with(|world| world.begin_deployment(ENDPOINT, 25 * MINUTE));
        setup.upload_of("b.json", 2).await.1.unwrap();
        setup.minutes(24).await;
        if shown == Datapoints::OlderThanTheResult {
            setup.result_of("c.json").await.unwrap();
        }
        setup.with(|world| {
            let now = world.now();
            world.lose_metrics(now - 30 * MINUTE, now + 60 * MINUTE);
            let datapoints = match shown {
                Datapoints::None => Vec::new(),
                Datapoints::FiveMinutesOld => vec![(before, 1.0)],
                Datapoints::OlderThanTheResult => vec![(now - MINUTE, 1.0)],
            };
            world.set_backlog_override(ENDPOINT, Some(datapoints));
            // The ticks extended the record while the endpoint could not be updated. Now it has ended.
            world.remove_action(&id(), LEASE);
            let ended = now + 10 * MINUTE;
            world.plant_action(&id(), &ActionPut::once(WORK, ended, None, Some(4)));
        });
        assert_eq!(setup.desired(), 0);
        setup.sim.advance(MINUTE);
        let decided = decision(&setup.tick().await);
        assert_eq!(decided, ("wake".into(), "work_outstanding".into()), "{shown:?}");
    }
}

#[tokio::test]
async fn an_upload_right_before_the_capacity_call_of_the_sleep_is_seen_after_it() {
    let setup = Setup::after_its_work().await;
    setup.sim.advance(MINUTE);
    setup.with(|world| world.before_call(CAPACITY, 1, |world, _| record_upload(world, "b.json")));
    assert_eq!(decision(&setup.tick().await), ("extend".into(), "work_slipped_in".into()));
    assert!(setup.within(3, |world| world.capacity(&id()).1 == 1).await);
}

/// Whether the ledger had the second upload before the last look of the sleep read it.
fn recorded_before_last_look(calls: &[Call]) -> bool {
    let position = |is_it: &dyn Fn(&Call) -> bool| calls.iter().rposition(is_it);
    let upload = position(&|call| call.arguments.contains("upload s3://my-inputs/b.json"));
    let zero =
        position(&|call| call.operation.as_str() == CAPACITY && call.arguments.ends_with("=0"));
    let look = zero
        .and_then(|zero| calls[..zero].iter().rposition(|call| call.operation == Operation::Query));
    matches!((upload, look), (Some(upload), Some(look)) if upload < look)
}

#[tokio::test]
async fn an_upload_during_the_sleep_is_served_wherever_they_meet() {
    let mut met = 0;
    for (before, between) in (0..20).flat_map(|n| (1..10).map(move |m| (n, m))) {
        for sleep_first in [true, false] {
            let case = format!("{before} {between} {sleep_first}");
            let setup = Setup::after_its_work().await;
            setup.sim.advance(MINUTE);
            let other = setup.cold();
            setup.with(|world| world.upload(ENDPOINT));
            let event = upload_event(&setup, "b.json", 1);
            let payload = tick();
            let sleeping = (setup.send(&payload), serve(&other, &setup.sim, &event));
            let both = match (sleep_first, sleeping) {
                (true, (sleeping, served)) => {
                    interleaved(&setup.sim, (before, sleeping), (between, served)).await
                }
                (false, (sleeping, served)) => {
                    interleaved(&setup.sim, (before, served), (between, sleeping)).await
                }
            };
            setup.with(World::clear_hooks);
            if both.is_none() {
                continue;
            }
            met += 1;
            let known = recorded_before_last_look(&setup.calls());
            setup.minutes(2).await;
            assert!(setup.desired() >= 1, "{case}: no instance");
            setup.minutes(20).await;
            let killed = setup.killed();
            assert!(killed == 0 || !known, "{case}: known work was cut");
            let completed = setup.with(|world| world.completed(ENDPOINT));
            assert_eq!(completed + killed, 2, "{case}");
        }
    }
    assert!(met > 60, "{met}");
}

#[tokio::test]
async fn the_result_of_an_earlier_upload_whose_event_was_lost_does_not_end_a_later_one() {
    let setup = Setup::after_its_work().await;
    setup.result_of("b.json").await.unwrap();
    setup.sim.advance(Duration::from_secs(30));
    setup.send(&upload_event(&setup, "b.json", 2)).await.unwrap();
    assert!(setup.standings().contains(&Standing::Outstanding));
    assert_eq!(setup.minutes_until_zero(5).await, None);
}
