//! Rule 3: never to zero with backlog, a live lease, unknown or stale metrics, an endpoint that is
//! not in service, a min above 0, no registration, or scaling in suspended; not even when that
//! turns up between the evidence and the last look.

use std::time::Duration;

use jiff::SignedDuration;
use reactive_scaler::{
    lease::{HOLD, WATCH},
    port::{EndpointStatus, Suspended},
};
use simulator::{ActionPut, Fault, Settings, World};

use crate::setup::{CAPACITY, ENDPOINT, Setup, decision, id, plant_lease};

type Change = fn(&mut World);

fn hold_for(world: &mut World, seconds: i64) {
    let release = world.now() + SignedDuration::from_secs(seconds) + WATCH;
    world.plant_action(&id(), &ActionPut::once(HOLD, release, Some(0), None));
}

fn suspend_in(world: &mut World) {
    world.suspend(&id(), Suspended { scaling_in: true, ..Suspended::default() });
}

fn zeros(world: &mut World, newest_age: i64, count: i64) {
    let at = |n: i64| world.now() - SignedDuration::from_secs(newest_age + 60 * n);
    let points = (0..count).map(|n| (at(n), 0.0)).collect();
    world.set_backlog_override(ENDPOINT, Some(points));
}

fn one_of_them_busy(world: &mut World) {
    let at = |n: i64| world.now() - SignedDuration::from_secs(150 + 60 * n);
    let points = (0..6).map(|n| (at(n), if n == 3 { 1.0 } else { 0.0 })).collect();
    world.set_backlog_override(ENDPOINT, Some(points));
}

/// What keeps it awake, the reason, and the same just past the limit.
const BEFORE: [(&str, Change, &str); 13] = [
    ("a lease for one more second", |w| plant_lease(w, 1), "lease_live"),
    ("a hold for one more second", |w| hold_for(w, 1), "lease_live"),
    ("a single item in the window", one_of_them_busy, "backlog"),
    ("two datapoints", |w| zeros(w, 150, 2), "backlog_unknown"),
    ("none", |w| zeros(w, 150, 0), "backlog_unknown"),
    ("stale by the second", |w| zeros(w, 300, 6), "backlog_unknown"),
    ("not in service", |w| w.begin_deployment(ENDPOINT, Duration::from_secs(90)), "on_the_way_up"),
    (
        "system maintenance",
        |w| w.set_status(ENDPOINT, EndpointStatus::SystemUpdating),
        "on_the_way_up",
    ),
    ("a min of the user's own", |w| w.set_bounds(&id(), 2, 4), "min_capacity_set"),
    ("no registration", |w| w.deregister_target(&id()), "not_registered"),
    ("scaling in suspended", suspend_in, "scaling_in_suspended"),
    (
        "no lease of ours: adopted",
        |w| {
            w.remove_action(&id(), "reactive-scaler-lease");
            w.set_bounds(&id(), 0, 4)
        },
        "adopted",
    ),
    (
        "metric cannot be read",
        |w| w.faults.fail_next("GetMetricData", Fault::AccessDenied, 1),
        "backlog_unknown",
    ),
];

#[tokio::test]
async fn none_of_these_states_is_scaled_in() {
    for (what, change, reason) in BEFORE {
        let setup = Setup::ready_to_sleep();
        setup.with(change);
        let answer = setup.tick().await;
        assert_eq!(setup.desired(), 1, "{what}");
        match answer {
            Ok(_) => assert_eq!(decision(&answer).1, reason, "{what}"),
            Err(error) => assert!(error.message.contains("GetMetricData"), "{what}: {error:?}"),
        }
        let zeros = setup.writes().into_iter().filter(|(_, arguments)| arguments.ends_with("=0"));
        assert_eq!(zeros.filter(|(op, _)| op.as_str() == CAPACITY).count(), 0, "{what}");
    }
}

#[tokio::test]
async fn just_past_each_limit_the_endpoint_is_scaled_in() {
    let allowed: [(&str, Change); 5] = [
        ("as it is", |_| {}),
        ("a lease that ends now", |w| plant_lease(w, 0)),
        ("a hold that ends now", |w| hold_for(w, 0)),
        ("three datapoints", |w| zeros(w, 150, 3)),
        ("fresh by a second", |w| zeros(w, 299, 3)),
    ];
    for (what, change) in allowed {
        let setup = Setup::ready_to_sleep();
        setup.with(change);
        let answer = setup.tick().await;
        assert_eq!(decision(&answer), ("sleep".into(), "idle".into()), "{what}");
        assert_eq!((setup.desired(), setup.min()), (0, 0), "{what}");
    }
}

#[tokio::test]
async fn work_before_the_last_look_keeps_the_endpoint_awake() {
    let changes: [(&str, Change); 8] = [
        ("a renewed lease", |w| plant_lease(w, 600)),
        ("a hold", |w| hold_for(w, 600)),
        ("a deployment", |w| w.begin_deployment(ENDPOINT, Duration::from_secs(600))),
        ("a rollback that failed", |w| {
            w.set_status(ENDPOINT, EndpointStatus::UpdateRollbackFailed);
        }),
        ("scaling in suspended", suspend_in),
        ("a min of the user's own", |w| w.set_bounds(&id(), 2, 4)),
        ("a min of the user's own, as high as ours", |w| w.set_bounds(&id(), 1, 4)),
        ("no registration", |w| w.deregister_target(&id())),
    ];
    // Right after the evidence was read, and right after the floor was lowered.
    for after in ["GetMetricData", "RegisterScalableTarget"] {
        for (what, change) in changes {
            // There is no compare-and-set: a min that is set right before our floor goes is lost.
            if what.starts_with("a min of the user's own") && after == "GetMetricData" {
                continue;
            }
            let setup = Setup::ready_to_sleep();
            setup.with(|world| world.after_call(after, 1, move |world, _| change(world)));
            let _ = setup.tick().await;
            assert_eq!(setup.desired(), 1, "{what} after {after}");
        }
    }
}

