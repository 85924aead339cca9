//! `SCALER_MODE=observe`: everything is read, decided and reported, and nothing is written.

use reactive_scaler::lease::{HOLD, WATCH};
use serde_json::{Value, json};
use simulator::ActionPut;

use crate::harness::{
    ENDPOINT, Function, ROUTE, TestWorld, ago, ahead, id, uploads, writes, zeros,
};

/// The worlds in which there is something to write.
#[derive(Debug, Clone, Copy)]
enum World {
    Asleep,
    Idle,
    Busy,
    Awake,
    Held,
}

async fn test_world(world: World) -> TestWorld {
    match world {
        World::Asleep => TestWorld::at_zero().await,
        World::Idle => TestWorld::with_ended_lease(zeros(&[4, 3, 2])).await,
        World::Busy => {
            TestWorld::with_ended_lease(vec![(ago(4), 0.0), (ago(3), 0.0), (ago(2), 1.0)]).await
        }
        World::Awake => TestWorld::awake_until(ahead(5)).await,
        World::Held => {
            let test_world = TestWorld::awake_until(ahead(5)).await;
            let planted = ActionPut::once(HOLD, ahead(60) + WATCH, Some(0), None);
            test_world.sim.with(|world| world.plant_action(&id(), &planted));
            test_world
        }
    }
}

fn command(action: &str) -> Value {
    json!({ "action": action, "endpoint": ENDPOINT })
}

#[tokio::test]
async fn observing_decides_the_same_and_writes_nothing() {
    for (world, payload) in [
        (World::Asleep, uploads(1)),
        (World::Asleep, command("wake")),
        (World::Asleep, command("hold")),
        (World::Idle, command("tick")),
        (World::Idle, command("sleep")),
        (World::Busy, command("tick")),
        (World::Awake, uploads(1)),
        (World::Held, command("release")),
    ] {
        let acting = test_world(world).await;
        let acted = acting.function().await.invoke(&payload).await;
        assert!(!writes(&acting.sim).is_empty(), "{world:?} {payload}: nothing to observe");

        let observed = test_world(world).await;
        let capacity = observed.capacity();
        let mode = [("SCALER_MODE", "observe")];
        let mut observer = Function::start_with(observed.url(), ROUTE, &mode).await;
        let decided = observer.invoke(&payload).await;
        assert_eq!(decided.decided(), acted.decided(), "{world:?} {payload}");
        assert_eq!(writes(&observed.sim), [""; 0], "{world:?} {payload}");
        assert_eq!(observed.capacity(), capacity);
        assert_eq!(decided.decision_lines()[0]["mode"], "observe");
        assert_eq!(acted.decision_lines()[0].get("mode"), None);
    }
}

#[tokio::test]
async fn one_event_can_be_observed_by_a_function_that_acts() {
    for (world, payload) in [
        (World::Asleep, uploads(1)),
        (World::Asleep, command("hold")),
        (World::Idle, command("tick")),
        (World::Held, command("release")),
    ] {
        let test_world = test_world(world).await;
        let mut function = test_world.function().await;
        let asked = json!({ "action": "observe", "event": payload });
        let observed = function.invoke(&asked).await;
        assert_eq!(writes(&test_world.sim), [""; 0], "{world:?} {payload}");
        let line = &observed.decision_lines()[0];
        assert_eq!(line["mode"], "observe");
        // An observed wake does not count in a metric.
        assert_eq!(line.get("_aws"), None, "{line}");

        // It does not change the memory of a warm container.
        let acted = function.invoke(&payload).await;
        assert_eq!(acted.decided(), observed.decided(), "{world:?} {payload}");
        assert!(!writes(&test_world.sim).is_empty(), "{world:?} {payload}");
        assert!(acted.decision_lines()[0].get("_aws").is_some());
    }
}

#[tokio::test]
async fn observing_an_unreadable_endpoint_writes_no_lease() {
    for (mode, leases) in [("act", 1), ("observe", 0)] {
        let test_world = TestWorld::at_zero().await;
        test_world.sim.with(|world| {
            world.faults.fail_next("DescribeEndpoint", simulator::Fault::AccessDenied, 1);
        });
        let mode = [("SCALER_MODE", mode)];
        let mut function = Function::start_with(test_world.url(), ROUTE, &mode).await;
        function.invoke(&uploads(1)).await.error();
        assert_eq!(writes(&test_world.sim).len(), leases, "{mode:?}");
    }
}
