//! The tick: when it scales an endpoint in to zero, on both sides of each boundary.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{LEASE, WATCH},
    port::{EndpointStatus, Suspended},
};
use serde_json::{Value, json};
use simulator::{ActionPut, VariantState, World};

use crate::harness::{ENDPOINT, Function, TestWorld, VARIANT, ago, ahead, id, writes, zeros};

fn tick() -> Value {
    json!({ "action": "tick" })
}

/// The writes of a sleep: the floor is lowered, the records are cancelled, and the capacity is set to 0.
const SLEPT: [&str; 3] = [
    "RegisterScalableTarget min=0",
    "PutScheduledAction reactive-scaler-no-floor",
    "UpdateEndpointWeightsAndCapacities AllTraffic=0",
];

#[tokio::test]
async fn an_idle_endpoint_loses_its_floor_then_its_capacity_and_keeps_its_lease() {
    let test_world = TestWorld::with_ended_lease(zeros(&[4, 3, 2])).await;
    let lease = test_world.release_of(LEASE);
    let invoked = test_world.function().await.invoke(&tick()).await;
    assert_eq!(invoked.decided(), ["tick sleep idle 1->0"]);
    assert_eq!(writes(&test_world.sim), SLEPT);
    assert_eq!(test_world.capacity().1, 0);
    assert_eq!(test_world.floor(), 0);
    assert!(lease.is_some());
    assert_eq!(test_world.release_of(LEASE), lease);
}

