//! Reads fields of an untrusted JSON value.

use jiff::Timestamp;
use serde_json::Value;

/// Number of top-level keys in an error.
const SHOWN_KEYS: usize = 20;

/// Number of characters of each key in an error.
const SHOWN_KEY_CHARS: usize = 64;

/// The value at a JSON pointer with plain names. `Value::pointer` allocates a string for each step to handle
/// escapes, which our pointers do not have. That took a fifth of the time for one of many records.
pub(super) fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    pointer.split('/').skip(1).try_fold(value, |value, name| value.get(name))
}

/// The string at a JSON pointer. `None` if there is none.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    at(value, pointer).and_then(Value::as_str)
}

/// The string at a JSON pointer. An error if it is missing or empty.
pub(super) fn required<'a>(value: &'a Value, pointer: &str) -> Result<&'a str, String> {
    let problem = match at(value, pointer) {
        Some(Value::String(text)) if !text.is_empty() => return Ok(text),
        Some(Value::String(_)) => "is empty".to_owned(),
        Some(other) => format!("is {}, not a string", kind(other)),
        None => "is missing".to_owned(),
    };
    Err(format!("{} {problem}", dotted(pointer)))
}

/// The elements of the array at a JSON pointer. Empty if there is no array.
pub(super) fn elements<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    at(value, pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The time at a JSON pointer: RFC 3339, or epoch milliseconds as a number or a string. The example of the
/// "SageMaker Endpoint State Change" event has the latter in `time`.
pub(super) fn time(value: &Value, pointer: &str) -> Option<Timestamp> {
    match at(value, pointer)? {
        Value::String(text) => time_of_text(text),
        Value::Number(number) => Timestamp::from_millisecond(number.as_i64()?).ok(),
        _ => None,
    }
}

/// The time in a string.
pub(super) fn time_of_text(text: &str) -> Option<Timestamp> {
    match text.parse() {
        Ok(at) => Some(at),
        Err(_) => Timestamp::from_millisecond(text.parse().ok()?).ok(),
    }
}

/// The JSON type of a value, with its article.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// The top-level keys for an error: sorted, limited in number and length, without control characters.
pub(super) fn shown_keys(value: &Value) -> Vec<String> {
    let mut keys: Vec<&String> = value.as_object().into_iter().flat_map(|map| map.keys()).collect();
    keys.sort_unstable();
    keys.into_iter().take(SHOWN_KEYS).map(|key| shown_key(key)).collect()
}

/// One key in the form for an error.
pub(super) fn shown_key(key: &str) -> String {
    let visible = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    key.chars().take(SHOWN_KEY_CHARS).map(visible).collect()
}

/// A JSON pointer as a dotted path.
fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}
