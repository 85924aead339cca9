//! Policies and alarms in the JSON of the AWS CLI.

use std::time::Duration;

use simulator::{
    AdjustmentType, AlarmAction, AlarmSpec, Comparison, Metric, MetricName, PolicyKind, Statistic,
    StepAdjustment, StepScaling, TargetTracking, TrackedMetric, TreatMissing, alarms_from_json,
    policies_from_json,
};

use crate::{policies::*, setup::*};

/// The policy of "Autoscale an asynchronous endpoint" in the SageMaker guide.
const TRACKING: &str = r#"{
    "PolicyName": "Invocations-ScalingPolicy",
    "ServiceNamespace": "sagemaker",
    "ResourceId": "endpoint/my-endpoint/variant/AllTraffic",
    "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    "PolicyType": "TargetTrackingScaling",
    "TargetTrackingScalingPolicyConfiguration": {
        "TargetValue": 5.0,
        "CustomizedMetricSpecification": {
            "MetricName": "ApproximateBacklogSizePerInstance",
            "Namespace": "AWS/SageMaker",
            "Dimensions": [{ "Name": "EndpointName", "Value": "my-endpoint" }],
            "Statistic": "Average"
        },
        "ScaleInCooldown": 600
    }
}"#;

/// The optional second policy of the same page, as describe-scaling-policies prints it.
const STEPS: &str = r#"{
    "ScalingPolicies": [{
        "PolicyARN": "arn:aws:autoscaling:us-west-2:123456789012:scalingPolicy:5e07:resource/sagemaker/endpoint/my-endpoint/variant/AllTraffic:policyName/HasBacklogWithoutCapacity-ScalingPolicy",
        "PolicyName": "HasBacklogWithoutCapacity-ScalingPolicy",
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/my-endpoint/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [{ "MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1 }],
            "Cooldown": 300,
            "MetricAggregationType": "Average"
        },
        "Alarms": [{ "AlarmName": "anything", "AlarmARN": "anything" }],
        "CreationTime": "2023-08-14T13:53:10.182000+08:00"
    }]
}"#;

/// Its alarm, as describe-alarms prints it.
const ALARM: &str = r#"{
    "MetricAlarms": [{
        "AlarmName": "step_scaling_policy_alarm_name",
        "AlarmArn": "arn:aws:cloudwatch:us-west-2:123456789012:alarm:step_scaling_policy_alarm_name",
        "ActionsEnabled": true,
        "OKActions": [],
        "AlarmActions": [
            "arn:aws:autoscaling:us-west-2:123456789012:scalingPolicy:5e07:resource/sagemaker/endpoint/my-endpoint/variant/AllTraffic:policyName/HasBacklogWithoutCapacity-ScalingPolicy",
            "arn:aws:sns:us-west-2:123456789012:my-topic"
        ],
        "InsufficientDataActions": [],
        "StateValue": "INSUFFICIENT_DATA",
        "StateReason": "Insufficient Data: 2 datapoints were unknown.",
        "MetricName": "HasBacklogWithoutCapacity",
        "Namespace": "AWS/SageMaker",
        "Statistic": "Average",
        "Dimensions": [{ "Name": "EndpointName", "Value": "my-endpoint" }],
        "Period": 60,
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "missing"
    }],
    "CompositeAlarms": []
}"#;

#[test]
fn the_input_of_put_scaling_policy_is_read() {
    let read = policies_from_json(TRACKING).unwrap();
    let [policy] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((&policy.id, policy.name.as_str()), (&id(), "Invocations-ScalingPolicy"));
    let metric = MetricName::BacklogSizePerInstance;
    let expected = TargetTracking {
        scale_in_cooldown: Duration::from_secs(600),
        // The default for endpoint variants.
        scale_out_cooldown: Duration::from_secs(300),
        ..TargetTracking::new(5.0, metric, ENDPOINT, Statistic::Average)
    };
    assert_eq!(policy.kind, PolicyKind::TargetTracking(expected));
}

