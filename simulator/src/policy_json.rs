//! Policies and alarms in the JSON of the AWS CLI.
//!
//! Policies: the input of `aws application-autoscaling put-scaling-policy --cli-input-json` and the
//! output of `describe-scaling-policies`. Alarms: the input of `aws cloudwatch put-metric-alarm
//! --cli-input-json` and the output of `describe-alarms`. A single element, an array and the
//! printed object are accepted.

use std::time::Duration;

use reactive_scaler::port::VariantId;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;

use crate::{
    AdjustmentType, AlarmAction, AlarmSpec, Comparison, JsonError, Metric, PolicyKind, Refusal,
    Statistic, StepAdjustment, StepScaling, TargetTracking, TrackedMetric, TreatMissing,
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

/// What a text contains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonKind {
    /// Scaling policies.
    Policies,
    /// Alarms.
    Alarms,
}

/// Whether a text contains policies or alarms.
///
/// # Errors
///
/// [`JsonError`] if it is not JSON, or contains neither.
pub fn kind_of_json(text: &str) -> Result<JsonKind, JsonError> {
    let json = parse(text)?;
    let first = match &json {
        Value::Array(elements) if elements.is_empty() => {
            return Err(JsonError::new(JsonError::TEXT, "the array is empty"));
        }
        Value::Array(elements) => elements.first().unwrap_or(&json),
        _ => &json,
    };
    let has = |names: &[&str]| names.iter().any(|name| first.get(name).is_some());
    if has(&["AlarmRule"]) {
        let problem = "is of a composite alarm, which cannot trigger a scaling policy; give the \
                       metric alarms";
        return Err(JsonError::new("AlarmRule", problem));
    }
    // A policy also has `Alarms`, and a field may be missing.
    if has(&[POLICIES, "PolicyName", "PolicyType", TRACKING, STEPS]) {
        return Ok(JsonKind::Policies);
    }
    if has(&[ALARMS, "AlarmName", "ComparisonOperator", "EvaluationPeriods"]) {
        return Ok(JsonKind::Alarms);
    }
    Err(JsonError::new(
        JsonError::TEXT,
        "is neither a policy nor an alarm; it must be the output of describe-scaling-policies or \
         describe-alarms, or the input of put-scaling-policy or put-metric-alarm",
    ))
}

fn parse(text: &str) -> Result<Value, JsonError> {
    serde_json::from_str(text)
        .map_err(|bad| JsonError::new(JsonError::TEXT, format!("is not JSON: {bad}")))
}

const POLICIES: &str = "ScalingPolicies";
const ALARMS: &str = "MetricAlarms";

/// Reads one scaling policy or several. `Alarms` and other parts of an output that are not settings
/// are ignored, because target tracking creates its own alarms.
///
/// # Errors
///
/// [`JsonError`] names the field.
pub fn policies_from_json(text: &str) -> Result<Vec<PolicyPut>, JsonError> {
    all(text, POLICIES, policy)
}

/// Reads one alarm or several. Alarm states are ignored.
///
/// # Errors
///
/// [`JsonError`] names the field.
pub fn alarms_from_json(text: &str) -> Result<Vec<AlarmSpec>, JsonError> {
    all(text, ALARMS, alarm)
}

