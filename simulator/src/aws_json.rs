//! What the JSON of policies and of alarms has in common: lists, spelling, words, metrics.

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;

use crate::{AdjustmentType, Comparison, JsonError, Metric, Refusal, Statistic, TreatMissing};

/// A field of one element, and the problem with it.
pub(crate) type Problem = (&'static str, String);

/// Reads JSON.
pub(crate) fn parse(text: &str) -> Result<Value, JsonError> {
    serde_json::from_str(text)
        .map_err(|bad| JsonError::new(JsonError::TEXT, format!("is not JSON: {bad}")))
}

/// The elements of an array, of an object with this list, or the object itself; each with its path.
///
/// # Errors
///
/// If it is none of these, or the list is empty.
pub fn elements_of(json: Value, list: &str) -> Result<Vec<(String, Value)>, JsonError> {
    let (prefix, elements) = match json {
        Value::Array(elements) => ("", elements),
        Value::Object(mut members) => match members.remove(list) {
            Some(Value::Array(elements)) if elements.is_empty() => {
                let problem = "is empty: the account and Region of the command have none of this \
                               name or resource";
                return Err(JsonError::new(list, problem));
            }
            Some(Value::Array(elements)) => (list, elements),
            Some(_) => return Err(JsonError::new(list, "must be an array")),
            None => return Ok(vec![(String::new(), Value::Object(members))]),
        },
        _ => return Err(JsonError::new(JsonError::TEXT, "must be an object or an array")),
    };
    let elements = elements.into_iter().enumerate();
    Ok(elements.map(|(index, element)| (format!("{prefix}[{index}]"), element)).collect())
}

/// Reads one element. An error has its path, and the name of the policy or alarm.
pub(crate) fn one<T>(
    element: Value,
    path: &str,
    read: impl FnOnce(Value) -> Result<T, JsonError>,
) -> Result<T, JsonError> {
    let name = ["PolicyName", "AlarmName"].into_iter().find_map(|name| element.get(name)?.as_str());
    let entry = name.map(str::to_owned);
    let result = check_spelling(&element, path).and_then(|()| read(element));
    result.map_err(|error| JsonError { entry, ..error })
}

/// Deserializes an element at this path.
pub(crate) fn fields<J: DeserializeOwned>(element: Value, path: &str) -> Result<J, JsonError> {
    serde_path_to_error::deserialize(element).map_err(|error| JsonError::of_serde(path, &error))
}

/// The settings of policies and alarms. An element can have other fields, which AWS adds to its
/// output.
const SETTINGS: [&str; 22] = [
    "PolicyName",
    "ServiceNamespace",
    "ResourceId",
    "ScalableDimension",
    "PolicyType",
    "TargetTrackingScalingPolicyConfiguration",
    "StepScalingPolicyConfiguration",
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
pub(crate) trait Word: Sized {
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
pub(crate) struct AnyStatistic(pub(crate) Statistic);

impl Word for AnyStatistic {
    const ONE_OF: &'static str = "Average, Maximum, Minimum, Sum, SampleCount";
    fn read(word: &str) -> Option<Self> {
        Statistic::from_any(word).map(Self)
    }
}

/// A value in the spelling of the API.
pub(crate) struct Spelt<T>(pub(crate) T);

impl<'de, T: Word> Deserialize<'de> for Spelt<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let unknown = || D::Error::custom(format!("is {word:?}; it must be one of {}", T::ONE_OF));
        T::read(&word).map(Self).ok_or_else(unknown)
    }
}

/// One of `Dimensions`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DimensionJson {
    name: String,
    value: String,
}

/// A metric, and the endpoint that its dimensions name.
pub(crate) fn metric(
    namespace: &str,
    name: &str,
    dimensions: &[DimensionJson],
) -> (Metric, String) {
    let dimensions = dimensions.iter().map(|it| (it.name.as_str(), it.value.as_str()));
    Metric::with_dimensions(namespace, name, dimensions)
}

/// The problem that AWS would have with a field.
pub(crate) fn at(field: &'static str, refusal: Refusal) -> Problem {
    (field, format!("is not valid: {}", refusal.message))
}
