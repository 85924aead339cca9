//! The functions of CloudFormation in the fields of a resource.

use serde_json::Value;
use simulator::JsonError;

/// The function that a value is, and its arguments.
pub fn function(value: &Value) -> Option<(&str, &Value)> {
    let members = value.as_object()?;
    let (name, arguments) = members.iter().next()?;
    let is_function = matches!(name.as_str(), "Ref" | "Condition") || name.starts_with("Fn::");
    (members.len() == 1 && is_function).then_some((name, arguments))
}

/// A text in which references stand as `${Name}`. Two texts that are the same name the same thing. `None`: what it
/// is depends on more than references.
pub fn text(value: &Value) -> Option<String> {
    if let Value::String(text) = value {
        return Some(text.clone());
    }
    let (name, arguments) = function(value)?;
    match (name, arguments) {
        ("Ref", Value::String(to)) => Some(format!("${{{to}}}")),
        ("Fn::GetAtt", Value::String(to)) => Some(format!("${{{to}}}")),
        ("Fn::GetAtt", Value::Array(parts)) => {
            let parts = parts.iter().map(text).collect::<Option<Vec<_>>>()?;
            Some(format!("${{{}}}", parts.join(".")))
        }
        ("Fn::Sub", Value::String(text)) => Some(text.clone()),
        ("Fn::Sub", Value::Array(parts)) => {
            let [Value::String(template), Value::Object(names)] = parts.as_slice() else {
                return None;
            };
            names.iter().try_fold(template.clone(), |all, (name, value)| {
                Some(all.replace(&format!("${{{name}}}"), &text(value)?))
            })
        }
        ("Fn::Join", Value::Array(parts)) => {
            let [Value::String(between), Value::Array(parts)] = parts.as_slice() else {
                return None;
            };
            let parts = parts.iter().map(text).collect::<Option<Vec<_>>>()?;
            Some(parts.join(between))
        }
        _ => None,
    }
}

/// Whether a value names this resource anywhere.
pub fn names(value: &Value, resource: &str) -> bool {
    match value {
        Value::String(text) => {
            text == resource
                || text.strip_prefix(resource).is_some_and(|rest| rest.starts_with('.'))
                || text.contains(&format!("${{{resource}}}"))
        }
        Value::Array(members) => members.iter().any(|it| names(it, resource)),
        Value::Object(members) => members.values().any(|it| names(it, resource)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Refuses a function in any field: its value is not in the file.
///
/// # Errors
///
/// [`JsonError`] names the field and the function.
pub fn refuse(value: &Value, path: &str) -> Result<(), JsonError> {
    if let Some((name, arguments)) = function(value) {
        let arguments = arguments.as_str().map_or_else(|| arguments.to_string(), str::to_owned);
        let name = name.trim_start_matches("Fn::");
        let problem = format!(
            "is !{name} {arguments}, whose value is not in the file; write the value, or give the output of \
             describe-scaling-policies and describe-alarms"
        );
        return Err(JsonError::new(path, problem));
    }
    match value {
        Value::Array(members) => members
            .iter()
            .enumerate()
            .try_for_each(|(index, member)| refuse(member, &format!("{path}[{index}]"))),
        Value::Object(members) => members
            .iter()
            .try_for_each(|(name, member)| refuse(member, &JsonError::at(path, name, "").field)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}
