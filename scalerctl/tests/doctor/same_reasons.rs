//! doctor, simulate, and explain report the same findings, by the same names, for the same policies and alarms.

use std::{collections::BTreeSet, fs, path::PathBuf};

use serde_json::{Value, json};
use simulator::{Simulator, alarms_from_json, policies_from_json};

use super::{
    program,
    run::doctor,
    world::{BEGIN, ENDPOINT, id},
};

/// The findings that all three report.
const SHARED: [&str; 11] = [
    "metric-not-published",
    "wrong-dimension",
    "wrong-endpoint",
    "alarm-missing",
    "alarm-actions-disabled",
    "policy-never-acts",
    "value-without-step",
    "period-below-metric",
    "not-evaluated",
    "no-scale-in-policy",
    "no-way-out-of-zero",
];

const ACTION: &str = "arn:aws:autoscaling:eu-central-1:123456789012:scalingPolicy:1:resource/sagemaker/\
                      endpoint/my-endpoint/variant/AllTraffic:policyName/steps";

fn policy(name: &str, kind: &str, configuration: Value) -> Value {
    json!({
        "ServiceNamespace": "sagemaker",
        "ResourceId": id().resource_id(),
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "PolicyName": name,
        kind: configuration,
    })
}

/// Step scaling from this lower bound.
fn steps(lower: f64, by: i32) -> Value {
    let step = json!({ "MetricIntervalLowerBound": lower, "ScalingAdjustment": by });
    let configuration = json!({ "AdjustmentType": "ChangeInCapacity", "StepAdjustments": [step] });
    policy("steps", "StepScalingPolicyConfiguration", configuration)
}

/// Target tracking on a metric with these dimensions.
fn tracking(namespace: &str, metric: &str, dimensions: &[(&str, &str)]) -> Value {
    let dimensions: Vec<Value> =
        dimensions.iter().map(|(name, value)| json!({ "Name": name, "Value": value })).collect();
    let metric = json!({
        "MetricName": metric,
        "Namespace": namespace,
        "Dimensions": dimensions,
        "Statistic": "Average",
    });
    let configuration = json!({ "TargetValue": 5.0, "CustomizedMetricSpecification": metric });
    policy("tracking", "TargetTrackingScalingPolicyConfiguration", configuration)
}

/// An alarm that triggers `steps` while requests wait at zero instances, with this change.
fn alarm(change: impl FnOnce(&mut Value)) -> Option<Value> {
    let mut alarm = json!({
        "AlarmName": "waiting",
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": [{ "Name": "EndpointName", "Value": ENDPOINT }],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": [ACTION],
    });
    change(&mut alarm);
    Some(alarm)
}

/// The alarm with another value of one field.
fn alarm_with(field: &str, value: Value) -> Option<Value> {
    alarm(|alarm| alarm[field] = value)
}

/// The alarm, which triggers the policy only in another state.
fn alarm_in(state: &str) -> Option<Value> {
    alarm(|alarm| {
        alarm["AlarmActions"] = json!([]);
        alarm[state] = json!([ACTION]);
    })
}

type Case = (&'static str, Vec<Value>, Option<Value>);

fn cases() -> Vec<Case> {
    let own = ("EndpointName", ENDPOINT);
    let per_instance = "ApproximateBacklogSizePerInstance";
    let sagemaker = "AWS/SageMaker";
    let predefined = json!({
        "TargetValue": 70.0,
        "PredefinedMetricSpecification": {
            "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance",
        },
    });
    let predefined = policy("built-in", "TargetTrackingScalingPolicyConfiguration", predefined);
    let dimension = |name: &str, value: &str| json!([{ "Name": name, "Value": value }]);
    vec![
        ("works", vec![steps(0.0, 1)], alarm(|_| {})),
        (
            "both directions",
            vec![steps(0.0, 1), tracking(sagemaker, per_instance, &[own])],
            alarm(|_| {}),
        ),
        ("absent at zero", vec![tracking(sagemaker, per_instance, &[own])], None),
        (
            "another dimension",
            vec![tracking(sagemaker, per_instance, &[own, ("VariantName", "AllTraffic")])],
            None,
        ),
        ("no dimension", vec![tracking(sagemaker, per_instance, &[])], None),
        (
            "another endpoint",
            vec![tracking(sagemaker, per_instance, &[("EndpointName", "other")])],
            None,
        ),
        (
            "a namespace of AWS",
            vec![tracking("/aws/sagemaker/Endpoints", per_instance, &[own])],
            None,
        ),
        ("a namespace in lower case", vec![tracking("aws/sagemaker", per_instance, &[own])], None),
        (
            "of real-time endpoints",
            vec![tracking(sagemaker, "InvocationsPerInstance", &[own])],
            None,
        ),
        ("predefined", vec![predefined], None),
        ("a metric of the user", vec![tracking("Mine", "QueueLength", &[])], None),
        ("a metric that is not known", vec![tracking(sagemaker, "HasBacklog", &[own])], None),
        ("no alarm", vec![steps(0.0, 1)], None),
        ("disabled", vec![steps(0.0, 1)], alarm_with("ActionsEnabled", json!(false))),
        ("10 s", vec![steps(0.0, 1)], alarm_with("Period", json!(10))),
        ("30 s", vec![steps(0.0, 1)], alarm_with("Period", json!(30))),
        (
            "an alarm of another endpoint",
            vec![steps(0.0, 1)],
            alarm_with("Dimensions", dimension("EndpointName", "other")),
        ),
        (
            "an alarm by variant",
            vec![steps(0.0, 1)],
            alarm_with("Dimensions", dimension("VariantName", "AllTraffic")),
        ),
        (
            "an alarm in another namespace",
            vec![steps(0.0, 1)],
            alarm_with("Namespace", json!("AWS/Sagemaker")),
        ),
        ("an alarm above 1", vec![steps(0.0, 1)], alarm_with("Threshold", json!(2.0))),
        ("a step above 1", vec![steps(1.0, 1)], alarm(|_| {})),
        (
            "a gap below the step",
            vec![steps(4.0, 1)],
            alarm_with("MetricName", json!("ApproximateBacklogSize")),
        ),
        ("only OK", vec![steps(0.0, 1)], alarm_in("OKActions")),
        ("only INSUFFICIENT_DATA", vec![steps(0.0, 1)], alarm_in("InsufficientDataActions")),
    ]
}

/// The shared findings among these.
fn shared<'a>(ids: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    ids.into_iter().filter(|id| SHARED.contains(id)).map(str::to_owned).collect()
}