#[tokio::test]
async fn a_lease_renewed_before_the_last_look_gets_its_floor_back() {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| {
        world.after_call("RegisterScalableTarget", 1, |world, _| plant_lease(world, 600));
    });
    let answer = setup.tick().await;
    assert_eq!(decision(&answer), ("none".into(), "work_slipped_in".into()));
    assert_eq!((setup.desired(), setup.min()), (1, 1));
}

#[tokio::test]
async fn a_lease_renewed_after_the_capacity_call_wakes_it() {
    let setup = Setup::ready_to_sleep();
    setup.with(|world| world.after_call(CAPACITY, 1, |world, _| plant_lease(world, 600)));
    let answer = setup.tick().await;
    assert_eq!(decision(&answer).1, "work_slipped_in");
    assert!(setup.within(3, |world| world.capacity(&id()).1 == 1).await);
    assert_eq!(setup.min(), 1);
}

#[tokio::test]
async fn a_failed_last_look_keeps_the_endpoint_awake_and_fails_the_tick() {
    for (operation, nth) in
        [("DescribeEndpoint", 2), ("DescribeScalableTargets", 2), ("DescribeScheduledActions", 2)]
    {
        let setup = Setup::ready_to_sleep();
        setup.with(|world| world.faults.fail_nth(operation, nth, Fault::AccessDenied));
        let error = setup.tick().await.unwrap_err();
        assert!(error.message.contains(operation), "{error:?}");
        assert_eq!(setup.desired(), 1, "{operation}");
        // The next tick corrects it.
        setup.minutes(2).await;
        assert_eq!((setup.desired(), setup.min()), (0, 0), "{operation}");
    }
}

/// A window is two minutes longer than the longest job, whatever the metric counts.
#[tokio::test]
async fn a_job_of_the_longest_duration_is_not_cut_if_the_metric_counts_waiting_requests_only() {
    for (fields, minutes) in [("", 15), (r#","idle_minutes":5,"job_minutes":30"#, 30)] {
        let settings = Settings { backlog_counts_running: false, ..Settings::default() };
        let routes = format!(r#"[{{"endpoint":"my-endpoint"{fields}}}]"#);
        let setup = Setup::on(&routes, settings);
        let processing = Duration::from_secs(minutes * 60);
        setup.with(|world| world.endpoint_mut(ENDPOINT).pace.processing = processing);
        setup.upload().await.unwrap();
        setup.minutes(60).await;
        let ended = setup.with(|world| (world.completed(ENDPOINT), world.killed(ENDPOINT)));
        assert_eq!((ended, setup.desired()), ((1, 0), 0), "{minutes} minutes");
    }
}

#[tokio::test]
async fn a_long_job_is_never_cut_short() {
    let setup = Setup::at_zero();
    setup.with(|w| w.endpoint_mut(ENDPOINT).pace.processing = Duration::from_secs(50 * 60));
    setup.upload().await.unwrap();
    setup.minutes(90).await;
    assert_eq!(setup.with(|w| (w.completed(ENDPOINT), w.killed(ENDPOINT))), (1, 0));
    assert_eq!(setup.desired(), 0);
}

#[tokio::test]
async fn force_skips_the_lease_and_never_the_backlog() {
    let force = serde_json::json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true });
    let gentle = serde_json::json!({ "action": "sleep", "endpoint": ENDPOINT });
    for (payload, busy, zero) in [
        (&gentle, false, false),
        (&force, false, true),
        (&gentle, true, false),
        (&force, true, false),
    ] {
        let setup = Setup::ready_to_sleep();
        setup.with(|world| {
            plant_lease(world, 600);
            if busy {
                one_of_them_busy(world);
            }
        });
        setup.send(payload).await.unwrap();
        assert_eq!(setup.desired() == 0, zero, "{payload} busy={busy}");
    }
}

/// A record that a person ended is not read again: the read can be stale, and would restore the record.
#[tokio::test]
async fn a_hold_that_a_forced_sleep_has_deleted_is_not_written_again() {
    let setup = Setup::ready_to_sleep();
    let hold = serde_json::json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 30 });
    setup.send(&hold).await.unwrap();
    setup.with(World::clear_calls);
    let force = serde_json::json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true });
    setup.send(&force).await.unwrap();
    let calls: Vec<&str> = setup.calls().iter().map(|call| call.operation.as_str()).collect();
    let deleted = calls.iter().position(|call| *call == "DeleteScheduledAction").unwrap();
    let after = &calls[deleted + 1..][..3];
    assert_eq!(
        after,
        ["RegisterScalableTarget", "PutScheduledAction", "DescribeEndpoint"],
        "{calls:?}"
    );
}
