//! The kinds of files with policies and alarms.

use std::path::Path;

use scalerctl_console::{Failure, input_file};
use serde_json::{Value, json};
use simulator::{JsonError, elements_of};

use super::{
    cloudformation,
    entry::{Entries, Entry, WITHOUT_VARIANT, refused},
    terraform, yaml,
};

const POLICIES: &str = "ScalingPolicies";
const ALARMS: &str = "MetricAlarms";
const TRACKING: &str = "TargetTrackingScalingPolicyConfiguration";
const STEPS: &str = "StepScalingPolicyConfiguration";

/// Reads a file.
///
/// # Errors
///
/// [`Failure::Usage`] with the file, and what it should be.
pub fn read(file: &Path) -> Result<Entries, Failure> {
    let text = input_file::read("--own", file)?;
    value(&text).and_then(|root| entries(file, root)).map_err(|error| refused(file, &error))
}

fn value(text: &str) -> Result<Value, JsonError> {
    let refused = |problem: String| JsonError::new(JsonError::TEXT, problem);
    if text.trim_start().starts_with(['{', '[']) {
        return serde_json::from_str(text).map_err(|bad| refused(format!("is not JSON: {bad}")));
    }
    if text.lines().any(|line| line.starts_with("resource \"") || line.starts_with("module \"")) {
        let problem = "is Terraform's own language; give the output of terraform show -json";
        return Err(refused(problem.to_owned()));
    }
    yaml::read(text).map_err(refused)
}

fn entries(file: &Path, root: Value) -> Result<Entries, JsonError> {
    if cloudformation::is_one(&root) {
        return cloudformation::entries(file, &root);
    }
    if terraform::is_one(&root) {
        return terraform::entries(file, &root);
    }
    if let Some(policy) = configuration(file, &root) {
        return Ok(Entries { policies: vec![policy], ..Entries::default() });
    }
    of_cli(file, root)
}

/// The `config.json` of the CLI's examples: the configuration alone. The file's name is the policy's.
fn configuration(file: &Path, root: &Value) -> Option<Entry> {
    let has = |name: &str| root.get(name).is_some();
    let field = match root {
        _ if has("PolicyName") || has("PolicyType") => return None,
        _ if has("TargetValue") => TRACKING,
        _ if has("StepAdjustments") || has("AdjustmentType") => STEPS,
        _ => return None,
    };
    let mut policy = json!({
        "PolicyName": file.file_stem()?.to_string_lossy(),
        "ServiceNamespace": "sagemaker",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    });
    policy[field] = root.clone();
    let dimensions = root.pointer("/CustomizedMetricSpecification/Dimensions");
    let mut dimensions = dimensions.and_then(Value::as_array).into_iter().flatten();
    let endpoint = dimensions.find(|it| it["Name"] == "EndpointName");
    let endpoint = endpoint.and_then(|it| it["Value"].as_str()).unwrap_or_default();
    policy["ResourceId"] = format!("{WITHOUT_VARIANT}{endpoint}").into();
    Some(Entry::new(file, "", policy))
}

/// The input and output of the commands of the AWS CLI.
fn of_cli(file: &Path, root: Value) -> Result<Entries, JsonError> {
    let composite_alarms =
        root.get("CompositeAlarms").and_then(Value::as_array).map_or(0, Vec::len);
    let list = |root: Value, name: &str| -> Result<Vec<Entry>, JsonError> {
        let elements = elements_of(root, name)?;
        Ok(elements.into_iter().map(|(path, value)| Entry::new(file, path, value)).collect())
    };
    let mut entries = Entries { composite_alarms, ..Entries::default() };
    if root.get(POLICIES).is_some() && root.get(ALARMS).is_some() {
        entries.policies = list(root.clone(), POLICIES)?;
        entries.alarms = list(root, ALARMS)?;
    } else if is_policies(&root)? {
        entries.policies = list(root, POLICIES)?;
    } else {
        entries.alarms = list(root, ALARMS)?;
    }
    Ok(entries)
}

/// Whether it has policies, and not alarms.
fn is_policies(root: &Value) -> Result<bool, JsonError> {
    let first = match root {
        Value::Array(elements) if elements.is_empty() => {
            return Err(JsonError::new(JsonError::TEXT, "the array is empty"));
        }
        Value::Array(elements) => elements.first().unwrap_or(root),
        _ => root,
    };
    let has = |names: &[&str]| names.iter().any(|name| first.get(name).is_some());
    if has(&["AlarmRule"]) {
        let problem = "is of a composite alarm, which cannot trigger a scaling policy; give the \
                       metric alarms";
        return Err(JsonError::new("AlarmRule", problem));
    }
    // A policy also has `Alarms`, and a field may be missing.
    if has(&[POLICIES, "PolicyName", "PolicyType", TRACKING, STEPS]) {
        return Ok(true);
    }
    if has(&[ALARMS, "AlarmName", "ComparisonOperator", "EvaluationPeriods"]) {
        return Ok(false);
    }
    Err(JsonError::new(
        JsonError::TEXT,
        "is neither a policy nor an alarm; it must be the output of describe-scaling-policies or \
         describe-alarms, or the input of put-scaling-policy or put-metric-alarm, or a CloudFormation template, or the \
         output of terraform show -json",
    ))
}
