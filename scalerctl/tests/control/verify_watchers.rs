//! The answers of `scalerctl verify` about the function's events and about alarms.

use reactive_scaler::port::VariantId;
use serde_json::{Value, json};
use simulator::{
    AlarmSpec, Comparison, Fault, LambdaFunction, MetricName, Statistic, TargetTracking,
};

use super::setup::{ENDPOINT, Setup, id};

const GROUP: &str = "/aws/lambda/my-scaler";

fn answered<'a>(report: &'a Value, id: &str) -> &'a Value {
    let all = report["answers"].as_array().unwrap();
    all.iter().find(|answer| answer["id"] == id).unwrap()
}

fn decision(signal: &str) -> String {
    let line = json!({
        "message": "decision", "_aws": {}, "endpoint": ENDPOINT, "variant": "AllTraffic",
        "signal": signal, "action": "none", "reason": "busy",
    });
    line.to_string()
}

/// Runs verify. When the endpoint is in service, the function logs decisions for these signals.
async fn with_decisions(arguments: &[&str], signals: &[&str]) -> Value {
    let setup = Setup::fast(0).await;
    setup.sim.with(|world| {
        world.put_function(LambdaFunction::new("my-scaler", [("SCALER_MODE", "act")]));
        world.add_log_group(GROUP);
        // A decision from before the measurement does not count.
        let before = world.now() - std::time::Duration::from_secs(600);
        world.log_at(GROUP, before, decision("endpoint_changed"));
    });
    let arguments = [&["verify", ENDPOINT, "--yes"], arguments].concat();
    let logs = async {
        setup.until(|world| world.capacity(&id()).0 == 1).await;
        setup.sim.with(|world| {
            for signal in signals {
                world.log(GROUP, decision(signal));
            }
        });
    };
    let ((code, report), ()) = tokio::join!(setup.json(&arguments), logs);
    assert_eq!(code, Some(0), "{report}");
    answered(&report, "state-change-events").clone()
}

#[tokio::test]
async fn state_change_events_are_read_from_the_functions_log() {
    let signals = ["tick", "endpoint_changed", "endpoint_changed"];
    for whose in [["--log-group", GROUP], ["--function", "my-scaler"]] {
        let answer = with_decisions(&whose, &signals).await;
        let answer = answer["answer"].as_str().unwrap_or_else(|| panic!("{answer}"));
        assert!(
            answer.starts_with("yes: 2 decisions with the signal endpoint_changed, the first "),
            "{answer}"
        );
        // Provisioning takes 6 minutes in the model. It is longer on a busy machine.
        let seconds: i64 = answer.split(' ').rev().nth(4).unwrap().parse().unwrap();
        assert!((360..600).contains(&seconds), "{answer}");
    }
}

#[tokio::test]
async fn decisions_without_state_change_events_are_a_no() {
    let answer = with_decisions(&["--log-group", GROUP], &["tick", "tick", "tick"]).await;
    assert_eq!(
        answer["answer"],
        "no: 3 decisions since the request, none with the signal endpoint_changed"
    );
}

/// If the log has no decision about the endpoint, the question has no answer.
#[tokio::test]
async fn without_decisions_the_result_is_unknown() {
    let answer = with_decisions(&["--log-group", GROUP], &[]).await;
    assert_eq!(answer["answer"], Value::Null);
    let why = answer["not_measured"].as_str().unwrap();
    assert!(why.contains("/aws/lambda/my-scaler has no decision about the endpoint"), "{why}");
    let answer = with_decisions(&[], &["endpoint_changed"]).await;
    let why = answer["not_measured"].as_str().unwrap();
    assert!(why.contains("name the function with --function"), "{why}");
}

/// If the log cannot be read, only this question has no answer.
#[tokio::test]
async fn a_missing_log_group_is_reported() {
    let setup = Setup::fast(0).await;
    let arguments = ["verify", ENDPOINT, "--yes", "--log-group", "/none"];
    let (code, report) = setup.json(&arguments).await;
    assert_eq!(code, Some(0), "{report}");
    let answer = answered(&report, "state-change-events");
    let why = answer["not_measured"].as_str().unwrap();
    assert!(why.contains("logs:FilterLogEvents on /none failed"), "{why}");
}

/// If the function does not exist, verify fails before it starts an instance.
#[tokio::test]
async fn verify_does_not_start_if_the_function_does_not_exist() {
    let setup = Setup::with(0).await;
    let run = setup.run(&["verify", ENDPOINT, "--yes", "--function", "none-of-mine"]).await;
    run.assert(2, &["there is no function none-of-mine in this region"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
}

/// The backlog per instance has datapoints from the start of an instance on, so the high alarm leaves
/// INSUFFICIENT_DATA. In the model, a datapoint is visible two minutes after the end of its minute.
#[tokio::test]
async fn the_delay_of_the_alarms_is_measured() {
    let setup = Setup::fast(0).await;
    setup.sim.with(|world| {
        let metric = MetricName::BacklogSizePerInstance;
        let tracking = TargetTracking::new(5.0, metric, ENDPOINT, Statistic::Average);
        world.put_scaling_policy(&id(), "backlog-per-instance", tracking).unwrap();
        // An alarm of another endpoint does not count.
        let other = VariantId::new("another", "AllTraffic");
        world.add_async_endpoint("another", "AllTraffic", 0);
        let (more, metric) = (Comparison::Greater, MetricName::BacklogSizePerInstance);
        world.register_target(&other, 0, 1);
        world.put_alarm(AlarmSpec::new("other", metric, "another", more, 5.0)).unwrap();
    });
    let (code, report) = setup.json(&["verify", ENDPOINT, "--yes"]).await;
    assert_eq!(code, Some(0), "{report}");
    let delay = report["figures"]["alarm_delay_seconds"].as_f64().unwrap();
    assert!((100.0..=240.0).contains(&delay), "{delay}");
    let answer = answered(&report, "alarm-delay")["answer"].as_str().unwrap();
    for part in ["AlarmHigh-", ": INSUFFICIENT_DATA to OK ", " s after the request"] {
        assert!(answer.contains(part), "no {part:?} in {answer}");
    }
    // The low alarm first needs 15 minutes of datapoints.
    assert!(!answer.contains("AlarmLow") && !answer.contains("other"), "{answer}");
}

/// If the alarms do not change, or cannot be read, the question has no answer.
#[tokio::test]
async fn alarms_that_did_not_change_or_cannot_be_read_are_reported() {
    for (denied, why) in [
        (false, "none of its 1 alarms changed"),
        (true, "allow your own credentials cloudwatch:DescribeAlarmsForMetric"),
    ] {
        let setup = Setup::fast(0).await;
        setup.sim.with(|world| {
            let (more, metric) = (Comparison::Greater, MetricName::BacklogSize);
            world.put_alarm(AlarmSpec::new("backlog", metric, ENDPOINT, more, 5.0)).unwrap();
            if denied {
                world.faults.fail_next("DescribeAlarmsForMetric", Fault::AccessDenied, 100);
            }
            // The alarm has been OK since before the measurement.
            world.advance(std::time::Duration::ZERO);
        });
        setup.until(|world| world.alarm("backlog").unwrap().state.as_str() == "OK").await;
        let (code, report) = setup.json(&["verify", ENDPOINT, "--yes"]).await;
        assert_eq!(code, Some(0), "{report}");
        let answer = answered(&report, "alarm-delay")["not_measured"].as_str().unwrap();
        assert!(answer.contains(why), "{answer}");
    }
}
