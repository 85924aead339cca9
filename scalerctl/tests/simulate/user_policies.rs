//! Policies of the user, in the JSON format of the AWS CLI.

use std::{fs, path::PathBuf};

use super::*;

fn file(name: &str, json: &Value) -> String {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, json.to_string()).unwrap();
    file.to_str().unwrap().to_owned()
}

fn tracking(metric: &str, target: f64, statistic: &str) -> Value {
    serde_json::json!({
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/whisper-prod/variant/blue",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "PolicyName": "mine",
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": target,
            "CustomizedMetricSpecification": {
                "MetricName": metric,
                "Namespace": "AWS/SageMaker",
                "Dimensions": [{ "Name": "EndpointName", "Value": "whisper-prod" }],
                "Statistic": statistic,
            },
        },
    })
}

#[test]
fn the_input_of_put_scaling_policy_gives_the_figures_of_the_same_built_in_policy() {
    let mine = file("own-has-backlog.json", &tracking("HasBacklogWithoutCapacity", 0.5, "Maximum"));
    assert_eq!(outcome("own", &["--own", &mine]), outcome("has-backlog", &[]));
}

#[test]
fn the_output_of_the_cli_is_read_with_its_alarms() {
    let leave_zero = serde_json::json!({
        "PolicyARN": "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/sagemaker/endpoint/whisper-prod/variant/blue:policyName/leave-zero",
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/whisper-prod/variant/blue",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "PolicyName": "leave-zero",
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1 }],
            "Cooldown": 300,
            "MetricAggregationType": "Average",
        },
        "Alarms": [{ "AlarmName": "x", "AlarmARN": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:x" }],
    });
    let mut per_instance = tracking("ApproximateBacklogSizePerInstance", 5.0, "Average");
    per_instance["TargetTrackingScalingPolicyConfiguration"]["ScaleInCooldown"] = 600.into();
    let policies = serde_json::json!({ "ScalingPolicies": [leave_zero, per_instance] });
    let alarms = serde_json::json!({ "MetricAlarms": [{
        "AlarmName": "x",
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": [{ "Name": "EndpointName", "Value": "whisper-prod" }],
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": [leave_zero["PolicyARN"]],
    }]});
    let (policies, alarms) =
        (file("own-pair.json", &policies), file("own-pair-alarms.json", &alarms));
    let mine = ["--own", &policies, "--own", &alarms];
    assert_eq!(outcome("own", &mine), outcome("aws-documented-pair", &[]));
    // Without the alarm, nobody knows what scales out from zero.
    let alone = outcome("own", &mine[..2]);
    assert_eq!(alone["never_requested"], 1);
    let [missing] = alone["not_played"].as_array().unwrap().as_slice() else { panic!("{alone}") };
    assert!(missing.as_str().unwrap().contains("leave-zero is in none of the files"), "{missing}");
    let (page, table) = (file("own-pair.html", &Value::Null), file("own-pair.csv", &Value::Null));
    let written = ["--html", page.as_str(), "--csv", table.as_str()];
    let output = scalerctl(&[&["simulate", "--policy", "own"], &mine[..2], &written[..]].concat());
    assert!(stdout(&output).contains("?       not known"), "{}", stdout(&output));
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains("result not known: not in the chart") && !page.contains("never a result")
    );
    let table = fs::read_to_string(table).unwrap();
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let column = lines[0].iter().position(|name| *name == "policies_not_played").unwrap();
    assert_eq!(lines[1][column], "1", "{table}");
}

