//! Policies in the JSON of the AWS CLI: the input of `aws application-autoscaling put-scaling-policy
//! --cli-input-json` and the output of `describe-scaling-policies`. A single element, an array and the printed object
//! are accepted.

use std::time::Duration;

use reactive_scaler::port::VariantId;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    AdjustmentType, JsonError, PolicyKind, Statistic, StepAdjustment, StepScaling, TargetTracking,
    TrackedMetric,
    aws_json::{DimensionJson, Problem, Spelt, at, elements_of, fields, metric, one, parse},
    metrics_json,
};

/// A scaling policy from JSON.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyPut {
    /// `ResourceId`: the scalable target.
    pub id: VariantId,
    /// `PolicyName`.
    pub name: String,
    /// `PolicyType`, with its configuration.
    pub kind: PolicyKind,
}

/// Reads one scaling policy or several. `Alarms` and other parts of an output that are not settings
/// are ignored, because target tracking creates its own alarms.
///
/// # Errors
///
/// [`JsonError`] names the field.
pub fn policies_from_json(text: &str) -> Result<Vec<PolicyPut>, JsonError> {
    let elements = elements_of(parse(text)?, "ScalingPolicies")?;
    elements.into_iter().map(|(path, element)| policy_from_json(element, &path)).collect()
}

