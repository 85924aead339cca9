//! `scalerctl status`.

use jiff::SignedDuration;
use reactive_scaler::port::{EndpointStatus, Suspended, VariantId};
use serde_json::{Value, json};
use simulator::Fault;

use super::{
    run::{scalerctl, scalerctl_with},
    setup::{self, ENDPOINT, Function, GROUP, UNTIL, fresh, id, time},
};

#[tokio::test]
async fn an_endpoint_that_scales_out_has_all_fields() {
    let sim = fresh();
    let function = Function::on(&sim);
    function.uploads(3).await;
    function.ticks_until(time("2030-01-07T00:04:00Z")).await;
    let now = "2030-01-07T00:04:20Z";
    let arguments = ["status", ENDPOINT, "--log-group", GROUP, "--now", now];
    let run = scalerctl_with(&sim, &[], &arguments).await;
    run.assert_says(&[
        "2030-01-07 00:04:20 UTC, next tick 00:05:00 (in 40 s)",
        "Updating",
        "0, 1 desired",
        "1 to 4 (floor raised)",
        "lease until",
        "left)",
        "3, oldest",
        "extend: on_the_way_up, 00:04 (20 s ago)",
    ]);
    run.assert_fits(80);
    let document =
        scalerctl_with(&sim, &[], &[&arguments[..], &["--json"]].concat()).await.document();
    let row = &document["endpoints"][0];
    assert_eq!((&row["current"], &row["desired"]), (&json!(0), &json!(1)), "{row}");
    assert_eq!(row["target"]["floor_raised"], true);
    assert_eq!(row["kept_awake"]["by"], "lease");
    assert_eq!(row["last_decision"]["reason"], "on_the_way_up");
    assert_eq!(document["next_tick"], "2030-01-07T00:05:00Z");
}

#[tokio::test]
async fn without_names_all_async_ones_are_shown_and_no_others() {
    let sim = fresh();
    sim.with(|world| {
        world.add_async_endpoint("unregistered", "AllTraffic", 1);
        for number in 0..60 {
            let name = format!("fleet-{number:02}");
            world.add_async_endpoint(&name, "AllTraffic", 0);
            world.register_target(&VariantId::new(name, "AllTraffic"), 0, 1);
        }
        let real_time = VariantId::new("real-time", "AllTraffic");
        world.add_async_endpoint("real-time", "AllTraffic", 1);
        world.endpoint_mut("real-time").asynchronous = false;
        world.register_target(&real_time, 1, 1);
    });
    let run = scalerctl(&sim, &["status", "-o", "json"]).await;
    let document = run.document();
    let shown: Vec<&str> = document["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["endpoint"].as_str().unwrap())
        .collect();
    assert_eq!(shown.len(), 62, "two pages of targets");
    for name in ["fleet-59", ENDPOINT, "unregistered"] {
        assert!(shown.contains(&name), "{name}: {shown:?}");
    }
    let named = scalerctl(&sim, &["status", "unregistered", "real-time"]).await;
    named.assert_says(&["unregistered", "not registered", "real-time", "1-1"]);
}

#[tokio::test]
async fn suspended_scaling_a_hold_and_an_ended_hold_are_shown() {
    let sim = fresh();
    let function = Function::on(&sim);
    function.invoke(json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": 120 })).await;
    sim.with(|world| {
        world.suspend(&id(), Suspended { scaling_in: true, scaling_out: false, scheduled: true });
    });
    let at = |now: &'static str| {
        let sim = sim.clone();
        async move { scalerctl_with(&sim, &[], &["status", "--now", now]).await }
    };
    at("2030-01-07T01:00:00Z")
        .await
        .assert_says(&["hold until 02:00 (1 h left)", "suspended: in, scheduled"]);
    at("2030-01-07T01:59:30Z").await.assert_says(&["hold until 02:00", "s left)"]);
    at("2030-01-07T02:05:00Z").await.assert_says(&["hold ended 02:00, released at 02:10"]);
    at("2030-01-07T02:11:00Z").await.assert_says(&["kept awake     no"]);
}

#[tokio::test]
async fn unreadable_values_are_reported_next_to_the_others() {
    let sim = fresh();
    let gone = VariantId::new("gone", "AllTraffic");
    sim.with(|world| {
        world.add_async_endpoint("gone", "AllTraffic", 0);
        world.delete_endpoint("gone");
        world.register_target(&gone, 0, 1);
        world.faults.fail_next("GetMetricData", Fault::AccessDenied, 1);
    });
    let run = scalerctl(&sim, &["status"]).await;
    run.assert_refused(1, &["not everything could be read of:", "gone"]);
    for part in [
        "missing",
        "InService",
        "cloudwatch:GetMetricData",
        "what to do: allow your own",
        "\n  aws application-autoscaling deregister-scalable-target --service-namespace sagemaker \
         --scalable-dimension sagemaker:variant:DesiredInstanceCount --resource-id \
         endpoint/gone/variant/AllTraffic\n",
    ] {
        let all = format!("{}{}", run.text, run.errors);
        assert!(all.contains(part), "no {part:?} in:\n{all}");
    }
}

#[tokio::test]
async fn an_account_without_endpoints_has_a_message() {
    let sim = simulator::Simulator::new(time(setup::FROM));
    scalerctl(&sim, &["status"]).await.assert_says(&["There is no async endpoint"]);
}

#[tokio::test]
async fn times_are_local_unless_utc_is_asked_for_and_json_is_always_utc() {
    let sim = fresh();
    sim.with(|world| world.set_status(ENDPOINT, EndpointStatus::SystemUpdating));
    let local = [("TZ", "CET-1")];
    let run = scalerctl_with(&sim, &local, &["status", "--now", UNTIL]).await;
    run.assert_says(&["2030-01-07 05:00:00 CET, next tick 05:01:00", "SystemUpdating"]);
    let run = scalerctl_with(&sim, &local, &["status", "--utc", "--now", UNTIL]).await;
    run.assert_says(&["2030-01-07 04:00:00 UTC"]);
    let run = scalerctl_with(&sim, &local, &["status", "--json", "--now", UNTIL]).await;
    assert_eq!(run.document()["at"], UNTIL);
}

/// The search uses longer and longer time ranges. A decision in the longest range is still found.
#[tokio::test]
async fn the_last_decision_of_a_day_is_found_and_an_older_one_is_not() {
    let sim = fresh();
    let line = json!({
        "message": "decision", "_aws": {}, "endpoint": ENDPOINT, "variant": "AllTraffic",
        "signal": "tick", "action": "sleep", "reason": "idle", "from": 1, "to": 0,
    });
    let now = time(UNTIL);
    for (age, found) in
        [(SignedDuration::from_hours(24), true), (SignedDuration::from_secs(86_401), false)]
    {
        let group = format!("/group/{found}");
        sim.with(|world| world.log_at(&group, now - age, line.to_string()));
        let run = scalerctl(&sim, &["status", "--log-group", &group, "--json"]).await;
        let decision = run.document()["endpoints"][0]["last_decision"].clone();
        assert_eq!(decision != Value::Null, found, "{decision}");
    }
}
