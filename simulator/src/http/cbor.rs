//! rpcv2Cbor: a request and an answer as JSON values.

use ciborium::Value as Cbor;
use serde_json::{Number, Value};

use crate::{CallError, CallResult, http::refusals::serialization};

/// The members that are timestamps.
const TIMESTAMPS: [&str; 6] = [
    "Timestamp",
    "Timestamps",
    "StateUpdatedTimestamp",
    "StateTransitionedTimestamp",
    "AlarmConfigurationUpdatedTimestamp",
    "CreationTime",
];

/// Reads a request.
pub(super) fn decode(bytes: &[u8]) -> CallResult<Value> {
    let body: Cbor =
        ciborium::from_reader(bytes).map_err(|error| CallError::Refused(serialization(&error)))?;
    Ok(json_of(&body))
}

fn json_of(value: &Cbor) -> Value {
    match value {
        Cbor::Bool(it) => Value::Bool(*it),
        Cbor::Integer(it) => i64::try_from(*it).map_or(Value::Null, Value::from),
        Cbor::Float(it) => Number::from_f64(*it).map_or(Value::Null, Value::Number),
        Cbor::Text(it) => Value::String(it.clone()),
        Cbor::Array(items) => Value::Array(items.iter().map(json_of).collect()),
        Cbor::Map(members) => {
            let member =
                |(name, value): &(Cbor, Cbor)| Some((name.as_text()?.to_owned(), json_of(value)));
            Value::Object(members.iter().filter_map(member).collect())
        }
        Cbor::Tag(_, inner) => json_of(inner),
        _ => Value::Null,
    }
}

/// Encodes an answer.
pub(super) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail. If it did, the reader would detect an incomplete body.
    ciborium::into_writer(&cbor_of(value, false), &mut bytes).ok();
    bytes
}

fn cbor_of(value: &Value, is_time: bool) -> Cbor {
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(it) => Cbor::Bool(*it),
        Value::Number(it) if is_time => {
            Cbor::Tag(1, Box::new(Cbor::Float(it.as_f64().unwrap_or_default())))
        }
        Value::Number(it) => {
            it.as_i64().map_or_else(|| Cbor::Float(it.as_f64().unwrap_or_default()), Cbor::from)
        }
        Value::String(it) => Cbor::Text(it.clone()),
        Value::Array(items) => Cbor::Array(items.iter().map(|it| cbor_of(it, is_time)).collect()),
        Value::Object(members) => Cbor::Map(
            members
                .iter()
                .map(|(name, it)| {
                    (Cbor::Text(name.clone()), cbor_of(it, TIMESTAMPS.contains(&name.as_str())))
                })
                .collect(),
        ),
    }
}