/// Reads one scaling policy, which stands at this path.
///
/// # Errors
///
/// [`JsonError`] names the field.
pub fn policy_from_json(element: Value, path: &str) -> Result<PolicyPut, JsonError> {
    one(element, path, |mut element| {
        let inside = [TRACKING, CUSTOMIZED].join(".");
        let specification = element.pointer_mut(&format!("/{TRACKING}/{CUSTOMIZED}"));
        let watched = match specification {
            Some(specification) => {
                metrics_json::take(specification, &JsonError::at(path, &inside, "").field)?
            }
            None => None,
        };
        let put = policy(fields(element, path)?);
        let mut put = put.map_err(|(field, problem)| JsonError::at(path, field, problem))?;
        if let (Some(watched), PolicyKind::TargetTracking(tracking)) = (watched, &mut put.kind) {
            tracking.metric = TrackedMetric::Customized {
                metric: watched.metric,
                endpoint: watched.endpoint,
                statistic: watched.statistic,
            };
        }
        Ok(put)
    })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyJson {
    policy_name: String,
    service_namespace: String,
    resource_id: String,
    scalable_dimension: String,
    policy_type: Option<String>,
    target_tracking_scaling_policy_configuration: Option<TrackingJson>,
    step_scaling_policy_configuration: Option<StepsJson>,
}

/// Unknown fields are errors: otherwise, a misspelled setting would be ignored.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct TrackingJson {
    target_value: f64,
    customized_metric_specification: Option<CustomizedJson>,
    predefined_metric_specification: Option<PredefinedJson>,
    scale_out_cooldown: Option<u64>,
    scale_in_cooldown: Option<u64>,
    disable_scale_in: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct CustomizedJson {
    metric_name: String,
    namespace: String,
    #[serde(default)]
    dimensions: Vec<DimensionJson>,
    statistic: Spelt<Statistic>,
    #[serde(rename = "Unit")]
    _unit: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PredefinedJson {
    predefined_metric_type: String,
    #[serde(rename = "ResourceLabel")]
    _resource_label: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct StepsJson {
    adjustment_type: Spelt<AdjustmentType>,
    step_adjustments: Vec<StepJson>,
    min_adjustment_magnitude: Option<i32>,
    cooldown: Option<u64>,
    metric_aggregation_type: Option<Spelt<Statistic>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct StepJson {
    metric_interval_lower_bound: Option<f64>,
    metric_interval_upper_bound: Option<f64>,
    scaling_adjustment: i32,
}

const CUSTOMIZED: &str = "CustomizedMetricSpecification";
const TRACKING: &str = "TargetTrackingScalingPolicyConfiguration";
const STEPS: &str = "StepScalingPolicyConfiguration";

fn policy(json: PolicyJson) -> Result<PolicyPut, Problem> {
    if json.service_namespace != "sagemaker" {
        return Err(("ServiceNamespace", "must be sagemaker".into()));
    }
    if json.scalable_dimension != "sagemaker:variant:DesiredInstanceCount" {
        let problem = "must be sagemaker:variant:DesiredInstanceCount".into();
        return Err(("ScalableDimension", problem));
    }
    let Some(id) = VariantId::from_resource_id(&json.resource_id) else {
        return Err(("ResourceId", "must be endpoint/NAME/variant/VARIANT".into()));
    };
    let tracking = json.target_tracking_scaling_policy_configuration;
    let steps = json.step_scaling_policy_configuration;
    let kind = match (json.policy_type.as_deref(), tracking, steps) {
        (Some("TargetTrackingScaling") | None, Some(tracking), None) => {
            PolicyKind::TargetTracking(read_tracking(tracking)?)
        }
        (Some("StepScaling") | None, None, Some(steps)) => {
            PolicyKind::StepScaling(read_steps(steps)?)
        }
        (Some("TargetTrackingScaling"), None, _) => return Err((TRACKING, "is missing".into())),
        (Some("StepScaling"), _, None) => return Err((STEPS, "is missing".into())),
        (None, None, None) => {
            let problem = format!("is missing, and so is {STEPS}; one of them must be there");
            return Err((TRACKING, problem));
        }
        (Some("TargetTrackingScaling" | "StepScaling") | None, ..) => {
            let problem = format!("allows either {TRACKING} or {STEPS}");
            return Err(("PolicyType", problem));
        }
        (Some(other), ..) => {
            let problem = format!("is {other:?}; it must be TargetTrackingScaling or StepScaling");
            return Err(("PolicyType", problem));
        }
    };
    Ok(PolicyPut { id, name: json.policy_name, kind })
}

fn read_tracking(json: TrackingJson) -> Result<TargetTracking, Problem> {
    let custom = json.customized_metric_specification;
    let metric = match (custom, json.predefined_metric_specification) {
        (Some(custom), None) => {
            let (metric, endpoint) =
                metric(&custom.namespace, &custom.metric_name, &custom.dimensions);
            TrackedMetric::Customized { metric, endpoint, statistic: custom.statistic.0 }
        }
        (None, Some(predefined)) => TrackedMetric::Predefined(predefined.predefined_metric_type),
        _ => {
            let problem =
                "must have either CustomizedMetricSpecification or PredefinedMetricSpecification";
            return Err((TRACKING, problem.into()));
        }
    };
    let cooldown = |secs: Option<u64>| secs.map_or(TargetTracking::COOLDOWN, Duration::from_secs);
    let tracking = TargetTracking {
        target_value: json.target_value,
        metric,
        scale_out_cooldown: cooldown(json.scale_out_cooldown),
        scale_in_cooldown: cooldown(json.scale_in_cooldown),
        disable_scale_in: json.disable_scale_in.unwrap_or(false),
    };
    tracking.check().map_err(|refusal| at(TRACKING, refusal))?;
    Ok(tracking)
}

fn read_steps(json: StepsJson) -> Result<StepScaling, Problem> {
    let step = |step: StepJson| StepAdjustment {
        lower: step.metric_interval_lower_bound,
        upper: step.metric_interval_upper_bound,
        adjustment: step.scaling_adjustment,
    };
    let steps = StepScaling {
        adjustment: json.adjustment_type.0,
        steps: json.step_adjustments.into_iter().map(step).collect(),
        min_adjustment: json.min_adjustment_magnitude,
        cooldown: json.cooldown.map_or(StepScaling::COOLDOWN, Duration::from_secs),
        aggregation: json.metric_aggregation_type.map_or(Statistic::Average, |spelt| spelt.0),
    };
    steps.check().map_err(|refusal| at(STEPS, refusal))?;
    Ok(steps)
}