#[test]
fn the_output_of_describe_scaling_policies_is_read() {
    let read = policies_from_json(STEPS).unwrap();
    let expected = vec![StepAdjustment::new(Some(0.0), None, 1)];
    let expected = StepScaling::new(AdjustmentType::ChangeInCapacity, expected);
    assert_eq!(read[0].kind, PolicyKind::StepScaling(expected));
}

#[test]
fn the_output_of_describe_alarms_is_read_and_triggers_the_policy() {
    let read = alarms_from_json(ALARM).unwrap();
    let [alarm] = read.as_slice() else { panic!("{read:?}") };
    let policy = "HasBacklogWithoutCapacity-ScalingPolicy";
    let metric = MetricName::HasBacklogWithoutCapacity;
    let comparison = Comparison::GreaterOrEqual;
    let expected = AlarmSpec {
        evaluation_periods: 2,
        datapoints_to_alarm: Some(2),
        alarm_actions: vec![
            AlarmAction::Policy { id: id(), policy: policy.into() },
            AlarmAction::Notify("arn:aws:sns:us-west-2:123456789012:my-topic".into()),
        ],
        ..AlarmSpec::new("step_scaling_policy_alarm_name", metric, ENDPOINT, comparison, 1.0)
    };
    assert_eq!(*alarm, expected);

    let mut world = scaled(0);
    for put in policies_from_json(STEPS).unwrap() {
        world.put_scaling_policy(&put.id, &put.name, put.kind).unwrap();
    }
    world.put_alarm(alarm.clone()).unwrap();
    world.upload(ENDPOINT);
    world.advance(mins(2));
    assert_eq!(desired(&world), 1);
}

// put-metric-alarm takes the alarm alone, and has defaults.
#[test]
fn the_input_of_put_metric_alarm_is_read() {
    let alone = r#"{ "AlarmName": "mine", "MetricName": "ApproximateBacklogSize",
        "Namespace": "AWS/SageMaker", "Statistic": "Sum", "Period": 120, "EvaluationPeriods": 3,
        "Dimensions": [{ "Name": "EndpointName", "Value": "my-endpoint" }],
        "Threshold": 1, "ComparisonOperator": "LessThanThreshold" }"#;
    let read = alarms_from_json(alone).unwrap();
    let expected = AlarmSpec {
        statistic: Statistic::Sum,
        period: mins(2),
        evaluation_periods: 3,
        ..AlarmSpec::new("mine", MetricName::BacklogSize, ENDPOINT, Comparison::Less, 1.0)
    };
    assert_eq!(read, [expected]);
    assert_eq!((read[0].actions_enabled, read[0].treat_missing), (true, TreatMissing::Missing));
}

