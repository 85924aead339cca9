//! Rule 6: control-plane calls grow with containers and awake endpoints, never with uploads. At
//! zero without a record, and while a lease is live, no paid metric is read.

use std::time::Duration;

use reactive_scaler::port::{Suspended, VariantId};
use serde_json::Value;
use simulator::{Fault, Simulator};

use crate::setup::{CAPACITY, ENDPOINT, Setup, container, id, input, serve, tick};

#[tokio::test]
async fn a_wake_describes_once_and_writes_capacity_lease_floor_in_this_order() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    assert_eq!(setup.with(|world| world.calls("DescribeEndpoint")), 1);
    let writes: Vec<&str> =
        setup.writes().iter().map(|(operation, _)| operation.as_str()).collect();
    assert_eq!(writes, [CAPACITY, "PutScheduledAction", "RegisterScalableTarget"]);
    assert_eq!(setup.with(|world| world.calls_total()), 6);
}

#[tokio::test]
async fn a_thousand_uploads_within_w_make_as_many_calls_as_two() {
    let calls_for = async |uploads: u32| {
        let setup = Setup::at_zero();
        for _ in 0..uploads {
            // 1,000 of them fit into W, 60 seconds here.
            setup.sim.advance(Duration::from_millis(59));
            setup.send(&input(setup.sim.now())).await.unwrap();
        }
        setup.with(|world| world.calls_total())
    };
    assert_eq!(calls_for(1).await, 6);
    assert_eq!(calls_for(2).await, 6);
    assert_eq!(calls_for(1000).await, 6);
}

#[tokio::test]
async fn after_more_than_w_the_lease_is_renewed_and_within_w_no_call_is_made() {
    for (after, calls) in [(59, 0), (60, 3), (61, 4)] {
        let setup = Setup::at_zero();
        setup.upload().await.unwrap();
        setup.with(|world| world.clear_calls());
        setup.sim.advance(Duration::from_secs(after));
        setup.send(&input(setup.sim.now())).await.unwrap();
        assert_eq!(
            setup.with(|world| world.calls_total()),
            calls,
            "{after} s: {:?}",
            setup.calls()
        );
    }
}

#[tokio::test]
async fn an_hour_of_steady_uploads_writes_the_lease_once_a_minute_at_most() {
    let setup = Setup::at_zero();
    for second in 0..3600 {
        setup.sim.advance(Duration::from_secs(1));
        setup.send(&input(setup.sim.now())).await.unwrap();
        if second % 60 == 0 {
            setup.tick().await.unwrap();
        }
    }
    let puts = setup.with(|world| world.calls("PutScheduledAction"));
    assert!((50..=61).contains(&puts), "{puts}");
    assert_eq!(setup.with(|world| world.calls("GetMetricData")), 0);
    assert_eq!(setup.with(|world| world.calls(CAPACITY)), 1);
}

#[tokio::test]
async fn ten_thousand_records_in_one_event_are_one_piece_of_work() {
    let setup = Setup::at_zero();
    let one = input(setup.sim.now());
    let record = one["Records"][0].clone();
    let many = serde_json::json!({ "Records": vec![record; 10_000] });
    let answer = setup.send(&many).await.unwrap();
    assert_eq!(answer["decisions"].as_array().unwrap().len(), 1);
    assert_eq!(setup.with(|world| world.calls_total()), 6);
}

#[tokio::test]
async fn at_zero_without_a_record_a_tick_reads_lists_and_status_and_no_metric() {
    let setup = Setup::at_zero();
    for _ in 0..30 {
        setup.minutes(1).await;
    }
    setup.with(|world| {
        assert_eq!(world.calls("GetMetricData"), 0);
        assert_eq!(world.calls("DescribeScalableTargets"), 30);
        assert_eq!(world.calls("DescribeScheduledActions"), 30);
        assert_eq!(world.calls("DescribeEndpoint"), 30);
        assert_eq!(world.writes().len(), 0);
    });
}

#[tokio::test]
async fn while_the_lease_is_live_no_metric_is_read_and_from_its_end_on_it_is() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    let mut read_before_the_end = 0;
    for _ in 0..40 {
        setup.sim.advance(Duration::from_secs(60));
        let live = setup.lease_ends().is_some_and(|end| end > setup.sim.now());
        let before = setup.with(|world| world.calls("GetMetricData"));
        setup.tick().await.unwrap();
        let read = setup.with(|world| world.calls("GetMetricData")) - before;
        read_before_the_end += if live { read } else { 0 };
    }
    assert_eq!(read_before_the_end, 0);
    assert!(setup.with(|world| world.calls("GetMetricData")) > 0);
}

/// Endpoints `e-0` to `e-N`, of which the first few have a lease and are awake.
fn fleet(all: usize, awake: usize) -> (Simulator, String) {
    let sim = Simulator::new("2030-01-07T14:00:30Z".parse().unwrap());
    let names: Vec<String> = (0..all).map(|n| format!("e-{n}")).collect();
    sim.with(|world| {
        for (n, name) in names.iter().enumerate() {
            let id = VariantId::new(name, "AllTraffic");
            world.add_async_endpoint(name, "AllTraffic", i32::from(n < awake));
            world.register_target(&id, 0, 2);
            if n < awake {
                let release = world.now() + jiff::SignedDuration::from_mins(30);
                let put =
                    simulator::ActionPut::once("reactive-scaler-lease", release, Some(0), None);
                world.plant_action(&id, &put);
                world.set_bounds(&id, 1, 2);
            }
        }
    });
    let routes: Vec<Value> =
        names.iter().map(|name| serde_json::json!({ "endpoint": name })).collect();
    (sim, Value::from(routes).to_string())
}

