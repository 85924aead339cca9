//! Reading and writing CBOR values.

use ciborium::Value;
use jiff::Timestamp;

/// Encodes a value.
pub(super) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail. If it did, the reader would detect an incomplete body.
    ciborium::into_writer(value, &mut bytes).ok();
    bytes
}

pub(super) fn map<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Map(members.into_iter().map(|(name, value)| (text(name), value)).collect())
}

pub(super) fn array(items: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(items.into_iter().collect())
}

pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A timestamp: tag 1 with whole seconds since the epoch.
pub(super) fn epoch(at: Timestamp) -> Value {
    Value::Tag(1, Box::new(Value::from(at.as_second())))
}

/// A member of a map.
pub(super) fn member<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let members = value.as_map()?;
    members.iter().find(|(key, _)| key.as_text() == Some(name)).map(|(_, value)| value)
}

/// A text member of a map.
pub(super) fn text_member<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    member(value, name)?.as_text()
}

/// Reads tag 1 with whole seconds or a float.
pub(super) fn timestamp(value: &Value) -> Option<Timestamp> {
    let (1, inner) = value.as_tag()? else { return None };
    match inner {
        Value::Integer(seconds) => Timestamp::from_second(i64::try_from(*seconds).ok()?).ok(),
        Value::Float(seconds) => {
            Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
        }
        _ => None,
    }
}