/// Runs `simulate` with the file, and returns its error.
fn refused(file: &str) -> String {
    let output = scalerctl(&["simulate", "--policy", "own", "--own", file]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{file}: {stderr}");
    assert!(stderr.contains(&format!("--own {file}")), "{file}: {stderr}");
    assert!(output.stdout.is_empty(), "{file}");
    stderr
}

#[test]
fn an_error_names_the_file_the_entry_and_the_field() {
    let has_backlog = || tracking("HasBacklogWithoutCapacity", 0.5, "Maximum");
    let changed = |pointer: &str, value: Value| {
        let mut second = has_backlog();
        *second.pointer_mut(pointer).unwrap() = value;
        serde_json::json!({ "ScalingPolicies": [has_backlog(), second] })
    };
    let without = |name: &str| {
        let mut second = has_backlog();
        second.as_object_mut().unwrap().remove(name);
        serde_json::json!({ "ScalingPolicies": [has_backlog(), second] })
    };
    let configuration = "/TargetTrackingScalingPolicyConfiguration";
    let specification = format!("{configuration}/CustomizedMetricSpecification");
    // Only the alarms of the policies are read in full.
    let action = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/sagemaker/\
                  endpoint/whisper-prod/variant/blue:policyName/steps";
    let alarm = |mut alarm: Value| {
        let mut steps = has_backlog();
        steps["PolicyName"] = "steps".into();
        steps["PolicyType"] = "StepScaling".into();
        steps.as_object_mut().unwrap().remove("TargetTrackingScalingPolicyConfiguration");
        steps["StepScalingPolicyConfiguration"] = serde_json::json!({
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1 }],
        });
        alarm["AlarmActions"] = serde_json::json!([action]);
        serde_json::json!({ "ScalingPolicies": [steps], "MetricAlarms": [alarm] })
    };
    let alarms = alarm(serde_json::json!({ "AlarmName": "x", "EvaluationPeriods": 1 }));
    for (json, said) in [
        (
            changed("/PolicyType", "PredictiveScaling".into()),
            "ScalingPolicies[1].PolicyType of mine is \"PredictiveScaling\"; it must be \
             TargetTrackingScaling or StepScaling",
        ),
        (
            changed(&format!("{specification}/Statistic"), "p99".into()),
            "CustomizedMetricSpecification.Statistic of mine is \"p99\"; it must be one of Average, \
             Maximum",
        ),
        (
            changed(&format!("{configuration}/TargetValue"), "5".into()),
            "Configuration.TargetValue of mine is the string \"5\"; it must be a number",
        ),
        (
            changed(&format!("{specification}/Dimensions"), serde_json::json!([1])),
            "Dimensions[0] of mine is the number 1; it must be an object",
        ),
        (without("PolicyName"), "ScalingPolicies[1].PolicyName is missing; it must be a name"),
        (
            without("ResourceId"),
            "ScalingPolicies[1].ResourceId of mine is missing; it must be endpoint/NAME/variant/VARIANT",
        ),
        (serde_json::json!([has_backlog(), 7]), "[1] is the number 7; it must be an object"),
        (alarms, "MetricAlarms[0].MetricName of x is missing; it must be the name of a metric"),
        (
            alarm(serde_json::json!({ "AlarmName": "x", "Treatmissingdata": "ignore" })),
            "MetricAlarms[0].Treatmissingdata of x is unknown; it must be TreatMissingData",
        ),
        (serde_json::json!({}), "is neither a policy nor an alarm; it must be the output of"),
        (serde_json::json!(1), "is neither a policy nor an alarm"),
        (serde_json::json!({ "ScalingPolicies": [] }), "ScalingPolicies is empty: the account"),
        (serde_json::json!({ "ScalingPolicies": {} }), "ScalingPolicies must be an array"),
        (
            serde_json::json!({ "AlarmName": "all", "AlarmRule": "ALARM(x)" }),
            "is of a composite alarm, which cannot trigger a scaling policy",
        ),
    ] {
        let text = refused(&file("own-wrong.json", &json));
        assert!(text.contains(said), "no {said:?} in:\n{text}");
    }
    let mut unknown = has_backlog();
    unknown["TargetTrackingScalingPolicyConfiguration"]["ScaleinCooldown"] = 60.into();
    let text = refused(&file("own-unknown.json", &unknown));
    assert!(
        text.contains(
            "Configuration.ScaleinCooldown of mine is unknown; the known fields are `TargetValue`"
        ),
        "{text}"
    );
    // Policies that the API would reject.
    let mut other = tracking("HasBacklogWithoutCapacity", 0.7, "Maximum");
    other["PolicyName"] = "other".into();
    let twice = serde_json::json!([has_backlog(), other]);
    let output =
        scalerctl(&["simulate", "--policy", "own", "--own", &file("own-twice.json", &twice)]);
    assert_eq!(output.status.code(), Some(2));
}

