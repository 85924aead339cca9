//! Values of a request by their shapes. Members that the shape does not have, and null, are left out.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::table::{Kind, Service};

/// The value with the types of the shape.
///
/// # Errors
///
/// The message of a SerializationException. Its wording is DynamoDB's; of other services it is inferred.
pub(super) fn read(service: &Service, shape: &str, value: Value) -> Result<Value, String> {
    let Some(known) = service.shape(shape) else { return Ok(value) };
    match (known.kind, value) {
        (Kind::Structure, Value::Object(mut given)) => {
            let mut members = Map::new();
            for (name, member) in &known.members {
                if let Some(value) = given.remove(name).filter(|it| !it.is_null()) {
                    members.insert(name.clone(), read(service, &member.shape, value)?);
                }
            }
            Ok(Value::Object(members))
        }
        (Kind::Map, Value::Object(given)) => {
            let read = |(name, value)| Ok((name, read(service, &known.value, value)?));
            given.into_iter().map(read).collect::<Result<Map<_, _>, _>>().map(Value::Object)
        }
        (Kind::List, Value::Array(items)) => {
            let read = |item| read(service, &known.of, item);
            items.into_iter().map(read).collect::<Result<_, _>>().map(Value::Array)
        }
        (Kind::String | Kind::Blob, value @ Value::String(_))
        | (Kind::Boolean, value @ Value::Bool(_))
        | (Kind::Float | Kind::Double | Kind::Timestamp, value @ Value::Number(_)) => Ok(value),
        (Kind::Integer | Kind::Long, Value::Number(number)) => {
            let whole = number.as_f64().filter(|it| it.fract() == 0.0).map(|it| it as i64);
            number
                .as_i64()
                .or(whole)
                .map(Value::from)
                .ok_or_else(|| wrong("DECIMAL_VALUE", known.kind))
        }
        // Coral, the framework of these services, reads both forms.
        (Kind::Timestamp, Value::String(text)) => {
            timestamp(&text).ok_or_else(|| wrong("STRING_VALUE", Kind::Timestamp))
        }
        (_, Value::Array(_)) => Err("Start of list found where not expected".to_owned()),
        (_, Value::Object(_)) => {
            Err("Start of structure or map found where not expected".to_owned())
        }
        (kind, Value::String(_)) => Err(wrong("STRING_VALUE", kind)),
        (kind, Value::Number(_)) => Err(wrong("NUMBER_VALUE", kind)),
        (kind, Value::Bool(true)) => Err(wrong("TRUE_VALUE", kind)),
        (kind, Value::Bool(false)) => Err(wrong("FALSE_VALUE", kind)),
        (_, Value::Null) => Ok(Value::Null),
    }
}

/// A timestamp in text, as seconds since the epoch.
pub(super) fn timestamp(text: &str) -> Option<Value> {
    let at = text.parse::<Timestamp>().or_else(|_| format!("{text}Z").parse()).ok();
    let at = at.map(|at| at.as_millisecond() as f64 / 1000.0);
    at.or_else(|| text.parse().ok()).map(Value::from)
}

fn wrong(given: &str, kind: Kind) -> String {
    match kind {
        Kind::Structure | Kind::Map => "Unexpected token received from parser".to_owned(),
        Kind::List => "Expected list or null".to_owned(),
        kind => format!("{given} cannot be converted to {kind:?}"),
    }
}
