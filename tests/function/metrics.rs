//! The log line of a decision, in CloudWatch's embedded metric format (CloudWatch User Guide,
//! "Specification: Embedded metric format").

use std::collections::BTreeSet;

use jiff::Timestamp;
use reactive_scaler::report::METRICS;
use serde_json::{Value, json};
use simulator::Fault;

use crate::harness::{ENDPOINT, Function, Invoked, TestWorld, ago, ahead, uploads, zeros};

/// Checks the line against the format and the answer's decision, and gives its metrics' names.
fn metrics_of(line: &Value, since: Timestamp) -> BTreeSet<&str> {
    let at = line["_aws"]["Timestamp"].as_i64().unwrap();
    let now = Timestamp::now();
    assert!(since.as_millisecond() <= at && at <= now.as_millisecond(), "{at}");
    let [directive] = line["_aws"]["CloudWatchMetrics"].as_array().unwrap().as_slice() else {
        panic!("not one directive: {line}")
    };
    assert_eq!(directive["Namespace"], "ReactiveScaler");
    assert_eq!(directive["Dimensions"], json!([["EndpointName"]]));
    assert_eq!(line["EndpointName"], line["endpoint"]);
    for property in ["signal", "action", "reason"] {
        assert!(line[property].is_string(), "{property} in {line}");
    }
    let declared: BTreeSet<&str> = directive["Metrics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|metric| {
            let name = metric["Name"].as_str().unwrap();
            let known = METRICS.iter().find(|(known, _)| *known == name);
            let (_, unit) = known.unwrap_or_else(|| panic!("{name} is no metric of ours"));
            assert_eq!(metric["Unit"], *unit, "{name}");
            assert!(line[name].is_number(), "{name} has no value in {line}");
            name
        })
        .collect();
    let present = METRICS.iter().map(|(name, _)| *name).filter(|name| line.get(name).is_some());
    assert_eq!(declared, present.collect::<BTreeSet<_>>(), "declared, and present");
    declared
}

async fn invoke(test_world: &TestWorld, payload: &Value) -> (Timestamp, Invoked) {
    let mut function = test_world.function().await;
    let since = Timestamp::now();
    (since, function.invoke(payload).await)
}

fn command(action: &str) -> Value {
    json!({ "action": action, "endpoint": ENDPOINT })
}

/// These are in every line about an endpoint that was read.
const GAUGES: [&str; 2] = ["DesiredInstances", "InServiceInstances"];

#[tokio::test]
async fn each_decision_is_one_line_with_its_metrics_and_their_units() {
    let busy = || vec![(ago(4), 0.0), (ago(3), 0.0), (ago(2), 1.0)];
    for (name, test_world, payload, expected) in [
        (
            "wake",
            TestWorld::at_zero().await,
            uploads(3),
            &["LeaseRenewals", "WakeLatencyMs", "Wakes"] as &[_],
        ),
        (
            "renewal",
            TestWorld::awake_until(ahead(5)).await,
            uploads(1),
            &["Extends", "LeaseRenewals"],
        ),
        ("nothing", TestWorld::at_zero().await, command("tick"), &["Nones"]),
        (
            "sleep",
            TestWorld::with_ended_lease(zeros(&[4, 3, 2])).await,
            command("tick"),
            &["Sleeps"],
        ),
        (
            "backlog",
            TestWorld::with_ended_lease(busy()).await,
            command("tick"),
            &["Extends", "LeaseRenewals", "SleepBlocked"],
        ),
        (
            "unknown",
            TestWorld::with_ended_lease(vec![]).await,
            command("tick"),
            &["Nones", "SleepBlocked"],
        ),
        ("hold", TestWorld::awake_until(ahead(5)).await, command("hold"), &["Holds"]),
        ("release", TestWorld::awake_until(ahead(5)).await, command("release"), &["Releases"]),
    ] {
        let (since, invoked) = invoke(&test_world, &payload).await;
        let [line] = invoked.decision_lines()[..] else { panic!("{name}: not one line") };
        let metrics = metrics_of(line, since);
        let expected: BTreeSet<&str> = expected.iter().copied().chain(GAUGES).collect();
        assert_eq!(metrics, expected, "{name}");
        assert_eq!(line["level"], "INFO", "{name}");
        let decision = invoked.answer()["decisions"][0].as_object().unwrap();
        for (field, value) in decision {
            assert_eq!(line[field], *value, "{name}: {field}");
        }
    }
}

#[tokio::test]
async fn the_gauges_have_the_current_desired_and_the_previous_in_service_instances() {
    let idle = TestWorld::with_ended_lease(zeros(&[4, 3, 2])).await;
    for (test_world, payload, desired, in_service) in [
        (TestWorld::at_zero().await, uploads(1), 1, 0),
        (TestWorld::at_zero().await, command("tick"), 0, 0),
        (TestWorld::awake_until(ahead(5)).await, command("tick"), 1, 1),
        (idle, command("tick"), 0, 1),
    ] {
        let (_, invoked) = invoke(&test_world, &payload).await;
        let line = invoked.decision_lines()[0];
        assert_eq!(line["DesiredInstances"], desired, "{line}");
        assert_eq!(line["InServiceInstances"], in_service, "{line}");
    }
}

#[tokio::test]
async fn a_failure_is_logged_at_error_with_the_number_of_failures() {
    let test_world = TestWorld::at_zero().await;
    test_world.sim.with(|world| {
        world.faults.fail_next("UpdateEndpointWeightsAndCapacities", Fault::AccessDenied, 1);
        world.faults.fail_next("PutScheduledAction", Fault::AccessDenied, 1);
    });
    let (since, invoked) = invoke(&test_world, &uploads(1)).await;
    invoked.error();
    let [line] = invoked.decision_lines()[..] else { panic!("not one line") };
    assert!(metrics_of(line, since).contains("Errors"));
    assert_eq!(line["Errors"], 2);
    assert_eq!(line["level"], "ERROR");
    assert_eq!(line["errors"].as_array().unwrap().len(), 2);
    // A wake that was not accepted has no latency.
    assert_eq!(line.get("WakeLatencyMs"), None);
}

#[tokio::test]
async fn two_decisions_are_two_lines_each_with_its_own_endpoint() {
    let test_world = TestWorld::new(|world| {
        for name in ["one", "two"] {
            world.add_async_endpoint(name, "AllTraffic", 0);
        }
    })
    .await;
    let routes = r#"[{"endpoint":"one"},{"endpoint":"two"}]"#;
    let since = Timestamp::now();
    let invoked = Function::start(test_world.url(), routes).await.invoke(&uploads(1)).await;
    let lines = invoked.decision_lines();
    let names: Vec<&Value> = lines.iter().map(|line| &line["EndpointName"]).collect();
    assert_eq!(names, ["one", "two"]);
    for line in lines {
        assert!(metrics_of(line, since).contains("Wakes"));
    }
}
