//! Event patterns: the filters of EventBridge rules and of SNS subscriptions (EventBridge User Guide, "Comparison
//! operators for use in event patterns").

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wildmatch::WildMatchPattern;

/// A filter of events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EventPattern(Map<String, Value>);

impl EventPattern {
    /// Reads a pattern. The error is AWS's reason why it is not valid.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => check_fields(&fields).map(|()| Self(fields)),
            Ok(_) => Err("Filter is not an object".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Whether the event has each field of the pattern with one of its values.
    pub(crate) fn matches(&self, event: &Value) -> bool {
        fields_match(&self.0, event)
    }
}

fn check_fields(fields: &Map<String, Value>) -> Result<(), String> {
    if fields.is_empty() {
        return Err("Empty objects are not allowed".into());
    }
    fields.iter().try_for_each(|(name, condition)| match condition {
        Value::Array(all) if name == "$or" && all.iter().all(Value::is_object) => {
            all.iter().filter_map(Value::as_object).try_for_each(check_fields)
        }
        Value::Array(all) if all.is_empty() => Err("Empty arrays are not allowed".into()),
        Value::Array(all) => all.iter().try_for_each(check_value),
        Value::Object(inner) => check_fields(inner),
        _ => Err(format!("\"{name}\" must be an object or an array")),
    })
}

fn check_value(value: &Value) -> Result<(), String> {
    let Value::Object(operator) = value else {
        return match value {
            Value::Array(_) => {
                Err("Match value must be String, number, true, false, or null".into())
            }
            _ => Ok(()),
        };
    };
    let mut operators = operator.iter();
    let (Some((name, operand)), None) = (operators.next(), operators.next()) else {
        return Err("Only one key allowed in match expression".into());
    };
    let is_text = |it: &Value| it.is_string();
    let is_valid = match name.as_str() {
        "exists" => operand.is_boolean(),
        "prefix" | "suffix" => is_text(operand) || is_text(&operand["equals-ignore-case"]),
        "equals-ignore-case" | "wildcard" => is_text(operand),
        "anything-but" => match operand {
            Value::Object(inner) => return check_value(&single(inner)),
            operand => !operand.is_null(),
        },
        "numeric" => numeric(operand, 0.0).is_some(),
        other => return Err(format!("Unrecognized match type {other}")),
    };
    if is_valid { Ok(()) } else { Err(format!("{name} match pattern is not valid")) }
}

/// An operator inside `anything-but`: its operand can be a list.
fn single(operator: &Map<String, Value>) -> Value {
    let first =
        |operand: &Value| operand.as_array().and_then(|all| all.first()).unwrap_or(operand).clone();
    operator
        .iter()
        .map(|(name, operand)| (name.clone(), first(operand)))
        .collect::<Map<_, _>>()
        .into()
}

fn fields_match(fields: &Map<String, Value>, event: &Value) -> bool {
    fields.iter().all(|(name, condition)| match condition {
        Value::Array(all) if name == "$or" && all.iter().all(Value::is_object) => {
            all.iter().filter_map(Value::as_object).any(|inner| fields_match(inner, event))
        }
        Value::Array(all) => any_matches(all, event.get(name)),
        Value::Object(inner) => match event.get(name) {
            Some(Value::Array(elements)) => elements.iter().any(|it| fields_match(inner, it)),
            Some(field) => fields_match(inner, field),
            // A condition on what does not exist.
            None => fields_match(inner, &Value::Null),
        },
        _ => false,
    })
}

/// Whether the field, or one of its elements, has one of the values.
fn any_matches(values: &[Value], field: Option<&Value>) -> bool {
    match field {
        Some(Value::Array(elements)) if !elements.is_empty() => {
            elements.iter().any(|it| values.iter().any(|value| matches(value, Some(it))))
        }
        // An object is no value, and an empty list has none.
        Some(Value::Array(_) | Value::Object(_)) => values.iter().any(|value| matches(value, None)),
        field => values.iter().any(|value| matches(value, field)),
    }
}

fn matches(value: &Value, field: Option<&Value>) -> bool {
    let Value::Object(operator) = value else { return field.is_some_and(|it| equal(value, it)) };
    operator.iter().all(|(name, operand)| match (name.as_str(), field) {
        ("exists", field) => operand.as_bool() == Some(field.is_some()),
        (_, None) => false,
        ("anything-but", Some(field)) => !is_one_of(operand, field),
        ("numeric", Some(field)) => {
            field.as_f64().and_then(|it| numeric(operand, it)).unwrap_or(false)
        }
        (name, Some(field)) => field.as_str().is_some_and(|it| text_matches(name, operand, it)),
    })
}

/// Whether the field is a value of `anything-but`, or is matched by its operator.
fn is_one_of(operand: &Value, field: &Value) -> bool {
    match operand {
        Value::Object(operator) => operator.iter().any(|(name, operand)| {
            let operands = operand.as_array().map_or(std::slice::from_ref(operand), Vec::as_slice);
            operands
                .iter()
                .any(|it| field.as_str().is_some_and(|text| text_matches(name, it, text)))
        }),
        Value::Array(values) => values.iter().any(|it| equal(it, field)),
        value => equal(value, field),
    }
}

fn text_matches(operator: &str, operand: &Value, text: &str) -> bool {
    let (any_case, operand) = match operand.get("equals-ignore-case") {
        Some(operand) => (true, operand.as_str()),
        None => (operator == "equals-ignore-case", operand.as_str()),
    };
    let Some(operand) = operand else { return false };
    let (operand, text) = match any_case {
        true => (operand.to_lowercase(), text.to_lowercase()),
        false => (operand.to_owned(), text.to_owned()),
    };
    match operator {
        "prefix" => text.starts_with(&operand),
        "suffix" => text.ends_with(&operand),
        "equals-ignore-case" => text == operand,
        // `*` is the only sign with a meaning. Assumption: the model has no escaped `*`.
        "wildcard" => WildMatchPattern::<'*', '\0'>::new(&operand).matches(&text),
        _ => false,
    }
}

/// Whether a number is in the range of `numeric`, such as `[">", 0, "<=", 5]`. `None` if that is not a range.
fn numeric(range: &Value, number: f64) -> Option<bool> {
    let range = range.as_array().filter(|it| matches!(it.len(), 2 | 4))?;
    let mut is_in = true;
    for limit in range.chunks(2) {
        let [operator, limit] = limit else { return None };
        let limit = limit.as_f64()?;
        is_in &= match operator.as_str()? {
            "=" => number == limit,
            "<" => number < limit,
            "<=" => number <= limit,
            ">" => number > limit,
            ">=" => number >= limit,
            _ => return None,
        };
    }
    Some(is_in)
}

/// Numbers are equal by their value: `300`, `300.0` and `3.0e2`.
fn equal(value: &Value, field: &Value) -> bool {
    match (value.as_f64(), field.as_f64()) {
        (Some(value), Some(field)) => value == field,
        _ => value == field,
    }
}
