//! When all uploads have a result, the endpoint is scaled in within two minutes.

use std::time::Duration;

use reactive_scaler::{
    lease::{LEASE, WORK},
    ledger::Standing,
    port::Suspended,
};
use simulator::{ActionPut, Operation, World};

use super::setup::{MINUTE, completed, result_event, upload_event};
use crate::{
    setup::{ENDPOINT, Setup, decision, id, serve, tick},
    two_at_once::interleaved,
};

#[tokio::test]
async fn the_endpoint_is_scaled_in_within_two_minutes_of_the_last_result() {
    let setup = Setup::with_results();
    let (job, answer) = setup.upload_of("a.json", 1).await;
    assert_eq!(decision(&answer), ("wake".into(), "work_arrived".into()));
    assert!(setup.has_record(WORK) && !setup.has_record(LEASE));
    setup.until_completed(job).await;
    let answer = setup.result_of("a.json").await;
    assert_eq!(decision(&answer), ("none".into(), "result_recorded".into()));
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
}

#[tokio::test]
async fn it_stays_at_zero_while_the_metric_shows_the_old_work() {
    let setup = Setup::asleep_after_its_work().await;
    setup.with(World::clear_calls);
    setup.minutes(30).await;
    assert_eq!((setup.desired(), setup.min(), setup.killed()), (0, 0, 0));
    assert_eq!(setup.with(|world| world.calls("UpdateEndpointWeightsAndCapacities")), 0);
}

/// At work, at zero while the record stands, and at zero without one.
#[tokio::test]
async fn a_tick_reads_the_ledger_once_while_a_record_stands_and_not_without_one() {
    let setup = Setup::with_results();
    let queries = async |setup: &Setup| {
        setup.with(World::clear_calls);
        setup.tick().await.unwrap();
        setup.with(|world| world.calls("Query"))
    };
    setup.upload_of("a.json", 1).await.1.unwrap();
    assert!(setup.within(20, |world| world.capacity(&id()) == (1, 1)).await);
    assert_eq!(queries(&setup).await, 1, "at work");
    let setup = Setup::asleep_after_its_work().await;
    assert!(setup.has_record(WORK));
    assert_eq!(queries(&setup).await, 1, "at zero, with a record");
    setup.minutes(30).await;
    assert!(!setup.has_record(WORK));
    assert_eq!(queries(&setup).await, 0, "at zero, without a record");
}

#[tokio::test]
async fn the_reason_of_the_sleep_is_the_ledger() {
    let setup = Setup::after_its_work().await;
    setup.sim.advance(MINUTE);
    assert_eq!(decision(&setup.tick().await), ("sleep".into(), "work_done".into()));
}

#[tokio::test]
async fn a_minute_must_have_passed_since_the_result() {
    let setup = Setup::after_its_work().await;
    setup.sim.advance(MINUTE - Duration::from_secs(1));
    assert_eq!(decision(&setup.tick().await).0, "none");
}

#[tokio::test]
async fn idle_minutes_0_scales_in_on_the_first_tick_after_the_result() {
    let routes =
        r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true,"idle_minutes":0}]"#;
    let setup = Setup::with_routes(routes).doing_its_work().await;
    setup.tick().await.unwrap();
    assert_eq!(setup.desired(), 0);
}

#[tokio::test]
async fn the_order_of_upload_and_result_and_duplicates_of_both_change_nothing() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    let late = upload_event(&setup, "b.json", 1);
    let other = setup.with(|world| world.upload(ENDPOINT));
    setup.until_completed(job).await;
    setup.until_completed(other).await;
    setup.result_of("b.json").await.unwrap();
    setup.result_of("a.json").await.unwrap();
    for _ in 0..2 {
        setup.send(&late).await.unwrap();
        setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
        setup.result_of("a.json").await.unwrap();
    }
    assert_eq!(setup.standings(), [Standing::Finished, Standing::Finished]);
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
}

#[tokio::test]
async fn a_result_that_arrives_hours_after_the_sleep_wakes_nothing() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    let late = result_event(&setup, "a.json", "1");
    assert!(setup.minutes_until_zero(30).await.is_some());
    setup.minutes(180).await;
    setup.send(&late).await.unwrap();
    setup.minutes(10).await;
    assert_eq!(setup.desired(), 0);
    let (job, _) = setup.upload_of("b.json", 1).await;
    setup.until_completed(job).await;
    setup.result_of("b.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(30).await, Some(1));
}

#[tokio::test]
async fn a_duplicate_of_a_result_does_not_delay_the_end() {
    let setup = Setup::after_its_work().await;
    setup.sim.advance(MINUTE - Duration::from_secs(1));
    setup.result_of("a.json").await.unwrap();
    setup.sim.advance(Duration::from_secs(1));
    assert_eq!(decision(&setup.tick().await), ("sleep".into(), "work_done".into()));
}