/// An alarm alone triggers nothing. Beside other policies, it is a finding.
#[test]
fn an_alarm_of_a_policy_that_is_in_no_file_is_reported() {
    let alarm = serde_json::json!({
        "AlarmName": "waiting",
        "Namespace": "AWS/SageMaker",
        "MetricName": "HasBacklogWithoutCapacity",
        "Dimensions": [{ "Name": "EndpointName", "Value": "whisper-prod" }],
        "Statistic": "Maximum",
        "Period": 60,
        "EvaluationPeriods": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "AlarmActions": ["arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/\
                          sagemaker/endpoint/whisper-prod/variant/blue:policyName/gone"],
    });
    let alarm = file("own-alone.json", &alarm);
    let output = scalerctl(&["explain", "--policy", "own", "--own", &alarm]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("none of the files has a scaling policy\nwhat to do: "), "{stderr}");
    let mine = file("own-other.json", &tracking("HasBacklogWithoutCapacity", 0.5, "Maximum"));
    let text = stdout(&scalerctl(&["explain", "--policy", "own", "--own", &mine, "--own", &alarm]));
    let said = "  alarm-without-action: the alarm waiting triggers the policy gone of \
                endpoint/whisper-prod/variant/blue, which is in none of the files\n";
    assert!(text.contains(said), "{text}");
}

/// What doctor reports as never acting, simulate and explain report too.
#[test]
fn a_policy_that_can_never_act_is_reported() {
    let obstacle = "the policy mine with the alarm AlarmHigh HasBacklogWithoutCapacity never acts: \
                    the alarm never triggers it: HasBacklogWithoutCapacity (Maximum) is 0 or 1 at \
                    zero instances and 0 otherwise, and the alarm requires a value greater than 1";
    let mine = file("own-never.json", &tracking("HasBacklogWithoutCapacity", 1.0, "Maximum"));
    let arguments = ["--policy", "own,has-backlog", "--own", &mine];
    let table = stdout(&scalerctl(&[&["simulate"][..], &arguments].concat())).replace('\n', " ");
    assert!(table.contains(&format!("own: policy-never-acts: {obstacle} ")), "{table}");
    assert_eq!(table.matches("never acts").count(), 1, "{table}");
    let explanation = stdout(&scalerctl(&[&["explain"][..], &arguments].concat()));
    assert!(explanation.contains(&format!("  policy-never-acts: {obstacle}\n")), "{explanation}");
    assert_eq!(outcome("own", &["--own", &mine])["never_act"], serde_json::json!([obstacle]));
}

/// No built-in policy is one of those.
#[test]
fn every_built_in_policy_can_act() {
    let table = stdout(&scalerctl(&["simulate"]));
    assert!(!table.contains("never acts"), "{table}");
}

/// Step scaling has no alarm of its own.
#[test]
fn a_policy_without_an_alarm_and_one_whose_alarm_is_disabled_are_reported() {
    let policy = serde_json::json!({
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/whisper-prod/variant/blue",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "PolicyName": "mine",
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1 }],
            "MetricAggregationType": "Maximum",
        },
    });
    let action = "arn:aws:autoscaling:eu-west-1:123456789012:scalingPolicy:1:resource/sagemaker/\
                  endpoint/whisper-prod/variant/blue:policyName/mine";
    let alarm = |actions: &str, enabled: bool| {
        serde_json::json!({
            "AlarmName": "waiting",
            "Namespace": "AWS/SageMaker",
            "MetricName": "HasBacklogWithoutCapacity",
            "Dimensions": [{ "Name": "EndpointName", "Value": "whisper-prod" }],
            "Statistic": "Maximum",
            "Period": 60,
            "EvaluationPeriods": 2,
            "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
            "ActionsEnabled": enabled,
            actions: [action],
        })
    };
    let policy = file("own-steps.json", &policy);
    let explained = |alarm: Value| {
        let alarm = file("own-waiting.json", &alarm);
        stdout(&scalerctl(&["explain", "--policy", "own", "--own", &policy, "--own", &alarm]))
    };
    let alone = refused(&policy);
    assert!(alone.contains("the alarm of policy mine is in none of the files"), "{alone}");
    let disabled = explained(alarm("AlarmActions", false));
    assert!(disabled.contains("never acts: ActionsEnabled of the alarm is false"), "{disabled}");
    assert!(!disabled.contains("it triggers its policy"), "{disabled}");
    // The state OK with one breaching datapoint of two triggers it, and a step matches.
    let on_ok = explained(alarm("OKActions", true));
    assert!(on_ok.contains("desired capacity 0 -> 1") && !on_ok.contains("never acts"), "{on_ok}");
}
