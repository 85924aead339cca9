//! What is wrong in the JSON of the AWS CLI: which entry, which field, and what it should be.

use std::fmt;

/// JSON that is not a policy or an alarm of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonError {
    /// The field, for example `ScalingPolicies[0].PolicyType`. [`JsonError::TEXT`]: the whole text.
    pub field: String,
    /// The name of the policy or alarm, if it is known.
    pub entry: Option<String>,
    /// The problem, and what the field should be.
    pub problem: String,
}

impl JsonError {
    /// The field of an error of the whole text.
    pub const TEXT: &str = "the text";

    /// The problem with a field.
    pub fn new(field: &str, problem: impl Into<String>) -> Self {
        Self { field: field.to_owned(), entry: None, problem: problem.into() }
    }

    /// The error of a field below `prefix`.
    pub fn at(prefix: &str, field: &str, problem: impl Into<String>) -> Self {
        // The whole element has the path ".".
        let parts = [prefix, field.trim_matches('.')].into_iter().filter(|part| !part.is_empty());
        let path = parts.collect::<Vec<_>>().join(".");
        Self::new(if path.is_empty() { Self::TEXT } else { &path }, problem)
    }

    /// The error of serde for an element.
    pub(crate) fn of_serde(
        prefix: &str,
        error: &serde_path_to_error::Error<serde_json::Error>,
    ) -> Self {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        let quoted = |start: &str| message.strip_prefix(start)?.split_once('`');
        if let Some((field, _)) = quoted("missing field `") {
            let path = format!("{}.{field}", path.trim_matches('.'));
            return Self::at(prefix, &path, format!("is missing; it must be {}", wanted(field)));
        }
        if let Some((_, rest)) = quoted("unknown field `") {
            let known = rest.trim_start_matches(", expected ").trim_start_matches("one of ");
            return Self::at(prefix, &path, format!("is unknown; the known fields are {known}"));
        }
        let Some((found, expected)) = typed(&message) else {
            return Self::at(prefix, &path, message);
        };
        let field = path.rsplit('.').next().unwrap_or_default();
        // A whole element, or a member of an array, has no name.
        let wanted = match field.is_empty() || field.ends_with(']') {
            true => kind(&expected),
            false => wanted(field),
        };
        Self::at(prefix, &path, format!("is {found}; it must be {wanted}"))
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = self.entry.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
        match self.field.as_str() {
            Self::TEXT => write!(f, "{}", self.problem),
            field => write!(f, "{field}{entry} {}", self.problem),
        }
    }
}

impl std::error::Error for JsonError {}

/// What was found and what was expected, of `invalid type: FOUND, expected EXPECTED`.
fn typed(message: &str) -> Option<(String, String)> {
    let rest = message.strip_prefix("invalid type: ").or(message.strip_prefix("invalid value: "))?;
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let found = match found {
        "null" => "null".to_owned(),
        "sequence" => "an array".to_owned(),
        "map" => "an object".to_owned(),
        found => found
            .replace('`', "")
            .replace("floating point", "the number")
            .replace("integer", "the number"),
    };
    Some((found.replacen("string ", "the string ", 1), expected.to_owned()))
}

/// The JSON type that serde names.
fn kind(expected: &str) -> &'static str {
    match expected {
        "f64" => "a number",
        "a string" => "a string",
        "a boolean" => "true or false",
        "a sequence" => "an array",
        "u64" | "u32" => "a whole number of 0 or more",
        "i32" | "i64" => "a whole number",
        _ => "an object",
    }
}

/// What a field of a policy or an alarm must be.
fn wanted(field: &str) -> &'static str {
    match field {
        "PolicyName" | "AlarmName" | "PolicyType" | "Id" => "a name",
        "ServiceNamespace" => "sagemaker",
        "ResourceId" => "endpoint/NAME/variant/VARIANT",
        "ScalableDimension" => "sagemaker:variant:DesiredInstanceCount",
        "MetricName" => "the name of a metric, such as HasBacklogWithoutCapacity",
        "Namespace" => "the namespace of the metric, such as AWS/SageMaker",
        "Dimensions" => {
            "an array of dimensions, such as [{\"Name\":\"EndpointName\",\"Value\":\"my-endpoint\"}]"
        }
        "Name" | "Value" => "a string, as in {\"Name\":\"EndpointName\",\"Value\":\"my-endpoint\"}",
        "Statistic" | "Stat" => "Average, Maximum, Minimum, Sum, or SampleCount",
        "MetricAggregationType" => "Average, Maximum, or Minimum",
        "AdjustmentType" => "ChangeInCapacity, PercentChangeInCapacity, or ExactCapacity",
        "StepAdjustments" => {
            "an array of steps, such as [{\"MetricIntervalLowerBound\":0,\"ScalingAdjustment\":1}]"
        }
        "ComparisonOperator" => {
            "GreaterThanThreshold, GreaterThanOrEqualToThreshold, LessThanThreshold, or \
             LessThanOrEqualToThreshold"
        }
        "TreatMissingData" => "missing, notBreaching, breaching, or ignore",
        "Threshold" | "TargetValue" | "MetricIntervalLowerBound" | "MetricIntervalUpperBound" => {
            "a number"
        }
        "Period" => "a number of seconds: 10, 20, 30, or a multiple of 60",
        "Cooldown" | "ScaleInCooldown" | "ScaleOutCooldown" => {
            "a whole number of seconds, 0 or more"
        }
        "EvaluationPeriods" | "DatapointsToAlarm" => "a whole number of 1 or more",
        "ScalingAdjustment" | "MinAdjustmentMagnitude" => "a whole number",
        "ActionsEnabled" | "DisableScaleIn" => "true or false",
        "AlarmActions" | "OKActions" | "InsufficientDataActions" => "an array of ARNs",
        _ => "as in the output of the AWS CLI",
    }
}
