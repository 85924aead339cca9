//! What the ledger does not explain is not ended by the ledger: alarms, people, and leases from before.

use reactive_scaler::{
    lease::{HOLD, LEASE},
    ledger::Standing,
};
use serde_json::{Value, json};
use simulator::{JobSpec, World};

use super::setup::{MINUTE, ROUTES, alarm, result_event, upload_event};
use crate::setup::{ENDPOINT, Setup, container, decision, id, serve, tick};

fn hold(minutes: u32) -> Value {
    json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": minutes })
}

/// No tick begins a sleep that its last look would have to undo.
async fn keeps_its_floor(setup: &Setup) {
    setup.with(World::clear_calls);
    setup.minutes(10).await;
    assert_eq!(setup.with(|world| world.calls("RegisterScalableTarget")), 0);
}

fn forced_sleep() -> Value {
    json!({ "action": "sleep", "endpoint": ENDPOINT, "force": true })
}

#[tokio::test]
async fn the_backstop_alarm_of_a_cold_start_does_not_delay_the_end() {
    let setup = Setup::with_results();
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.minutes(3).await;
    let answer = setup.send(&alarm(&setup)).await;
    assert_eq!(decision(&answer), ("none".into(), "lease_fresh".into()));
    assert!(!setup.has_record(LEASE));
    setup.until_completed(job).await;
    setup.result_of("a.json").await.unwrap();
    assert_eq!(setup.minutes_until_zero(3).await, Some(1));
}

#[tokio::test]
async fn without_results_an_alarm_renews_the_lease() {
    let setup = Setup::at_zero();
    setup.upload().await.unwrap();
    setup.minutes(12).await;
    let answer = setup.send(&alarm(&setup)).await;
    assert_eq!(decision(&answer), ("extend".into(), "lease_renewed".into()));
}

#[tokio::test]
async fn a_request_without_an_upload_that_an_alarm_reports_is_not_ended_by_an_old_result() {
    let setup = Setup::asleep_after_its_work().await;
    setup.minutes(20).await;
    let spec = JobSpec { inline: true, processing: Some(10 * MINUTE), ..JobSpec::default() };
    let inline = setup.with(|world| world.add_job(ENDPOINT, &spec));
    setup.minutes(3).await;
    setup.send(&alarm(&setup)).await.unwrap();
    setup.until_completed(inline).await;
    assert_eq!(setup.killed(), 0);
}

#[tokio::test]
async fn a_persons_wake_is_not_ended_by_an_old_result() {
    let setup = Setup::asleep_after_its_work().await;
    setup.minutes(5).await;
    setup.send(&json!({ "action": "wake", "endpoint": ENDPOINT })).await.unwrap();
    keeps_its_floor(&setup).await;
    let minutes = setup.minutes_until_zero(90).await.unwrap();
    assert!(minutes >= 5, "{minutes}");
}

#[tokio::test]
async fn a_hold_is_not_ended_by_an_old_result() {
    let setup = Setup::asleep_after_its_work().await;
    setup.minutes(5).await;
    setup.send(&hold(60)).await.unwrap();
    keeps_its_floor(&setup).await;
    let minutes = setup.minutes_until_zero(90).await.unwrap();
    assert!(minutes >= 50, "{minutes}");
}

#[tokio::test]
async fn an_endpoint_that_a_person_scaled_out_is_not_scaled_in_because_of_an_old_result() {
    let setup = Setup::asleep_after_its_work().await;
    setup.minutes(25).await;
    setup.with(|world| world.scale_by_person(&id(), 1).unwrap());
    setup.minutes(1).await;
    keeps_its_floor(&setup).await;
    let minutes = setup.minutes_until_zero(90).await.unwrap();
    assert!(minutes >= 5, "{minutes}");
}

#[tokio::test]
async fn a_lease_from_before_the_upgrade_is_honoured() {
    let setup = Setup::with_routes(crate::setup::ROUTES);
    let (job, _) = setup.upload_of("a.json", 1).await;
    setup.until_completed(job).await;
    let upgraded = container(&setup.sim, ROUTES);
    // A result without an upload would prevent the end as well.
    let upload = upload_event(&setup, "a.json", 1);
    serve(&upgraded, &setup.sim, &upload).await.unwrap();
    serve(&upgraded, &setup.sim, &result_event(&setup, "a.json", "one")).await.unwrap();
    assert!(setup.has_record(LEASE));
    for _ in 0..5 {
        setup.sim.advance(MINUTE);
        serve(&upgraded, &setup.sim, &tick()).await.unwrap();
    }
    assert_eq!(setup.desired(), 1);
}

#[tokio::test]
async fn a_forced_sleep_is_refused_over_known_work() {
    let setup = Setup::with_results();
    setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
    setup.minutes(10).await;
    let answer = setup.send(&forced_sleep()).await;
    assert_eq!(decision(&answer), ("none".into(), "work_outstanding".into()));
}

#[tokio::test]
async fn a_forced_sleep_ends_a_hold_and_forgets_what_nobody_invoked() {
    let setup = Setup::with_results();
    setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
    setup.minutes(10).await;
    setup.send(&hold(120)).await.unwrap();
    setup.minutes(20).await;
    let answer = setup.send(&forced_sleep()).await;
    assert_eq!(decision(&answer), ("sleep".into(), "requested".into()));
    setup.minutes(20).await;
    assert_eq!((setup.desired(), setup.has_record(HOLD)), (0, false));
    assert_eq!(setup.standings(), [Standing::Forgotten]);
}

#[tokio::test]
async fn a_forced_sleep_of_a_variant_that_is_not_registered_is_refused_over_known_work() {
    let setup = Setup::with_results();
    setup.send(&upload_event(&setup, "a.json", 1)).await.unwrap();
    setup.minutes(10).await;
    setup.with(|world| world.deregister_target(&id()));
    let answer = setup.send(&forced_sleep()).await;
    assert_eq!(decision(&answer), ("none".into(), "work_outstanding".into()));
    setup.minutes(20).await;
    let answer = setup.send(&forced_sleep()).await;
    assert_eq!(decision(&answer), ("sleep".into(), "requested".into()));
    assert_eq!(setup.standings(), [Standing::Forgotten]);
}
