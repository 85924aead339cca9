//! Commands: direct invocations of the function.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::lease::{HOLD, LEASE, WATCH};
use serde_json::{Value, json};
use simulator::ActionPut;

use crate::harness::{ENDPOINT, TestWorld, ago, ahead, calls, id, uploads, writes, zeros};

fn command(action: &str) -> Value {
    json!({ "action": action, "endpoint": ENDPOINT })
}

fn forced_sleep() -> Value {
    json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true })
}

fn hold(minutes: i64) -> Value {
    json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": minutes })
}

#[tokio::test]
async fn sleep_obeys_lease_and_backlog_and_force_skips_the_lease_alone() {
    // The lease's end in minutes from now, the newest datapoint, and what is decided.
    for (ends, newest, plain, forced) in [
        (-1, 0.0, "command sleep requested 1->0", "command sleep requested 1->0"),
        (-1, 1.0, "command none backlog 1->1", "command none backlog 1->1"),
        (5, 0.0, "command none lease_live 1->1", "command sleep requested 1->0"),
        (5, 1.0, "command none lease_live 1->1", "command none backlog 1->1"),
    ] {
        for (request, decided) in [(command("sleep"), plain), (forced_sleep(), forced)] {
            let test_world = TestWorld::awake_until(ahead(ends)).await;
            let datapoints = vec![(ago(4), 0.0), (ago(3), 0.0), (ago(2), newest)];
            test_world.sim.with(|world| world.set_backlog_override(ENDPOINT, Some(datapoints)));
            let invoked = test_world.function().await.invoke(&request).await;
            assert_eq!(invoked.decided(), [decided], "{request}, lease {ends}, backlog {newest}");
            let slept = decided.contains("1->0");
            assert_eq!(test_world.capacity().1, i32::from(!slept));
            assert_eq!(test_world.floor(), i32::from(!slept));
            assert_eq!(writes(&test_world.sim).is_empty(), !slept);
        }
    }
}

#[tokio::test]
async fn force_does_not_sleep_on_too_little_evidence() {
    let test_world = TestWorld::awake_until(ahead(5)).await;
    test_world.sim.with(|world| world.set_backlog_override(ENDPOINT, Some(zeros(&[3, 2]))));
    let invoked = test_world.function().await.invoke(&forced_sleep()).await;
    assert_eq!(invoked.decided(), ["command none backlog_unknown 1->1"]);
    assert_eq!(writes(&test_world.sim), [""; 0]);
}

#[tokio::test]
async fn a_forced_sleep_ends_hold_and_lease_before_it_touches_the_capacity() {
    let test_world = TestWorld::awake_until(ahead(5)).await;
    test_world.sim.with(|world| {
        world.plant_action(&id(), &ActionPut::once(HOLD, ahead(60) + WATCH, Some(0), None));
        world.set_backlog_override(ENDPOINT, Some(zeros(&[4, 3, 2])));
    });
    let invoked = test_world.function().await.invoke(&forced_sleep()).await;
    assert_eq!(invoked.decided(), ["command sleep requested 1->0"]);
    assert_eq!(
        writes(&test_world.sim),
        [
            "PutScheduledAction reactive-scaler-lease",
            "DeleteScheduledAction reactive-scaler-hold",
            "RegisterScalableTarget min=0",
            "PutScheduledAction reactive-scaler-no-floor",
            "UpdateEndpointWeightsAndCapacities AllTraffic=0",
        ]
    );
}

#[tokio::test]
async fn a_hold_at_zero_wakes_and_no_upload_shortens_it() {
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    let before = Timestamp::now();
    let invoked = function.invoke(&hold(90)).await;
    let after = Timestamp::now();
    assert_eq!(invoked.decided(), ["command hold held 0->1"]);
    assert_eq!(
        writes(&test_world.sim),
        [
            "UpdateEndpointWeightsAndCapacities AllTraffic=1",
            "PutScheduledAction reactive-scaler-hold",
            "RegisterScalableTarget min=1",
        ]
    );
    let release = test_world.release_of(HOLD).unwrap();
    let asked = release - WATCH - SignedDuration::from_mins(90);
    assert!(before <= asked && asked <= after + SignedDuration::from_secs(1), "{asked}");

    let invoked = test_world.function().await.invoke(&uploads(1)).await;
    assert_eq!(invoked.decided(), ["input none lease_fresh 1->1"]);
    assert_eq!(test_world.release_of(HOLD), Some(release));
}

#[tokio::test]
async fn a_hold_never_shortens_another_and_lasts_an_hour_by_default() {
    for (asked, decided, minutes) in [
        (hold(30), "command none held_longer 1->1", 60),
        (hold(90), "command hold held 1->1", 90),
        (command("hold"), "command none held_longer 1->1", 60),
    ] {
        let test_world = TestWorld::awake_until(ahead(5)).await;
        let mut function = test_world.function().await;
        // A bit more than an hour, so that a later hold with the default duration ends earlier.
        let planted = ActionPut::once(HOLD, ahead(62) + WATCH, Some(0), None);
        test_world.sim.with(|world| world.plant_action(&id(), &planted));
        let invoked = function.invoke(&asked).await;
        assert_eq!(invoked.decided(), [decided], "{asked}");
        let left = test_world.release_of(HOLD).unwrap().duration_since(Timestamp::now()) - WATCH;
        assert!(left > SignedDuration::from_mins(minutes - 5), "{asked}: {left}");
    }
    let test_world = TestWorld::at_zero().await;
    let before = Timestamp::now();
    test_world.function().await.invoke(&command("hold")).await.answer();
    let ends = test_world.release_of(HOLD).unwrap() - WATCH;
    assert!(ends >= before + SignedDuration::from_mins(60), "{ends}");
    assert!(ends <= Timestamp::now() + SignedDuration::from_secs(60 * 60 + 1), "{ends}");
}

