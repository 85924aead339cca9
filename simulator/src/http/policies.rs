//! A scaling policy in the format of DescribeScalingPolicies.

use serde_json::{Value, json};

use crate::{
    Policy, PolicyKind, StepAdjustment, StepScaling, TargetTracking, TrackedMetric, World,
    http::json::{compact, epoch},
};

pub(super) fn policy_json(world: &World, policy: &Policy) -> Value {
    let (kind, tracking, steps) = match &policy.kind {
        PolicyKind::TargetTracking(it) => ("TargetTrackingScaling", Some(tracking_json(it)), None),
        PolicyKind::StepScaling(it) => ("StepScaling", None, Some(steps_json(it))),
    };
    compact(json!({
        "PolicyARN": world.policy_arn(&policy.id, &policy.name),
        "PolicyName": policy.name,
        "ServiceNamespace": "sagemaker",
        "ResourceId": policy.id.resource_id(),
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
        "PolicyType": kind,
        "TargetTrackingScalingPolicyConfiguration": tracking,
        "StepScalingPolicyConfiguration": steps,
        "Alarms": alarms_json(world, policy),
        "CreationTime": epoch(policy.created_at),
    }))
}

/// The names and ARNs of a policy's alarms.
pub(super) fn alarms_json(world: &World, policy: &Policy) -> Value {
    let alarms = world.alarms_of(policy);
    let alarm = |name: &String| json!({ "AlarmName": name, "AlarmARN": world.alarm_arn(name) });
    Value::Array(alarms.iter().map(alarm).collect())
}

fn tracking_json(tracking: &TargetTracking) -> Value {
    let (customized, predefined) = match &tracking.metric {
        TrackedMetric::Customized { metric, endpoint, statistic } => {
            let mut dimensions = Vec::new();
            if !endpoint.is_empty() {
                dimensions.push(json!({ "Name": "EndpointName", "Value": endpoint }));
            }
            let dimension = |(name, value): &_| json!({ "Name": name, "Value": value });
            dimensions.extend(metric.further().iter().map(dimension));
            let customized = json!({
                "MetricName": metric.name(),
                "Namespace": metric.namespace(),
                "Dimensions": dimensions,
                "Statistic": statistic.to_string(),
            });
            (Some(customized), None)
        }
        TrackedMetric::Predefined(name) => (None, Some(json!({ "PredefinedMetricType": name }))),
    };
    compact(json!({
        "TargetValue": tracking.target_value,
        "CustomizedMetricSpecification": customized,
        "PredefinedMetricSpecification": predefined,
        "ScaleOutCooldown": tracking.scale_out_cooldown.as_secs(),
        "ScaleInCooldown": tracking.scale_in_cooldown.as_secs(),
        "DisableScaleIn": tracking.disable_scale_in,
    }))
}

fn steps_json(steps: &StepScaling) -> Value {
    compact(json!({
        "AdjustmentType": steps.adjustment.as_str(),
        "StepAdjustments": steps.steps.iter().map(step_json).collect::<Vec<_>>(),
        "MinAdjustmentMagnitude": steps.min_adjustment,
        "Cooldown": steps.cooldown.as_secs(),
        "MetricAggregationType": steps.aggregation.to_string(),
    }))
}

fn step_json(step: &StepAdjustment) -> Value {
    compact(json!({
        "MetricIntervalLowerBound": step.lower,
        "MetricIntervalUpperBound": step.upper,
        "ScalingAdjustment": step.adjustment,
    }))
}