// Metrics that the model does not publish, and metrics with other dimensions, have no datapoints.
#[test]
fn other_metrics_are_read_and_have_no_datapoints() {
    let rows = [
        (
            r#""MetricName": "ApproximateBacklogSizePerInstance""#,
            r#""MetricName": "CPUUtilization""#,
        ),
        (r#""Namespace": "AWS/SageMaker""#, r#""Namespace": "/aws/sagemaker/Endpoints""#),
        (
            r#"[{ "Name": "EndpointName", "Value": "my-endpoint" }]"#,
            r#"[{ "Name": "EndpointName", "Value": "my-endpoint" },
                { "Name": "VariantName", "Value": "AllTraffic" }]"#,
        ),
    ];
    for (from, to) in rows {
        let read = policies_from_json(&TRACKING.replace(from, to)).unwrap();
        let PolicyKind::TargetTracking(tracking) = &read[0].kind else { panic!("{read:?}") };
        let TrackedMetric::Customized { metric, .. } = &tracking.metric else { panic!("{read:?}") };
        assert!(matches!(metric, Metric::Unpublished { .. }), "{to}");
    }
    let predefined = r#"{ "ServiceNamespace": "sagemaker", "PolicyName": "built-in",
        "ResourceId": "endpoint/my-endpoint/variant/AllTraffic",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "TargetTrackingScalingPolicyConfiguration": { "TargetValue": 70, "DisableScaleIn": true,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance" } } }"#;
    let read = policies_from_json(&format!("[{predefined}]")).unwrap();
    let metric = TrackedMetric::Predefined("SageMakerVariantInvocationsPerInstance".into());
    let expected = TargetTracking { disable_scale_in: true, ..TargetTracking::on(70.0, metric) };
    assert_eq!(read[0].kind, PolicyKind::TargetTracking(expected));
}

#[test]
fn an_error_names_the_field() {
    let tracking = "TargetTrackingScalingPolicyConfiguration";
    let steps = "ScalingPolicies[0].StepScalingPolicyConfiguration";
    let rows = [
        (TRACKING, "{", "", "the text".to_owned()),
        (TRACKING, r#""PolicyName""#, r#""Name""#, "PolicyName".into()),
        (TRACKING, r#""PolicyName""#, r#""policyName""#, "policyName".into()),
        (TRACKING, r#""sagemaker","#, r#""ecs","#, "ServiceNamespace".into()),
        (TRACKING, "endpoint/my", "service/my", "ResourceId".into()),
        (TRACKING, ":variant:", ":service:", "ScalableDimension".into()),
        (TRACKING, r#""TargetTrackingScaling""#, r#""Predictive""#, "PolicyType".into()),
        (
            TRACKING,
            r#""TargetTrackingScaling""#,
            r#""StepScaling""#,
            "StepScalingPolicyConfiguration".into(),
        ),
        (TRACKING, "5.0", r#""5""#, format!("{tracking}.TargetValue")),
        (TRACKING, "5.0", "0", tracking.into()),
        (TRACKING, "ScaleInCooldown", "ScaleinCooldown", format!("{tracking}.ScaleinCooldown")),
        (
            TRACKING,
            r#""Average""#,
            r#""p99""#,
            format!("{tracking}.CustomizedMetricSpecification.Statistic"),
        ),
        (STEPS, "ChangeInCapacity", "Change", format!("{steps}.AdjustmentType")),
        (
            STEPS,
            r#"Adjustment": 1"#,
            r#"Adjustment": 1.5"#,
            format!("{steps}.StepAdjustments[0].ScalingAdjustment"),
        ),
        (STEPS, "\"MetricIntervalLowerBound\": 0.0,", "", steps.into()),
    ];
    for (text, from, to, field) in rows {
        assert!(text.contains(from));
        let error = policies_from_json(&text.replacen(from, to, 1)).unwrap_err();
        assert_eq!(error.field, field, "{error}");
    }
    let rows = [
        ("\"Period\": 60", "\"Period\": 45", "MetricAlarms[0]"),
        ("GreaterThanOrEqualToThreshold", "GreaterThan", "MetricAlarms[0].ComparisonOperator"),
        ("TreatMissingData", "TreatMissingdata", "MetricAlarms[0].TreatMissingdata"),
        ("\"missing\"", "\"Missing\"", "MetricAlarms[0].TreatMissingData"),
        ("\"Threshold\": 1.0,", "", "MetricAlarms[0].Threshold"),
        ("[{\n", "{\n", "the text"),
    ];
    for (from, to, field) in rows {
        assert!(ALARM.contains(from));
        let error = alarms_from_json(&ALARM.replacen(from, to, 1)).unwrap_err();
        assert_eq!(error.field, field, "{error}");
    }
    assert_eq!(alarms_from_json(r#"{ "MetricAlarms": 1 }"#).unwrap_err().field, "MetricAlarms");
    assert_eq!(alarms_from_json("1").unwrap_err().field, "the text");
}