#[tokio::test]
async fn release_ends_the_lease_and_deletes_the_hold() {
    let test_world = TestWorld::awake_until(ahead(5)).await;
    let planted = ActionPut::once(HOLD, ahead(60) + WATCH, Some(0), None);
    test_world.sim.with(|world| world.plant_action(&id(), &planted));
    let invoked = test_world.function().await.invoke(&command("release")).await;
    assert_eq!(invoked.decided(), ["command release released 1->1"]);
    assert_eq!(
        writes(&test_world.sim),
        ["PutScheduledAction reactive-scaler-lease", "DeleteScheduledAction reactive-scaler-hold"]
    );
    let ends = test_world.release_of(LEASE).unwrap() - WATCH;
    assert!(ends <= Timestamp::now() + SignedDuration::from_secs(1), "{ends}");
    assert_eq!(test_world.capacity(), (1, 1));
}

#[tokio::test]
async fn wake_needs_no_upload() {
    let test_world = TestWorld::at_zero().await;
    let invoked = test_world.function().await.invoke(&command("wake")).await;
    assert_eq!(invoked.decided(), ["command wake requested 0->1"]);
    assert_eq!(test_world.capacity(), (0, 1));
}

#[tokio::test]
async fn status_shows_the_state_and_writes_nothing() {
    let test_world = TestWorld::awake_until("2099-01-01T00:00:00Z".parse().unwrap()).await;
    let invoked = test_world.function().await.invoke(&command("status")).await;
    assert_eq!(
        invoked.answer()["decisions"][0]["status"],
        json!({
            "endpoint_status": "InService",
            "current": 1,
            "desired": 1,
            "min_capacity": 1,
            "max_capacity": 1,
            "lease_ends": "2099-01-01T00:00:00Z",
            "work_ends": null,
            "hold_ends": null,
            "kept_awake": true,
        })
    );
    assert_eq!(writes(&test_world.sim), [""; 0]);
}

#[tokio::test]
async fn tick_needs_no_endpoint() {
    for tick in [json!({ "action": "tick" }), command("tick")] {
        let test_world = TestWorld::at_zero().await;
        let invoked = test_world.function().await.invoke(&tick).await;
        assert_eq!(invoked.decided(), ["tick none asleep 0->0"]);
    }
}

#[tokio::test]
async fn a_command_that_cannot_be_understood_is_an_error_with_a_good_example() {
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    for (command, said) in [
        (json!({ "action": "dance", "endpoint": ENDPOINT }), "wake, sleep, hold, release, status"),
        (json!({ "action": "Wake", "endpoint": ENDPOINT }), "wake, sleep, hold, release, status"),
        (json!({ "action": "", "endpoint": ENDPOINT }), "`action`"),
        (json!({ "action": 7, "endpoint": ENDPOINT }), "`action`"),
        (json!({ "action": null }), "`action`"),
        (json!({ "action": "wake" }), "`endpoint`"),
        (json!({ "action": "wake", "endpoint": "" }), "`endpoint`"),
        (json!({ "action": "wake", "endpoint": [ENDPOINT] }), "`endpoint`"),
        (json!({ "action": "sleep", "endpoint": ENDPOINT, "froce": true }), "`froce`"),
        (json!({ "action": "sleep", "endpoint": ENDPOINT, "force": "yes" }), "`force`"),
        (json!({ "action": "wake", "endpoint": ENDPOINT, "force": true }), "`force`"),
        (json!({ "action": "wake", "endpoint": ENDPOINT, "minutes": -5 }), "`minutes`"),
        (hold(0), "`minutes`"),
        (hold(-5), "`minutes`"),
        (hold(7 * 24 * 60 + 1), "10080"),
        (json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": "60" }), "`minutes`"),
    ] {
        let invoked = function.invoke(&command).await;
        let error = invoked.error();
        assert_eq!(error.kind, "EventNotUnderstood", "{command}");
        for text in [said, r#"{"action":"#] {
            assert!(error.message.contains(text), "{command}: no {text} in: {}", error.message);
        }
    }
    assert_eq!(calls(&test_world.sim), [""; 0]);
}

#[tokio::test]
async fn a_hold_of_a_week_is_the_longest() {
    let test_world = TestWorld::at_zero().await;
    let invoked = test_world.function().await.invoke(&hold(7 * 24 * 60)).await;
    assert_eq!(invoked.decided(), ["command hold held 0->1"]);
}

#[tokio::test]
async fn an_endpoint_without_a_route_is_an_error_that_names_it() {
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    for action in ["wake", "sleep", "hold", "release", "status"] {
        for endpoint in ["another", "my-endpoint-2", "MY-ENDPOINT", "../my-endpoint", "no name"] {
            let invoked = function.invoke(&json!({ "action": action, "endpoint": endpoint })).await;
            let message = &invoked.error().message;
            assert!(message.contains(endpoint), "{message}");
            assert!(message.contains("SCALER_ROUTES"), "{message}");
        }
    }
    assert_eq!(calls(&test_world.sim), [""; 0]);
}

#[tokio::test]
async fn a_command_for_a_variant_that_the_endpoint_lacks_changes_no_other() {
    for action in ["wake", "hold"] {
        let test_world = TestWorld::at_zero().await;
        let command = json!({ "action": action, "endpoint": ENDPOINT, "variant": "Blue" });
        let invoked = test_world.function().await.invoke(&command).await;
        assert_eq!(test_world.capacity(), (0, 0), "{action}");
        assert!(invoked.error().message.contains("Blue"), "{}", invoked.error().message);
    }
}