#[tokio::test]
async fn a_tick_s_calls_follow_the_awake_endpoints() {
    // Two lists of 50 a page, the awake ones, and a tenth of the others (five at least).
    for (all, awake, targets, actions, described) in
        [(1, 0, 1, 1, 1), (5, 5, 1, 1, 5), (60, 20, 2, 1, 25), (500, 20, 10, 1, 20 + 48)]
    {
        let (sim, routes) = fleet(all, awake);
        let container = container(&sim, &routes);
        serve(&container, &sim, &tick()).await.unwrap();
        sim.with(|world| {
            assert_eq!(world.calls("DescribeScalableTargets"), targets, "{all} {awake}");
            assert_eq!(world.calls("DescribeScheduledActions"), actions, "{all} {awake}");
            assert_eq!(world.calls("DescribeEndpoint"), described, "{all} {awake}");
            assert_eq!(world.calls_total(), targets + actions + described, "{all} {awake}");
        });
    }
}

#[tokio::test]
async fn every_endpoint_without_a_record_is_read_within_ten_ticks() {
    let (sim, routes) = fleet(73, 3);
    let container = container(&sim, &routes);
    for _ in 0..10 {
        sim.advance(Duration::from_secs(60));
        serve(&container, &sim, &tick()).await.unwrap();
    }
    sim.with(|world| {
        for n in 0..73 {
            let name = format!("e-{n}");
            let seen = world.journal.calls().filter(|call| call.resource == name).count();
            assert!(seen >= 1, "{name}");
        }
    });
}

#[tokio::test]
async fn uploads_of_an_endpoint_that_is_left_alone_are_remembered_too() {
    let setup = Setup::at_zero();
    setup.with(|world| {
        world.add_endpoint(ENDPOINT, vec![simulator::VariantState::new("AllTraffic", 1)], false);
    });
    for _ in 0..100 {
        let answer = setup.send(&input(setup.sim.now())).await;
        answer.unwrap();
    }
    assert!(setup.with(|world| world.calls_total()) <= 3);
}

/// A record is written again only if it ends soon.
#[tokio::test]
async fn an_outage_writes_no_record_before_it_must() {
    for operation in ["DescribeEndpoint", "DescribeScalableTargets", "RegisterScalableTarget"] {
        let setup = Setup::ready_to_sleep();
        setup.with(|world| {
            world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
            world.faults.fail_next(operation, Fault::NoAnswer, 1);
        });
        setup.tick().await.unwrap_err();
        assert_eq!(setup.with(|world| world.calls("PutScheduledAction")), 0, "{operation}");
    }
}

/// While a read fails, calls do not grow with uploads either: each of them fails, and the lease is written once.
#[tokio::test]
async fn while_a_read_fails_calls_do_not_grow_with_uploads() {
    for operation in ["DescribeEndpoint", "DescribeScalableTargets", "DescribeScheduledActions"] {
        for fault in [Fault::Throttled, Fault::ServerError, Fault::NoAnswer, Fault::AccessDenied] {
            let calls_for = async |uploads: usize| {
                let setup = Setup::at_zero();
                setup.with(|world| world.faults.fail_next(operation, fault.clone(), 10_000));
                for _ in 0..uploads {
                    setup.send(&input(setup.sim.now())).await.unwrap_err();
                }
                let puts = setup.with(|world| world.calls("PutScheduledAction"));
                assert!(puts <= 3, "{operation}: {puts} records");
                setup.with(|world| world.calls_total())
            };
            let few = calls_for(3).await;
            assert_eq!(calls_for(25).await, few, "{operation} {fault:?}");
            assert_eq!(calls_for(500).await, few, "{operation} {fault:?}");
        }
    }
}

#[tokio::test]
async fn while_describe_endpoint_fails_the_lease_is_written_once_in_w() {
    let setup = Setup::at_zero();
    setup.with(|world| world.faults.fail_next("DescribeEndpoint", Fault::Throttled, 10_000));
    for _ in 0..59 {
        setup.send(&input(setup.sim.now())).await.unwrap_err();
        setup.sim.advance(Duration::from_secs(1));
    }
    assert_eq!(setup.with(|world| world.calls("PutScheduledAction")), 1);
    // A look at 0, 1, 2, 4, 8, 16 and 32 seconds.
    assert_eq!(setup.with(|world| world.calls("DescribeEndpoint")), 7);
}

#[tokio::test]
async fn a_read_that_works_again_is_used_soon() {
    let setup = Setup::at_zero();
    setup.with(|world| world.faults.fail_next("DescribeEndpoint", Fault::Throttled, 1));
    setup.upload().await.unwrap_err();
    setup.upload().await.unwrap();
    assert_eq!(setup.desired(), 1);
}
