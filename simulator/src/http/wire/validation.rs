//! The constraints of the service models, and the errors that AWS answers with.

use serde_json::Value;

use super::{
    routing::Wanted,
    table::{Kind, Service, Shape},
};
use crate::Refusal;

/// The error for parameters that do not satisfy the constraints.
///
/// The texts are those that clients of AWS show. Inferred: that all operations of a service have the same form, the
/// order of several constraints, and the paths inside maps.
pub(super) fn refusal(wanted: &Wanted, input: &str, request: &Value) -> Option<Refusal> {
    let mut found = Vec::new();
    walk(wanted.service, input, "", request, &mut found);
    if found.is_empty() {
        return None;
    }
    match (wanted.service_name, wanted.operation.as_str()) {
        ("sqs", _) => of_queues(&found),
        ("cloudwatch", "PutMetricData" | "GetMetricStatistics" | "ListMetrics") => {
            Some(of_metrics(&found))
        }
        ("cloudwatch" | "sns" | "sts", _) => Some(counted("ValidationError", &found)),
        ("logs", _) => Some(counted("InvalidParameterException", &found)),
        _ => Some(counted("ValidationException", &found)),
    }
}

/// All violations in one message, after their number.
fn counted(code: &str, found: &[Violation<'_>]) -> Refusal {
    let text = |it: &Violation<'_>| {
        let value = it.value.map_or_else(|| "null".to_owned(), |it| format!("'{}'", shown(it)));
        let (path, constraint) = (of_java(&it.path), it.constraint.text("Member"));
        format!("Value {value} at '{path}' failed to satisfy constraint: {constraint}")
    };
    let texts = found.iter().map(text).collect::<Vec<_>>().join("; ");
    let errors = if found.len() == 1 { "error" } else { "errors" };
    Refusal::new(code, format!("{} validation {errors} detected: {texts}", found.len()))
}

/// SQS has a text of its own for a parameter that is absent. The service checks the others.
fn of_queues(found: &[Violation<'_>]) -> Option<Refusal> {
    let absent = found.iter().find(|it| it.value.is_none())?;
    let message = format!("The request must contain the parameter {}.", absent.path);
    Some(Refusal::new("MissingParameter", message))
}

/// CloudWatch has texts of its own for metrics: a line for each parameter. An empty text counts as absent.
fn of_metrics(found: &[Violation<'_>]) -> Refusal {
    let is_absent = |it: &&Violation<'_>| it.value.is_none_or(|value| value == "");
    let absent = found.iter().filter(is_absent);
    let absent: Vec<_> =
        absent.map(|it| format!("The parameter {} is required.", it.path)).collect();
    if !absent.is_empty() {
        return Refusal::new("MissingParameter", absent.join("\n"));
    }
    let invalid = found.iter().map(|it| {
        let must = match &it.constraint {
            Constraint::OneOf(values) => format!("be a value in the set [ {} ]", values.join(", ")),
            Constraint::AtMost("length", most) => {
                format!("be shorter than {} characters", most + 1.0)
            }
            // Inferred.
            other => other.text("").trim_start_matches(" must ").to_owned(),
        };
        format!("The parameter {} must {must}.", it.path)
    });
    Refusal::new("InvalidParameterValue", invalid.collect::<Vec<_>>().join("\n"))
}

/// A value that does not satisfy a constraint.
struct Violation<'a> {
    /// With the names of the model: `Tags.member.1.Key`.
    path: String,
    /// Absent if a required member is absent.
    value: Option<&'a Value>,
    constraint: Constraint<'a>,
}

enum Constraint<'a> {
    NotNull,
    /// The length or the value.
    AtMost(&'static str, f64),
    AtLeast(&'static str, f64),
    OneOf(&'a [String]),
    Pattern(&'a str),
    /// The constraints of the items, keys, or values, which have no members. AWS names the list or the map then.
    Parts(&'static str, Vec<Constraint<'a>>),
}

impl Constraint<'_> {
    fn text(&self, whose: &str) -> String {
        match self {
            Self::NotNull => format!("{whose} must not be null"),
            Self::AtMost(of, most) => {
                format!("{whose} must have {of} less than or equal to {most}")
            }
            Self::AtLeast(of, least) => {
                format!("{whose} must have {of} greater than or equal to {least}")
            }
            Self::OneOf(values) => {
                format!("{whose} must satisfy enum value set: [{}]", values.join(", "))
            }
            Self::Pattern(pattern) => {
                format!("{whose} must satisfy regular expression pattern: {pattern}")
            }
            Self::Parts(parts, all) => {
                let all = all.iter().map(|it| it.text(whose)).collect::<Vec<_>>().join(", ");
                format!("{parts} must satisfy constraint: [{all}]")
            }
        }
    }
}

fn walk<'a>(
    service: &'a Service,
    shape: &str,
    path: &str,
    value: &'a Value,
    found: &mut Vec<Violation<'a>>,
) {
    let Some(shape) = service.shape(shape) else { return };
    let here = |constraint| Violation { path: path.to_owned(), value: Some(value), constraint };
    found.extend(constraints(shape, value).into_iter().map(here));
    match value {
        Value::Object(given) if shape.kind == Kind::Structure => {
            for name in shape.required.iter().filter(|name| !given.contains_key(*name)) {
                let path = joined(path, name);
                found.push(Violation { path, value: None, constraint: Constraint::NotNull });
            }
            for (name, value) in given {
                if let Some(member) = shape.members.get(name) {
                    walk(service, &member.shape, &joined(path, name), value, found);
                }
            }
        }
        Value::Object(entries) => {
            let keys = service.shape(&shape.key).and_then(|key| {
                entries.keys().map(|it| of_text(key, it)).find(|violated| !violated.is_empty())
            });
            found.extend(keys.map(|keys| here(Constraint::Parts("Map keys", keys))));
            let values = of_parts(service, &shape.value, "Map value", entries.values());
            found.extend(values.map(here));
            for (key, it) in entries {
                nested(service, &shape.value, &format!("{path}.{key}.member"), it, found);
            }
        }
        Value::Array(items) => {
            found.extend(of_parts(service, &shape.of, "Member", items.iter()).map(here));
            for (row, item) in items.iter().enumerate() {
                nested(service, &shape.of, &format!("{path}.member.{}", row + 1), item, found);
            }
        }
        _ => {}
    }
}

fn of_parts<'a>(
    service: &'a Service,
    shape: &str,
    parts: &'static str,
    mut values: impl Iterator<Item = &'a Value>,
) -> Option<Constraint<'a>> {
    let shape = service.shape(shape).filter(|it| !has_parts(it))?;
    let violated = values.find_map(|it| Some(constraints(shape, it)).filter(|it| !it.is_empty()));
    violated.map(|violated| Constraint::Parts(parts, violated))
}

