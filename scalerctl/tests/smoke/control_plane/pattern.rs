//! Event patterns (EventBridge User Guide, "Creating event patterns"), with the operators that the template and its
//! users need. Other operators are refused.

use serde_json::Value;

/// Whether the pattern matches the event.
pub(super) fn matches(pattern: &Value, event: &Value) -> Result<bool, String> {
    let fields = pattern.as_object().ok_or("Event pattern is not valid: an object is expected")?;
    let mut all = true;
    for (name, wanted) in fields {
        let value = event.get(name).unwrap_or(&Value::Null);
        all &= match wanted {
            Value::Object(_) => matches(wanted, value)?,
            Value::Array(some) => any(some, value)?,
            _ => {
                return Err(format!(
                    "Event pattern is not valid: {name} must be an object or an array"
                ));
            }
        };
    }
    Ok(all)
}

fn any(some: &[Value], value: &Value) -> Result<bool, String> {
    let values: Vec<&Value> = match value {
        Value::Array(values) => values.iter().collect(),
        value => vec![value],
    };
    let mut found = false;
    for wanted in some {
        for value in &values {
            found |= one(wanted, value)?;
        }
    }
    Ok(found)
}

fn one(wanted: &Value, value: &Value) -> Result<bool, String> {
    let Value::Object(operator) = wanted else { return Ok(wanted == value) };
    let mut entries = operator.iter();
    let (Some((name, Value::String(argument))), None) = (entries.next(), entries.next()) else {
        return Err(format!("Event pattern is not valid: {wanted} is no operator of this model"));
    };
    let Some(text) = value.as_str() else { return Ok(false) };
    match name.as_str() {
        "prefix" => Ok(text.starts_with(argument)),
        "suffix" => Ok(text.ends_with(argument)),
        "wildcard" => Ok(wildcard(argument.as_bytes(), text.as_bytes())),
        other => Err(format!("Unrecognized match type {other}")),
    }
}

/// `*` matches any characters.
fn wildcard(pattern: &[u8], text: &[u8]) -> bool {
    match pattern {
        [] => text.is_empty(),
        [b'*', rest @ ..] => (0..=text.len()).any(|skipped| wildcard(rest, &text[skipped..])),
        [first, rest @ ..] => text.first() == Some(first) && wildcard(rest, &text[1..]),
    }
}

#[test]
fn matches_events_and_refuses_unknown_operators() {
    let event = serde_json::json!({ "source": "aws.s3", "detail": { "key": "in/a.json" } });
    let of = |text: &str| matches(&serde_json::from_str(text).unwrap(), &event);
    assert_eq!(
        of(r#"{"source":["aws.s3"],"detail":{"key":[{"wildcard":"in/*.json"}]}}"#),
        Ok(true)
    );
    assert_eq!(of(r#"{"source":["aws.ec2"]}"#), Ok(false));
    assert_eq!(of(r#"{"detail":{"key":[{"prefix":"out/"},{"suffix":".json"}]}}"#), Ok(true));
    assert_eq!(of(r#"{"detail":{"key":[{"wildcard":"in/*.wav"}]}}"#), Ok(false));
    assert!(of(r#"{"source":[{"anything-but":"aws.s3"}]}"#).is_err());
    assert!(of(r#"{"source":"aws.s3"}"#).is_err());
}