/// A field of one element, and the problem with it.
type Problem = (&'static str, String);

fn all<J: DeserializeOwned, T>(
    text: &str,
    list: &str,
    read: impl Fn(J) -> Result<T, Problem>,
) -> Result<Vec<T>, JsonError> {
    let (prefix, elements) = match parse(text)? {
        Value::Array(elements) => ("", elements),
        Value::Object(mut members) => match members.remove(list) {
            Some(Value::Array(elements)) if elements.is_empty() => {
                let problem = "is empty: the account and Region of the command have none of this \
                               name or resource";
                return Err(JsonError::new(list, problem));
            }
            Some(Value::Array(elements)) => (list, elements),
            Some(_) => return Err(JsonError::new(list, "must be an array")),
            None => return one(Value::Object(members), "", read).map(|only| vec![only]),
        },
        _ => return Err(JsonError::new(JsonError::TEXT, "must be an object or an array")),
    };
    let elements = elements.into_iter().enumerate();
    elements.map(|(index, element)| one(element, &format!("{prefix}[{index}]"), &read)).collect()
}

fn one<J: DeserializeOwned, T>(
    element: Value,
    prefix: &str,
    read: impl Fn(J) -> Result<T, Problem>,
) -> Result<T, JsonError> {
    let name = ["PolicyName", "AlarmName"].into_iter().find_map(|name| element.get(name)?.as_str());
    let entry = name.map(str::to_owned);
    let result = check_spelling(&element, prefix)
        .and_then(|()| {
            serde_path_to_error::deserialize(element)
                .map_err(|error| JsonError::of_serde(prefix, &error))
        })
        .and_then(|json| {
            read(json).map_err(|(field, problem)| JsonError::at(prefix, field, problem))
        });
    result.map_err(|error| JsonError { entry, ..error })
}

/// The settings of policies and alarms. An element can have other fields, which AWS adds to its
/// output.
const SETTINGS: [&str; 22] = [
    "PolicyName",
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "PolicyType",
    TRACKING,
    STEPS,
    "AlarmName",
    "MetricName",
    "Namespace",
    "Dimensions",
    "Statistic",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "ActionsEnabled",
    "AlarmActions",
    "OKActions",
    "InsufficientDataActions",
];

/// Refuses a setting that is spelled in another case: otherwise, it would be ignored.
fn check_spelling(element: &Value, prefix: &str) -> Result<(), JsonError> {
    for field in element.as_object().into_iter().flat_map(|members| members.keys()) {
        let is_same = |setting: &&str| setting.eq_ignore_ascii_case(field);
        if let Some(setting) = SETTINGS.iter().find(|it| is_same(it) && *it != field) {
            return Err(JsonError::at(prefix, field, format!("is unknown; it must be {setting}")));
        }
    }
    Ok(())
}

/// A value that the API represents as a string.
trait Word: Sized {
    const ONE_OF: &'static str;
    fn read(word: &str) -> Option<Self>;
}

macro_rules! api_names {
    ($($type:ty: $one_of:literal;)+) => {
        $(impl Word for $type {
            const ONE_OF: &'static str = $one_of;
            fn read(word: &str) -> Option<Self> {
                Self::from_api(word)
            }
        })+
    };
}

api_names! {
    Statistic: "Average, Maximum, Minimum, Sum, SampleCount";
    AdjustmentType: "ChangeInCapacity, PercentChangeInCapacity, ExactCapacity";
    TreatMissing: "missing, notBreaching, breaching, ignore";
    Comparison: "GreaterThanThreshold, GreaterThanOrEqualToThreshold, LessThanThreshold, \
                 LessThanOrEqualToThreshold";
}

/// `Statistic` or `ExtendedStatistic`.
struct AnyStatistic(Statistic);

impl Word for AnyStatistic {
    const ONE_OF: &'static str = "Average, Maximum, Minimum, Sum, SampleCount";
    fn read(word: &str) -> Option<Self> {
        Statistic::from_any(word).map(Self)
    }
}

struct Spelt<T>(T);

impl<'de, T: Word> Deserialize<'de> for Spelt<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let unknown = || D::Error::custom(format!("is {word:?}; it must be one of {}", T::ONE_OF));
        T::read(&word).map(Self).ok_or_else(unknown)
    }
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
#[serde(rename_all = "PascalCase")]
struct DimensionJson {
    name: String,
    value: String,
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

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AlarmJson {
    alarm_name: String,
    alarm_description: Option<String>,
    metric_name: String,
    namespace: String,
    #[serde(default)]
    dimensions: Vec<DimensionJson>,
    unit: Option<String>,
    #[serde(alias = "ExtendedStatistic")]
    statistic: Spelt<AnyStatistic>,
    period: u64,
    evaluation_periods: u32,
    datapoints_to_alarm: Option<u32>,
    threshold: f64,
    comparison_operator: Spelt<Comparison>,
    treat_missing_data: Option<Spelt<TreatMissing>>,
    actions_enabled: Option<bool>,
    #[serde(default)]
    alarm_actions: Vec<String>,
    #[serde(default, rename = "OKActions")]
    ok_actions: Vec<String>,
    #[serde(default)]
    insufficient_data_actions: Vec<String>,
}

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

fn alarm(json: AlarmJson) -> Result<AlarmSpec, Problem> {
    let actions = |arns: Vec<String>| arns.iter().map(|arn| AlarmAction::from_arn(arn)).collect();
    let (metric, endpoint) = metric(&json.namespace, &json.metric_name, &json.dimensions);
    let spec = AlarmSpec {
        name: json.alarm_name,
        description: json.alarm_description,
        metric,
        endpoint,
        unit: json.unit,
        statistic: json.statistic.0.0,
        period: Duration::from_secs(json.period),
        evaluation_periods: json.evaluation_periods,
        datapoints_to_alarm: json.datapoints_to_alarm,
        threshold: json.threshold,
        comparison: json.comparison_operator.0,
        treat_missing: json.treat_missing_data.map_or(TreatMissing::Missing, |spelt| spelt.0),
        actions_enabled: json.actions_enabled.unwrap_or(true),
        alarm_actions: actions(json.alarm_actions),
        ok_actions: actions(json.ok_actions),
        insufficient_data_actions: actions(json.insufficient_data_actions),
    };
    // The refusal itself names the field.
    spec.check().map_err(|refusal| at("", refusal))?;
    Ok(spec)
}

/// A metric, and the endpoint that its dimensions name.
fn metric(namespace: &str, name: &str, dimensions: &[DimensionJson]) -> (Metric, String) {
    let dimensions = dimensions.iter().map(|it| (it.name.as_str(), it.value.as_str()));
    Metric::with_dimensions(namespace, name, dimensions)
}

fn at(field: &'static str, refusal: Refusal) -> Problem {
    (field, format!("is not valid: {}", refusal.message))
}