/// What stands in the metric, as (minutes ago, backlog), and what is decided with a lease that
/// ended a minute ago and an idle window of 10 minutes. The window of the evidence begins 11
/// minutes ago; a newest datapoint of 5 minutes is stale.
type Evidence = (&'static str, &'static [(i64, f64)], &'static str);

#[rustfmt::skip]
const EVIDENCE: &[Evidence] = &[
    ("three", &[(4, 0.0), (3, 0.0), (2, 0.0)], "tick sleep idle 1->0"),
    ("two", &[(3, 0.0), (2, 0.0)], "tick none backlog_unknown 1->1"),
    ("none", &[], "tick none backlog_unknown 1->1"),
    ("the newest shows work", &[(4, 0.0), (3, 0.0), (2, 1.0)], "tick extend backlog 1->1"),
    ("half an item", &[(4, 0.0), (3, 0.5), (2, 0.0)], "tick extend backlog 1->1"),
    ("work within the window", &[(9, 1.0), (4, 0.0), (3, 0.0), (2, 0.0)], "tick extend backlog 1->1"),
    ("work before the window", &[(13, 1.0), (4, 0.0), (3, 0.0), (2, 0.0)], "tick sleep idle 1->0"),
    ("two within the window", &[(13, 0.0), (3, 0.0), (2, 0.0)], "tick none backlog_unknown 1->1"),
    ("three within the window", &[(9, 0.0), (3, 0.0), (2, 0.0)], "tick sleep idle 1->0"),
    ("the newest is stale", &[(9, 0.0), (8, 0.0), (7, 0.0)], "tick none backlog_unknown 1->1"),
    ("the newest is nearly so", &[(9, 0.0), (8, 0.0), (3, 0.0)], "tick sleep idle 1->0"),
];

#[tokio::test]
async fn only_three_fresh_empty_datapoints_of_the_idle_window_put_to_sleep() {
    for (name, datapoints, decided) in EVIDENCE {
        let datapoints = datapoints.iter().map(|(minutes, size)| (ago(*minutes), *size)).collect();
        let test_world = TestWorld::with_ended_lease(datapoints).await;
        let invoked = test_world.function().await.invoke(&tick()).await;
        assert_eq!(invoked.decided(), [*decided], "{name}");
        let sleeps = decided.contains("sleep");
        assert_eq!(test_world.capacity().1, i32::from(!sleeps), "{name}");
        assert_eq!(test_world.floor(), i32::from(!sleeps), "{name}");
    }
}

#[tokio::test]
async fn a_lease_that_lives_keeps_an_idle_endpoint_awake() {
    for (minutes, decided) in [(2, "tick none lease_live 1->1"), (-2, "tick sleep idle 1->0")] {
        let test_world = TestWorld::awake_until(ahead(minutes)).await;
        test_world.sim.with(|world| world.set_backlog_override(ENDPOINT, Some(zeros(&[4, 3, 2]))));
        let invoked = test_world.function().await.invoke(&tick()).await;
        assert_eq!(invoked.decided(), [decided], "{minutes} minutes");
    }
}

#[tokio::test]
async fn a_backlog_extends_the_lease_by_three_minutes() {
    let test_world =
        TestWorld::with_ended_lease(vec![(ago(4), 0.0), (ago(3), 0.0), (ago(2), 1.0)]).await;
    let mut function = test_world.function().await;
    let before = Timestamp::now();
    function.invoke(&tick()).await.answer();
    let after = Timestamp::now();
    let extended = test_world.release_of(LEASE).unwrap() - WATCH - SignedDuration::from_mins(3);
    assert!(before <= extended && extended <= after + SignedDuration::from_secs(1), "{extended}");
    assert_eq!(writes(&test_world.sim), ["PutScheduledAction reactive-scaler-lease"]);
}

/// Reasons for which an idle endpoint with an ended lease is not scaled in.
type Obstacle = (fn(&mut World), &'static str);

const OBSTACLES: &[Obstacle] = &[
    (
        |world| world.suspend(&id(), Suspended { scaling_in: true, ..Suspended::default() }),
        "tick none scaling_in_suspended 1->1",
    ),
    (|world| world.set_bounds(&id(), 2, 2), "tick none min_capacity_set 1->1"),
    (|world| world.remove_action(&id(), LEASE), "tick none min_capacity_set 1->1"),
    (|world| world.deregister_target(&id()), "tick none not_registered 1->1"),
    (
        |world| world.set_status(ENDPOINT, EndpointStatus::Updating),
        "tick extend on_the_way_up 1->1",
    ),
    (|world| world.endpoint_mut(ENDPOINT).asynchronous = false, "tick none not_async 1->1"),
    (
        |world| world.endpoint_mut(ENDPOINT).variants[0].managed = true,
        "tick none managed_instance_scaling 1->1",
    ),
    (
        |world| world.endpoint_mut(ENDPOINT).variants[0].serverless = true,
        "tick none serverless ?->?",
    ),
];

#[tokio::test]
async fn an_endpoint_that_must_not_be_scaled_in_stays_up() {
    for (set_up, decided) in OBSTACLES {
        let test_world = TestWorld::with_ended_lease(zeros(&[4, 3, 2])).await;
        test_world.sim.with(set_up);
        let invoked = test_world.function().await.invoke(&tick()).await;
        assert_eq!(invoked.decided(), [*decided]);
        assert_eq!(test_world.capacity().1, 1, "{decided}");
        let capacity_calls =
            test_world.sim.with(|world| world.calls("UpdateEndpointWeightsAndCapacities"));
        assert_eq!(capacity_calls, 0, "{decided}");
    }
}

#[tokio::test]
async fn an_endpoint_that_somebody_else_woke_gets_an_idle_window_first() {
    let test_world = TestWorld::with_ended_lease(zeros(&[4, 3, 2])).await;
    test_world.sim.with(|world| {
        world.remove_action(&id(), LEASE);
        world.set_bounds(&id(), 0, 1);
    });
    let mut function = test_world.function().await;
    let before = Timestamp::now();
    let invoked = function.invoke(&tick()).await;
    assert_eq!(invoked.decided(), ["tick extend adopted 1->1"]);
    let ends = test_world.release_of(LEASE).unwrap() - WATCH;
    assert!(ends >= before + SignedDuration::from_mins(10), "{ends}");
}

#[tokio::test]
async fn at_zero_the_backlog_is_read_until_the_release_of_the_lease() {
    for (datapoints, decided) in [
        (vec![(ago(3), 0.0), (ago(2), 2.0)], "tick wake backlog 0->1"),
        (vec![(ago(3), 2.0), (ago(2), 0.0)], "tick none asleep 0->0"),
        (vec![(ago(7), 2.0)], "tick none backlog_unknown 0->0"),
        (vec![], "tick none backlog_unknown 0->0"),
    ] {
        let test_world = TestWorld::new(|world| {
            world.add_async_endpoint(ENDPOINT, VARIANT, 0);
            world.register_target(&id(), 0, 1);
            world.plant_action(&id(), &ActionPut::once(LEASE, ago(1) + WATCH, Some(0), None));
            world.set_backlog_override(ENDPOINT, Some(datapoints));
        })
        .await;
        let invoked = test_world.function().await.invoke(&tick()).await;
        assert_eq!(invoked.decided(), [decided]);
        let cancelled = ["PutScheduledAction reactive-scaler-no-floor"];
        let wakes = decided.contains("wake");
        // A floor that is found beside the ended lease from now on is the owner's.
        assert_eq!(writes(&test_world.sim) == cancelled, !wakes, "{decided}");
    }
}

fn renew(world: &mut World) {
    world.plant_action(&id(), &ActionPut::once(LEASE, ahead(11) + WATCH, Some(0), None));
}

#[tokio::test]
async fn an_upload_handled_elsewhere_before_the_last_look_keeps_the_endpoint_up() {
    let test_world = TestWorld::with_ended_lease(zeros(&[4, 3, 2])).await;
    test_world.sim.with(|world| {
        world.after_call("RegisterScalableTarget", 1, |world, _| renew(world));
    });
    let invoked = test_world.function().await.invoke(&tick()).await;
    assert_eq!(invoked.decided(), ["tick none work_slipped_in 1->1"]);
    assert_eq!(
        writes(&test_world.sim),
        [
            SLEPT[0],
            SLEPT[1],
            "PutScheduledAction reactive-scaler-lease",
            "RegisterScalableTarget min=1"
        ]
    );
    assert_eq!(test_world.capacity(), (1, 1));
}

#[tokio::test]
async fn an_upload_handled_elsewhere_after_the_last_look_wakes_the_endpoint_again() {
    let test_world = TestWorld::with_ended_lease(zeros(&[4, 3, 2])).await;
    test_world.sim.with(|world| {
        world.endpoint_mut(ENDPOINT).pace.scale_in = std::time::Duration::ZERO;
        world.before_call("UpdateEndpointWeightsAndCapacities", 1, |world, _| renew(world));
    });
    let invoked = test_world.function().await.invoke(&tick()).await;
    assert_eq!(invoked.decided(), ["tick wake work_slipped_in 1->1"]);
    assert_eq!(
        writes(&test_world.sim),
        [
            SLEPT[0],
            SLEPT[1],
            SLEPT[2],
            "UpdateEndpointWeightsAndCapacities AllTraffic=1",
            "PutScheduledAction reactive-scaler-lease",
            "RegisterScalableTarget min=1",
        ]
    );
    assert_eq!(test_world.capacity().1, 1);
}

#[tokio::test]
async fn one_tick_decides_for_each_routed_endpoint_and_changes_no_other() {
    let names = ["idle", "busy", "held", "foreign"];
    let test_world = TestWorld::new(|world| {
        for name in names {
            let id = reactive_scaler::port::VariantId::new(name, VARIANT);
            world.add_endpoint(name, vec![VariantState::new(VARIANT, 1)], true);
            world.register_target(&id, 1, 1);
            let end = if name == "held" { ahead(5) } else { ago(1) };
            world.plant_action(&id, &ActionPut::once(LEASE, end + WATCH, Some(0), None));
            let newest = if name == "busy" { 3.0 } else { 0.0 };
            let datapoints = vec![(ago(4), 0.0), (ago(3), 0.0), (ago(2), newest)];
            world.set_backlog_override(name, Some(datapoints));
        }
    })
    .await;
    let routes = r#"[{"endpoint":"gone"},{"endpoint":"idle"},{"endpoint":"busy"},
        {"endpoint":"held"},{"endpoint":"held","bucket":"a-second-way"}]"#;
    let invoked = Function::start(test_world.url(), routes).await.invoke(&tick()).await;
    let mut decided = invoked.decided();
    decided.sort();
    assert_eq!(
        decided,
        [
            "busy: tick extend backlog 1->1",
            "gone: tick none endpoint_missing ?->?",
            "held: tick none lease_live 1->1",
            "idle: tick sleep idle 1->0",
        ]
    );
    let foreign = test_world.sim.with(|world| {
        let of_foreign = |call: &&simulator::Call| call.resource.contains("foreign");
        world.journal.calls().filter(of_foreign).count()
    });
    assert_eq!(foreign, 0);
}
