//! The stack's topic for alarms, which the function listens to.

use serde_json::Value;

/// Part of the name that CloudFormation gives to the template's `SignalTopic`.
const LOGICAL_ID: &str = "-SignalTopic-";

/// The first topic of the template that this policy lets invoke the function.
pub fn of_policy(policy: &Value) -> Option<String> {
    match policy {
        Value::String(text) => {
            let is_topic = text.starts_with("arn:") && text.split(':').nth(2) == Some("sns");
            (is_topic && text.contains(LOGICAL_ID)).then(|| text.clone())
        }
        Value::Array(values) => values.iter().find_map(of_policy),
        Value::Object(members) => members.values().find_map(of_policy),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}
