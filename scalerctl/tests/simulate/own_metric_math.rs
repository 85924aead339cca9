//! Policies and alarms on metric math.

use std::fs;

use serde_json::json;

use super::{own_run::*, *};

/// A step policy, and its alarm on these metrics.
fn with_math(name: &str, metrics: Value) -> [String; 2] {
    let policies = fs::read_to_string(fixture("policies-step-and-cpu.json")).unwrap();
    let mut policies: Value = serde_json::from_str(&policies).unwrap();
    policies["ScalingPolicies"].as_array_mut().unwrap().truncate(1);
    let alarm = fs::read_to_string(fixture("alarm-of-step-policy.json")).unwrap();
    let mut alarm: Value = serde_json::from_str(&alarm).unwrap();
    for field in ["MetricName", "Namespace", "Dimensions", "Period", "Statistic"] {
        alarm.as_object_mut().unwrap().remove(field);
    }
    alarm["Metrics"] = metrics;
    [
        file(&format!("own-math-policies-{name}.json"), &policies.to_string()),
        file(&format!("own-math-{name}.json"), &alarm.to_string()),
    ]
}

fn math_metric(id: &str, metric: &str) -> Value {
    json!({
        "Id": id,
        "ReturnData": false,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": metric,
                "Dimensions": [{ "Name": "EndpointName", "Value": "my-endpoint" }],
            },
            "Period": 60,
            "Stat": "Maximum",
        },
    })
}

#[test]
fn metric_math_over_metrics_that_are_played_is_evaluated() {
    let metrics = |expression: &str| {
        json!([
            { "Id": "e1", "Expression": expression, "ReturnData": true },
            math_metric("backlog", "ApproximateBacklogSize"),
            math_metric("each", "ApproximateBacklogSizePerInstance"),
            math_metric("waits", "HasBacklogWithoutCapacity"),
        ])
    };
    // One request waits from 09:15:27, without an instance: the backlog is 1, and per instance there is no value.
    for (number, expression) in [
        "waits",
        "IF(waits > 0 AND backlog >= 1, 1, 0)",
        "IF(waits, backlog)",
        "SUM([backlog, waits]) / 2",
        "SUM(METRICS()) - 1",
        "FILL(each, 0) + backlog",
        "MAX([FILL(each, REPEAT), backlog])",
        "MIN([backlog, waits]) * ABS(-1) ^ 2",
        "CEIL(backlog / 3) + FLOOR(waits / 2)",
        "backlog * PERIOD(backlog) / 60",
        "(backlog == 1 || waits == 1) && NOTHING",
    ]
    .iter()
    .enumerate()
    {
        let mut metrics = metrics(expression);
        if expression.contains("NOTHING") {
            metrics
                .as_array_mut()
                .unwrap()
                .push(json!({ "Id": "NOTHING", "Expression": "1", "ReturnData": false }));
        }
        let text = explained_out(&with_math(&format!("played-{number}"), metrics));
        contains(
            &text,
            &[
                "backlog: datapoint 1 of 2 at or above 1: 1 for 09:15 (published 2m late)",
                "backlog: datapoint 2 of 2 at or above 1: 1 for 09:16 (published 2m late)",
                "desired capacity 0 -> 1 (monitor alarm backlog",
            ],
        );
    }
    // Without a value of one operand, there is none.
    let text =
        stdout(&scalerctl(&own("explain", &with_math("absent", metrics("backlog + each")), &[])));
    assert!(!text.contains("backlog: datapoint"), "{text}");
    for (number, (expression, said)) in [
        (
            "ANOMALY_DETECTION_BAND(backlog)",
            "has ANOMALY_DETECTION_BAND, which the simulation does not have; it has ABS",
        ),
        ("RATE(backlog)", "has RATE, which the simulation does not have"),
        ("SUM(backlog)", "has SUM of one metric, which is its SUM over a time range"),
        ("FILL(backlog, LINEAR)", "has FILL with LINEAR"),
        ("backlog +", "has \"\", which the simulation cannot read"),
        ("backlog + other", "names other, which is no Id of Metrics"),
        ("[backlog, waits]", "is several time series, and an alarm needs one"),
        ("1 + 1", "is a number, and an alarm needs a time series"),
        ("IF(backlog)", "has IF with 1 arguments; it must have 3"),
        ("e1 + 1", "names e1, whose expression names itself"),
        (
            "SELECT MAX(ApproximateBacklogSize) FROM SCHEMA(\"AWS/SageMaker\")",
            "has the Metrics Insights query e1",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let files = with_math(&format!("refused-{number}"), metrics(expression));
        contains(&refused(&files, &[]), &["Metrics of backlog has the", said]);
    }
}

/// As [`explained`], of a policy that only scales out.
fn explained_out(files: &[String]) -> String {
    let text = stdout(&scalerctl(&own("explain", files, &[])));
    assert!(!text.contains("had no datapoint") && !text.contains("scale out: never"), "{text}");
    text
}

#[test]
fn metric_math_with_a_metric_that_is_not_played_or_other_periods_is_refused() {
    let mut cpu = math_metric("cpu", "CPUUtilization");
    cpu["MetricStat"]["Metric"]["Namespace"] = "/aws/sagemaker/Endpoints".into();
    let with = |second: Value| {
        json!([
            { "Id": "e1", "Expression": "MAX(METRICS())", "ReturnData": true },
            math_metric("backlog", "ApproximateBacklogSize"),
            second,
        ])
    };
    let files = with_math("cpu", with(cpu));
    contains(
        &refused(&files, &[]),
        &[
            "the alarm backlog of policy backlog is not played: the simulation does not know the values of CPUUtilization",
        ],
    );
    let csv = file("own-math-cpu.csv", "at,value\n2030-01-07T08:00:00Z,0\n");
    let values = format!("CPUUtilization={csv}");
    contains(
        &stdout(&scalerctl(&own("explain", &files, &["--metric-values", &values]))),
        &["backlog: datapoint 2 of 2 at or above 1: 1 for 09:16"],
    );
    let mut slow = math_metric("slow", "HasBacklogWithoutCapacity");
    slow["MetricStat"]["Period"] = 300.into();
    contains(
        &refused(&with_math("periods", with(slow)), &[]),
        &[
            "has metrics with the periods 60 s and 300 s; the simulation has expressions over one period",
        ],
    );
    let mut returned = math_metric("waits", "HasBacklogWithoutCapacity");
    returned["ReturnData"] = true.into();
    contains(
        &refused(&with_math("returned", with(returned)), &[]),
        &[
            "must have ReturnData true for one of its members, and false for the others; it is true for: e1, waits",
        ],
    );
}

#[test]
fn target_tracking_on_metric_math_is_played() {
    let mut policy = has_backlog("my-endpoint", "AllTraffic");
    let specification = json!({ "Metrics": [
        { "Id": "e1", "Expression": "IF(waits > 0, 1, 0)", "ReturnData": true },
        {
            "Id": "waits",
            "ReturnData": false,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/SageMaker",
                    "MetricName": "HasBacklogWithoutCapacity",
                    "Dimensions": [{ "Name": "EndpointName", "Value": "my-endpoint" }],
                },
                "Stat": "Maximum",
            },
        },
    ]});
    policy["TargetTrackingScalingPolicyConfiguration"]["CustomizedMetricSpecification"] =
        specification;
    let math = [file("own-tracking-math.json", &policy.to_string())];
    assert_eq!(figures("own", &math, &[]), figures("has-backlog", &[], &[]));
}