/// The findings of doctor, for an endpoint without a function.
async fn by_doctor(policies: &str, alarms: Option<&str>) -> BTreeSet<String> {
    let sim = Simulator::new(BEGIN.parse().unwrap());
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, "AllTraffic", 0);
        world.register_target(&id(), 0, 4);
        for put in policies_from_json(policies).unwrap() {
            world.put_scaling_policy(&put.id, &put.name, put.kind).unwrap();
        }
        for alarm in alarms.map(|alarms| alarms_from_json(alarms).unwrap()).unwrap_or_default() {
            world.put_alarm(alarm).unwrap();
        }
    });
    shared(doctor(&sim, &[]).await.findings())
}

async fn scalerctl(arguments: &[&str]) -> String {
    let output = program::scalerctl("http://127.0.0.1:9").args(arguments).output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The findings with which the policies are refused. `None`: they are played.
async fn refused(arguments: &[&str]) -> Option<BTreeSet<String>> {
    let output = program::scalerctl("http://127.0.0.1:9").args(arguments).output().await.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    (!output.status.success())
        .then(|| shared(stderr.lines().filter_map(|line| Some(line.split_once(": ")?.0))))
}

#[tokio::test]
async fn all_three_report_the_same_findings() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let write = |name: &str, text: &str| {
        let file = folder.join(name);
        fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (title, policies, alarm) in cases() {
        let policies = json!({ "ScalingPolicies": policies }).to_string();
        let alarms = alarm.map(|alarm| json!({ "MetricAlarms": [alarm] }).to_string());
        let wanted = by_doctor(&policies, alarms.as_deref()).await;
        let mut files = vec![write("same-policies.json", &policies)];
        files.extend(alarms.map(|alarms| write("same-alarms.json", &alarms)));
        let own = files.iter().flat_map(|file| ["--own", file.as_str()]);
        let own: Vec<&str> = ["--policy", "own"].into_iter().chain(own).collect();
        // What cannot be played is refused, with the same finding first. What else doctor finds is not known.
        if let Some(reasons) = refused(&[&["simulate", "--json"][..], &own].concat()).await {
            if reasons.is_empty() || !reasons.is_subset(&wanted) {
                wrong.push(format!("{title}: doctor {wanted:?}, simulate refuses {reasons:?}"));
            }
            seen.extend(wanted);
            continue;
        }
        let document = scalerctl(&[&["simulate", "--json"][..], &own].concat()).await;
        let document: Value = serde_json::from_str(&document).unwrap();
        let found = document["policies"][0]["outcome"]["findings"].as_array().unwrap();
        let simulated = shared(found.iter().map(|finding| finding["id"].as_str().unwrap()));
        let text = scalerctl(&[&["explain"][..], &own].concat()).await;
        let (_, causes) = text.split_once("What triggers it\n").unwrap();
        let lines = causes.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": "));
        let explained = shared(lines.map(|(id, _)| id));
        if simulated != wanted || explained != wanted {
            wrong.push(format!(
                "{title}: doctor {wanted:?}, simulate {simulated:?}, explain {explained:?}"
            ));
        }
        seen.extend(wanted);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(seen, shared(SHARED), "each finding has a case");
}