#[tokio::test]
async fn a_second_input_in_the_same_container_makes_one_call() {
    let setup = Setup::with_results();
    setup.upload_of("a.json", 1).await.1.unwrap();
    setup.with(World::clear_calls);
    let (_, answer) = setup.upload_of("b.json", 1).await;
    assert_eq!(decision(&answer), ("none".into(), "lease_fresh".into()));
    let calls: Vec<&str> = setup.calls().iter().map(|call| call.operation.as_str()).collect();
    assert_eq!(calls, ["UpdateItem"]);
}

#[tokio::test]
async fn a_route_without_results_makes_no_call_to_the_ledger() {
    let setup = Setup::at_zero();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    assert_eq!(decision(&setup.result_of("a.json").await), ("none".into(), "result_seen".into()));
    setup.minutes(30).await;
    let of_ledger = ["UpdateItem", "Query", "DeleteItem"];
    assert!(setup.calls().iter().all(|call| !of_ledger.contains(&call.operation.as_str())));
}

#[tokio::test]
async fn a_tick_that_meets_a_wake_writes_no_lease_beside_its_work_record() {
    let mut met = 0;
    for (before, between) in (0..8).flat_map(|n| (1..8).map(move |m| (n, m))) {
        let setup = Setup::with_results();
        let other = setup.cold();
        setup.with(|world| world.upload(ENDPOINT));
        let event = upload_event(&setup, "a.json", 1);
        let payload = tick();
        let served = serve(&other, &setup.sim, &event);
        let both = interleaved(&setup.sim, (before, served), (between, setup.send(&payload))).await;
        setup.with(World::clear_hooks);
        if both.is_none() {
            continue;
        }
        met += 1;
        // A tick that looked before the input wrote its record adopts the endpoint.
        let calls = setup.calls();
        let put = |name: &str| {
            calls.iter().position(|call| {
                call.operation == Operation::PutScheduledAction && call.arguments.contains(name)
            })
        };
        let looked = |lease: usize| {
            calls[..lease].iter().rposition(|call| {
                call.operation == Operation::DescribeScheduledActions && call.resource != "*"
            })
        };
        if let (Some(work), Some(lease)) = (put(WORK), put(LEASE)) {
            assert!(looked(lease) < Some(work), "{before} {between}");
        }
    }
    assert!(met > 5, "{met}");
}

/// A tick deletes a lease that has ended. Meanwhile scheduled scaling is resumed, and an input renews the work record and
/// raises the floor. The tick must not take this floor for the sign of a renewed lease that it has deleted.
#[tokio::test]
async fn a_tick_that_deletes_an_ended_lease_writes_none_beside_a_renewed_work_record() {
    let setup = Setup::after_its_work().await;
    let put = |world: &mut World, name: &str, minutes: u32, (min, max)| {
        let at = world.now() + minutes * MINUTE;
        world.plant_action(&id(), &ActionPut::once(name, at, min, max));
    };
    setup.with(|world| {
        world.set_bounds(&id(), 0, 4);
        world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
        put(world, LEASE, 2, (None, Some(4)));
        put(world, WORK, 25, (None, Some(4)));
        world.after_call("DeleteScheduledAction", 1, move |world, _| {
            world.suspend(&id(), Suspended::default());
            put(world, WORK, 28, (Some(0), None));
            world.set_bounds(&id(), 1, 4);
        });
    });
    setup.tick().await.unwrap();
    assert_eq!(setup.with(|world| world.waiting_hooks()), 0);
    assert!(setup.has_record(WORK) && !setup.has_record(LEASE));
}

#[tokio::test]
async fn finished_work_that_the_metric_still_shows_leads_to_no_more_instances() {
    let routes = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true,"idle_minutes":5,
        "job_minutes":1,"inputs_per_instance":1}]"#;
    let setup = Setup::with_routes(routes).doing_its_work().await;
    // The work record ends while the metric shows two requests, which have both completed.
    setup.minutes(1).await;
    let (second, _) = setup.upload_of("b.json", 1).await;
    let (third, _) = setup.upload_of("c.json", 1).await;
    for _ in 0..60 {
        if setup.with(|world| completed(world, third)) {
            break;
        }
        setup.sim.advance(Duration::from_secs(5));
    }
    assert!(setup.with(|world| completed(world, second) && completed(world, third)));
    setup.result_of("b.json").await.unwrap();
    setup.result_of("c.json").await.unwrap();
    setup.with(|world| {
        let ended = world.now() + 9 * MINUTE;
        world.plant_action(&id(), &ActionPut::once(WORK, ended, Some(0), None));
    });
    setup.minutes(1).await;
    assert_eq!(setup.desired(), 1);
}