fn nested<'a>(
    service: &'a Service,
    shape: &str,
    path: &str,
    value: &'a Value,
    found: &mut Vec<Violation<'a>>,
) {
    if service.shape(shape).is_some_and(has_parts) {
        walk(service, shape, path, value, found);
    }
}

fn has_parts(shape: &Shape) -> bool {
    matches!(shape.kind, Kind::Structure | Kind::List | Kind::Map)
}

/// The constraints of this value, without those of its parts, that it does not satisfy.
fn constraints<'a>(shape: &'a Shape, value: &Value) -> Vec<Constraint<'a>> {
    match value {
        // Four characters of base64 are three bytes.
        Value::String(text) if shape.kind == Kind::Blob => {
            sized(shape, "length", text.len() / 4 * 3)
        }
        Value::String(text) => of_text(shape, text),
        Value::Array(items) => sized(shape, "length", items.len()),
        Value::Object(entries) => sized(shape, "length", entries.len()),
        Value::Number(number) => between(shape, "value", number.as_f64().unwrap_or_default()),
        _ => Vec::new(),
    }
}

fn of_text<'a>(shape: &'a Shape, text: &str) -> Vec<Constraint<'a>> {
    let mut violated = sized(shape, "length", text.chars().count());
    let values = shape.values.as_deref().filter(|values| !values.iter().any(|it| it == text));
    violated.extend(values.map(Constraint::OneOf));
    let differs = shape.regex().is_some_and(|it| !it.is_match(text));
    violated.extend(shape.pattern.as_deref().filter(|_| differs).map(Constraint::Pattern));
    violated
}

fn sized<'a>(shape: &Shape, of: &'static str, size: usize) -> Vec<Constraint<'a>> {
    between(shape, of, size as f64)
}

fn between<'a>(shape: &Shape, of: &'static str, size: f64) -> Vec<Constraint<'a>> {
    let most = shape.max.filter(|most| size > *most).map(|most| Constraint::AtMost(of, most));
    let least = shape.min.filter(|least| size < *least).map(|least| Constraint::AtLeast(of, least));
    most.into_iter().chain(least).collect()
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

/// `Tags.member.1.Key` as the services in Java write it: `tags.1.member.key`.
fn of_java(path: &str) -> String {
    let mut parts: Vec<String> = path.split('.').map(decapitalized).collect();
    for at in 1..parts.len() {
        if parts[at - 1] == "member" && parts[at].parse::<u32>().is_ok() {
            parts.swap(at - 1, at);
        }
    }
    parts.join(".")
}

fn decapitalized(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|it| it.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}
