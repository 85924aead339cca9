//! What `scalerctl verify` learns of those that watch the endpoint: the function, and the alarms.

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

/// Runs it while the function logs these decisions, once the endpoint serves.
async fn with_decisions(arguments: &[&str], signals: &[&str]) -> Value {
    let setup = Setup::fast(0).await;
    setup.sim.with(|world| {
        world.put_function(LambdaFunction::new("my-scaler", [("SCALER_MODE", "act")]));
        world.add_log_group(GROUP);
        // Of an earlier change: not of this trial.
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
async fn state_change_events_are_those_of_the_functions_log() {
    let signals = ["tick", "endpoint_changed", "endpoint_changed"];
    for whose in [["--log-group", GROUP], ["--function", "my-scaler"]] {
        let told = with_decisions(&whose, &signals).await;
        let answer = told["answer"].as_str().unwrap_or_else(|| panic!("{told}"));
        assert!(
            answer.starts_with("yes: 2 decisions with the signal endpoint_changed, the first "),
            "{answer}"
        );
        // Provisioning takes 6 minutes in the model, and a busy machine makes more of it.
        let seconds: i64 = answer.split(' ').rev().nth(4).unwrap().parse().unwrap();
        assert!((360..600).contains(&seconds), "{answer}");
    }
}

#[tokio::test]
async fn a_function_that_decides_and_is_told_of_no_change_is_a_no() {
    let told = with_decisions(&["--log-group", GROUP], &["tick", "tick", "tick"]).await;
    assert_eq!(
        told["answer"],
        "no: 3 decisions since the request, none with the signal endpoint_changed"
    );
}

/// A function that does not speak of the endpoint says nothing of its events.
#[tokio::test]
async fn silence_is_no_answer() {
    let told = with_decisions(&["--log-group", GROUP], &[]).await;
    assert_eq!(told["answer"], Value::Null);
    let why = told["not_measured"].as_str().unwrap();
    assert!(why.contains("/aws/lambda/my-scaler has no decision about the endpoint"), "{why}");
    let told = with_decisions(&[], &["endpoint_changed"]).await;
    let why = told["not_measured"].as_str().unwrap();
    assert!(why.contains("name the function with --function"), "{why}");
}

/// A log that cannot be read costs its answer, and nothing else.
#[tokio::test]
async fn a_log_group_that_is_not_there_is_told() {
    let setup = Setup::fast(0).await;
    let arguments = ["verify", ENDPOINT, "--yes", "--log-group", "/none"];
    let (code, report) = setup.json(&arguments).await;
    assert_eq!(code, Some(0), "{report}");
    let told = answered(&report, "state-change-events");
    let why = told["not_measured"].as_str().unwrap();
    assert!(why.contains("logs:FilterLogEvents on /none failed"), "{why}");
}

/// A function that is not there is a mistake, told before anything is started.
#[tokio::test]
async fn a_function_that_is_not_there_ends_it_before_it_begins() {
    let setup = Setup::with(0).await;
    let run = setup.run(&["verify", ENDPOINT, "--yes", "--function", "none-of-mine"]).await;
    run.assert(2, &["there is no function none-of-mine in this region"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
}

/// The backlog per instance has datapoints once an instance is there: the high alarm leaves
/// INSUFFICIENT_DATA. In the model the datapoint of a minute shows two minutes after its end.
#[tokio::test]
async fn the_delay_of_the_alarms_is_measured() {
    let setup = Setup::fast(0).await;
    setup.sim.with(|world| {
        let metric = MetricName::BacklogSizePerInstance;
        let tracking = TargetTracking::new(5.0, metric, ENDPOINT, Statistic::Average);
        world.put_scaling_policy(&id(), "backlog-per-instance", tracking).unwrap();
        // One of another endpoint is none of ours.
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
    let told = answered(&report, "alarm-delay")["answer"].as_str().unwrap();
    for part in ["AlarmHigh-", ": INSUFFICIENT_DATA to OK ", " s after the request"] {
        assert!(told.contains(part), "no {part:?} in {told}");
    }
    // The low one wants a quarter of an hour of datapoints first.
    assert!(!told.contains("AlarmLow") && !told.contains("other"), "{told}");
}

/// Alarms that stay as they are, and alarms that may not be read, are no answer.
#[tokio::test]
async fn alarms_that_did_not_change_or_are_not_read_are_told() {
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
            // It has been OK for long.
            world.advance(std::time::Duration::ZERO);
        });
        setup.until(|world| world.alarm("backlog").unwrap().state.as_str() == "OK").await;
        let (code, report) = setup.json(&["verify", ENDPOINT, "--yes"]).await;
        assert_eq!(code, Some(0), "{report}");
        let told = answered(&report, "alarm-delay")["not_measured"].as_str().unwrap();
        assert!(told.contains(why), "{told}");
    }
}
