//! `demo` compares the function with target tracking. `simulate` gives the same figures for the same policies, and one
//! minute less for `has-backlog`: docs/internals/laboratory.md explains why.

use serde_json::{Value, json};

use super::*;

fn write(name: &str, json: &Value) -> String {
    let file = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&file, json.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

/// The policies of the demo: out by HasBacklogWithoutCapacity, in by the backlog per instance.
fn policies_of_the_demo() -> [String; 2] {
    let policy = |name: &str, kind: &str, configuration: Value| {
        json!({
            "ServiceNamespace": "sagemaker",
            "ResourceId": "endpoint/my-endpoint/variant/AllTraffic",
            "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
            "PolicyName": name,
            kind: configuration,
        })
    };
    let dimensions = json!([{ "Name": "EndpointName", "Value": "my-endpoint" }]);
    let steps = json!({
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1 }],
    });
    let tracking = json!({
        "TargetValue": 1.0,
        "CustomizedMetricSpecification": {
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Namespace": "AWS/SageMaker",
            "Dimensions": dimensions,
            "Statistic": "Average",
        },
    });
    let policies = json!([
        policy("out", "StepScalingPolicyConfiguration", steps),
        policy("in", "TargetTrackingScalingPolicyConfiguration", tracking),
    ]);
    let alarm = json!({
        "AlarmName": "waiting",
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": dimensions,
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 3,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": ["arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/\
                          sagemaker/endpoint/my-endpoint/variant/AllTraffic:policyName/out"],
    });
    [write("demo-policies.json", &policies), write("demo-alarm.json", &alarm)]
}

#[test]
fn the_same_policies_have_the_same_figures_in_demo_and_simulate() {
    let demo: Value = serde_json::from_str(&stdout(&scalerctl(&["demo", "--json"]))).unwrap();
    let demo = &demo["comparison"]["target_tracking"];
    let [policies, alarm] = policies_of_the_demo();
    let same = outcome("own", &["--own", &policies, "--own", &alarm]);
    let idle_minutes = |outcome: &Value| figure(outcome, "/idle_hours") * 60.0;
    let minutes = figure(demo, "/paid_idle_minutes");
    assert!((idle_minutes(&same) - minutes).abs() < 0.01, "{same}\n{demo}");
    assert!((figure(&same, "/instance_hours") * 60.0 - figure(demo, "/paid_minutes")).abs() < 0.01);
    let requested = figure(demo, "/capacity_requested_after_seconds");
    assert!((figure(&same, "/capacity_requested_seconds/max") - requested).abs() < 0.01);
    // HasBacklogWithoutCapacity is already 0 in the minute in which the instance processes the request.
    let has_backlog = idle_minutes(&outcome("has-backlog", &[]));
    assert!((minutes - has_backlog - 1.0).abs() < 0.01, "{minutes} and {has_backlog}");
}

#[test]
fn the_function_has_the_same_figures_in_demo_and_simulate() {
    for (option, policy) in
        [(None, "reactive-scaler"), (Some("--results"), "reactive-scaler-with-results")]
    {
        let arguments: Vec<&str> = ["demo", "--json"].into_iter().chain(option).collect();
        let demo: Value = serde_json::from_str(&stdout(&scalerctl(&arguments))).unwrap();
        let outcome = outcome(policy, &[]);
        for (name, in_simulate) in [
            ("paid_idle_minutes", figure(&outcome, "/idle_hours") * 60.0),
            ("paid_minutes", figure(&outcome, "/instance_hours") * 60.0),
            ("completed_after_seconds", figure(&outcome, "/result_seconds/max")),
        ] {
            let in_demo = figure(&demo["summary"], &format!("/{name}"));
            assert!(
                (in_demo - in_simulate).abs() < 0.01,
                "{policy} {name}: {in_demo} {in_simulate}"
            );
        }
    }
}
