//! Looking into a JSON value without trusting it.

use jiff::Timestamp;
use serde_json::Value;

/// How many top-level keys an error shows.
const SHOWN_KEYS: usize = 20;

/// How many characters of a key an error shows.
const SHOWN_KEY_CHARS: usize = 64;

/// The value at a JSON pointer of plain names. `Value::pointer` makes a text of each step, for the sake
/// of escapes that none of ours has: a fifth of what one of many records costs.
pub(super) fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    pointer.split('/').skip(1).try_fold(value, |value, name| value.get(name))
}

/// The text at a JSON pointer, or nothing where there is none, or no text.
pub(super) fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    at(value, pointer).and_then(Value::as_str)
}

/// The text at a JSON pointer, which must be there and not empty.
pub(super) fn required<'a>(value: &'a Value, pointer: &str) -> Result<&'a str, String> {
    let problem = match at(value, pointer) {
        Some(Value::String(text)) if !text.is_empty() => return Ok(text),
        Some(Value::String(_)) => "is empty".to_owned(),
        Some(other) => format!("is {}, not a string", kind(other)),
        None => "is missing".to_owned(),
    };
    Err(format!("{} {problem}", dotted(pointer)))
}

/// The elements of the array at a JSON pointer; none where there is no array.
pub(super) fn elements<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    at(value, pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The time at a JSON pointer: RFC 3339, or epoch milliseconds as a number or a string, which is
/// what the example of the "SageMaker Endpoint State Change" event has in `time`.
pub(super) fn time(value: &Value, pointer: &str) -> Option<Timestamp> {
    match at(value, pointer)? {
        Value::String(text) => time_of_text(text),
        Value::Number(number) => Timestamp::from_millisecond(number.as_i64()?).ok(),
        _ => None,
    }
}

/// The same of a string.
pub(super) fn time_of_text(text: &str) -> Option<Timestamp> {
    match text.parse() {
        Ok(at) => Some(at),
        Err(_) => Timestamp::from_millisecond(text.parse().ok()?).ok(),
    }
}

/// A value's JSON type, with its article.
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

/// The top-level keys that an error may show: sorted, few, short, and with no control characters.
pub(super) fn shown_keys(value: &Value) -> Vec<String> {
    let mut keys: Vec<&String> = value.as_object().into_iter().flat_map(|map| map.keys()).collect();
    keys.sort_unstable();
    keys.into_iter().take(SHOWN_KEYS).map(|key| shown_key(key)).collect()
}

/// One key as an error may show it.
pub(super) fn shown_key(key: &str) -> String {
    let visible = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    key.chars().take(SHOWN_KEY_CHARS).map(visible).collect()
}

/// A JSON pointer the way people write a path.
fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}
