//! The constraints of the service models, and the errors that AWS answers with.

use serde_json::Value;

use super::{
    routing::Wanted,
    table::{Kind, Service, Shape},
};
use crate::Refusal;

/// The error for parameters that do not satisfy the constraints.
pub(super) fn refusal(wanted: &Wanted, input: &str, request: &Value) -> Option<Refusal> {
    let mut found = Vec::new();
    walk(wanted.service, input, "", request, &mut found);
    if wanted.service_name == "sqs" {
        return found.iter().find_map(sqs);
    }
    let all = found.iter().map(Violation::text).collect::<Vec<_>>().join("; ");
    let count = match found.len() {
        0 => return None,
        1 => "1 validation error".to_owned(),
        count => format!("{count} validation errors"),
    };
    let code = match wanted.service_name {
        "cloudwatch" | "sns" | "sts" => "ValidationError",
        "logs" => "InvalidParameterException",
        _ => "ValidationException",
    };
    Some(Refusal::new(code, format!("{count} detected: {all}")))
}

/// SQS has a text of its own for a parameter that is absent. The service checks the others.
fn sqs(violation: &Violation) -> Option<Refusal> {
    let missing = format!("The request must contain the parameter {}.", violation.member);
    violation.value.is_none().then(|| Refusal::new("MissingParameter", missing))
}

/// A constraint that a value does not satisfy.
struct Violation {
    /// `tags.1.member.key`.
    path: String,
    /// The name in the model.
    member: String,
    /// Absent if a required member is absent.
    value: Option<Value>,
    constraint: String,
}

impl Violation {
    fn text(&self) -> String {
        let Self { path, constraint, .. } = self;
        let value = self.value.as_ref();
        let value = value.map_or_else(|| "null".to_owned(), |it| format!("'{}'", shown(it)));
        format!("Value {value} at '{path}' failed to satisfy constraint: {constraint}")
    }
}

fn walk(service: &Service, shape: &str, path: &str, value: &Value, found: &mut Vec<Violation>) {
    let Some(shape) = service.shape(shape) else { return };
    let violation = |constraint: String| Violation {
        path: path.to_owned(),
        member: path.to_owned(),
        value: Some(value.clone()),
        constraint,
    };
    found.extend(constraints(shape, value).into_iter().map(violation));
    match value {
        Value::Object(given) if shape.kind == Kind::Structure => {
            for (name, member) in &shape.members {
                let path = joined(path, &decapitalized(name));
                match given.get(name) {
                    Some(value) => walk(service, &member.shape, &path, value, found),
                    None if shape.required.contains(name) => found.push(Violation {
                        path,
                        member: name.clone(),
                        value: None,
                        constraint: "Member must not be null".to_owned(),
                    }),
                    None => {}
                }
            }
        }
        Value::Object(entries) => {
            let keys = entries.keys().map(|key| Value::from(key.as_str())).collect::<Vec<_>>();
            let keys = of_parts(service, &shape.key, "Map keys", keys.iter());
            let values = of_parts(service, &shape.value, "Map value", entries.values());
            found.extend(keys.into_iter().chain(values).map(violation));
            for (key, it) in entries {
                nested(service, &shape.value, &format!("{path}.{key}.member"), it, found);
            }
        }
        Value::Array(items) => {
            let parts = of_parts(service, &shape.of, "Member", items.iter());
            found.extend(parts.into_iter().map(violation));
            for (row, item) in items.iter().enumerate() {
                nested(service, &shape.of, &format!("{path}.{}.member", row + 1), item, found);
            }
        }
        _ => {}
    }
}

/// The constraints of keys, values, or items that have no members. AWS names the list or the map then.
fn of_parts<'a>(
    service: &Service,
    shape: &str,
    whose: &str,
    mut parts: impl Iterator<Item = &'a Value>,
) -> Option<String> {
    let shape = service.shape(shape).filter(|it| !has_parts(it))?;
    let violated =
        parts.find_map(|part| Some(constraints(shape, part)).filter(|it| !it.is_empty()))?;
    Some(format!("{whose} must satisfy constraint: [{}]", violated.join(", ")))
}

fn nested(service: &Service, shape: &str, path: &str, value: &Value, found: &mut Vec<Violation>) {
    if service.shape(shape).is_some_and(has_parts) {
        walk(service, shape, path, value, found);
    }
}

fn has_parts(shape: &Shape) -> bool {
    matches!(shape.kind, Kind::Structure | Kind::List | Kind::Map)
}

/// The constraints of this value, without those of its parts, that it does not satisfy.
fn constraints(shape: &Shape, value: &Value) -> Vec<String> {
    let (measure, size) = match value {
        Value::String(text) if shape.kind == Kind::Blob => ("length", (text.len() / 4 * 3) as f64),
        Value::String(text) => ("length", text.chars().count() as f64),
        Value::Array(items) => ("length", items.len() as f64),
        Value::Object(entries) => ("length", entries.len() as f64),
        Value::Number(number) => ("value", number.as_f64().unwrap_or_default()),
        _ => return Vec::new(),
    };
    let mut violated = Vec::new();
    if let Some(max) = shape.max.filter(|max| size > *max) {
        violated.push(format!("Member must have {measure} less than or equal to {max}"));
    }
    if let Some(min) = shape.min.filter(|min| size < *min) {
        violated.push(format!("Member must have {measure} greater than or equal to {min}"));
    }
    if let Some(text) = value.as_str() {
        if let Some(values) = shape.values.as_ref().filter(|it| !it.iter().any(|it| it == text)) {
            let values = values.join(", ");
            violated.push(format!("Member must satisfy enum value set: [{values}]"));
        }
        if let Some(pattern) =
            shape.pattern.as_ref().filter(|_| shape.regex().is_some_and(|it| !it.is_match(text)))
        {
            violated.push(format!("Member must satisfy regular expression pattern: {pattern}"));
        }
    }
    violated
}

/// A value as Java writes it.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Value::Object(entries) => {
            let entry = |(key, value): (&String, &Value)| format!("{key}={}", shown(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

fn joined(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn decapitalized(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}
