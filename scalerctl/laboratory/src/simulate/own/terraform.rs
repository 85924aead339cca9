//! Scaling policies and alarms of Terraform's JSON, which `terraform show -json` prints of a state.
//!
//! The format is read as HashiCorp documents it ("JSON Output Format"), and the fields as the AWS provider documents
//! them. Neither program ran here: the tests have files that were written by hand.

use std::path::Path;

use serde_json::{Map, Value, json};
use simulator::JsonError;

use super::entry::{Entries, Entry, Spelling};

const POLICY: &str = "aws_appautoscaling_policy";
const ALARM: &str = "aws_cloudwatch_metric_alarm";

/// Blocks of which there is at most one. Terraform writes them as arrays.
const SINGLE: [&str; 6] = [
    "step_scaling_policy_configuration",
    "target_tracking_scaling_policy_configuration",
    "customized_metric_specification",
    "predefined_metric_specification",
    "metric_stat",
    "metric",
];

/// Fields that Terraform writes as 0 if they are not set.
const ZERO_IS_UNSET: [&str; 3] = ["datapoints_to_alarm", "min_adjustment_magnitude", "period"];

/// Whether this is what `terraform show -json` prints, or one resource of it.
pub fn is_one(root: &Value) -> bool {
    let kind = root.get("type").and_then(Value::as_str).unwrap_or_default();
    root.get("terraform_version").is_some()
        || root.pointer("/values/root_module").is_some()
        || root.get("planned_values").is_some()
        || kind.starts_with("aws_")
}

/// The policies and alarms.
///
/// # Errors
///
/// [`JsonError`] if it is a plan, or a state as Terraform stores it.
pub fn entries(file: &Path, root: &Value) -> Result<Entries, JsonError> {
    if root.get("planned_values").is_some() {
        let problem = "is of a plan, which does not know the ARNs that link alarms to policies; give the output of \
                       terraform show -json without a plan, after terraform apply";
        return Err(JsonError::new("planned_values", problem));
    }
    if root.get("resources").is_some_and(Value::is_array) {
        let problem = "is of a state file; give the output of terraform show -json";
        return Err(JsonError::new("resources", problem));
    }
    let mut resources = Vec::new();
    match root.pointer("/values/root_module") {
        Some(module) => collect(module, &mut resources),
        None => resources.push(root),
    }
    let mut entries = Entries::default();
    for resource in resources {
        let text = |field: &str| resource.get(field).and_then(Value::as_str).unwrap_or_default();
        let Some(Value::Object(values)) = resource.get("values") else { continue };
        let entry = |value: Value| Entry {
            spelling: Spelling::Terraform,
            ..Entry::new(file, text("address"), value)
        };
        match text("type") {
            _ if text("mode") == "data" => {}
            POLICY if values.get("service_namespace").is_some_and(|it| it != "sagemaker") => {
                entries.of_other_services += 1;
            }
            POLICY => entries.policies.push(entry(policy(values))),
            ALARM => entries.alarms.push(entry(alarm(values))),
            "aws_cloudwatch_composite_alarm" => entries.composite_alarms += 1,
            _ => {}
        }
    }
    Ok(entries)
}

/// The resources of a module and of the modules in it.
fn collect<'a>(module: &'a Value, into: &mut Vec<&'a Value>) {
    let list = |name: &str| module.get(name).and_then(Value::as_array).into_iter().flatten();
    into.extend(list("resources"));
    list("child_modules").for_each(|child| collect(child, into));
}

fn policy(values: &Map<String, Value>) -> Value {
    let mut fields = fields(values);
    if let Some(name) = fields.remove("Name") {
        fields.insert("PolicyName".to_owned(), name);
    }
    Value::Object(fields)
}

fn alarm(values: &Map<String, Value>) -> Value {
    let mut fields = fields(values);
    let queries = fields.get_mut("Metrics").and_then(Value::as_array_mut);
    for query in queries.into_iter().flatten().filter_map(Value::as_object_mut) {
        // In an alarm, the default is false.
        query.entry("ReturnData").or_insert(Value::Bool(false));
        let Some(metric) = query.remove("Metric") else { continue };
        let stat = json!({
            "Stat": metric.get("Stat"),
            "Period": metric.get("Period"),
            "Unit": metric.get("Unit"),
            "Metric": metric,
        });
        query.insert("MetricStat".to_owned(), stat);
    }
    Value::Object(fields)
}

/// The fields in the spelling of the API, without those that are not set.
fn fields(values: &Map<String, Value>) -> Map<String, Value> {
    let is_set = |(name, value): &(&String, &Value)| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(members) => !members.is_empty(),
        Value::Number(number) => {
            number.as_f64() != Some(0.0) || !ZERO_IS_UNSET.contains(&name.as_str())
        }
        Value::Bool(_) | Value::Object(_) => true,
    };
    let set = values.iter().filter(is_set);
    set.map(|(name, value)| (api_name(name), field(name, value))).collect()
}

fn field(name: &str, value: &Value) -> Value {
    match (name, value) {
        // A map in an alarm, and blocks in a policy.
        ("dimensions", Value::Object(dimensions)) => {
            let dimension = |(name, value)| json!({ "Name": name, "Value": value });
            dimensions.iter().map(dimension).collect()
        }
        ("metric_interval_lower_bound" | "metric_interval_upper_bound", Value::String(bound)) => {
            bound.parse::<f64>().map_or_else(|_| value.clone(), Value::from)
        }
        (_, Value::Array(blocks)) if SINGLE.contains(&name) => {
            blocks.first().map_or(Value::Null, |block| field("", block))
        }
        (_, Value::Array(members)) => members.iter().map(|member| field("", member)).collect(),
        (_, Value::Object(block)) => Value::Object(fields(block)),
        (_, value) => value.clone(),
    }
}

/// `metric_name` is `MetricName`.
fn api_name(name: &str) -> String {
    match name {
        "step_adjustment" => return "StepAdjustments".to_owned(),
        "metric_query" => return "Metrics".to_owned(),
        "ok_actions" => return "OKActions".to_owned(),
        _ => {}
    }
    let capital = |part: &str| {
        let mut letters = part.chars();
        letters.next().map_or_else(String::new, |first| {
            format!("{}{}", first.to_ascii_uppercase(), letters.as_str())
        })
    };
    name.split('_').map(capital).collect()
}
