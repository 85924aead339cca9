//! rpcv2Cbor: the parameters of a request as a JSON value, and an answer by its shape.

use ciborium::Value as Cbor;
use serde_json::{Number, Value};

use super::table::{Kind, Service};

/// Reads a request.
pub(super) fn decode(bytes: &[u8]) -> Result<Value, String> {
    if bytes.is_empty() {
        return Ok(Value::Object(Default::default()));
    }
    let body: Cbor = ciborium::from_reader(bytes).map_err(|error| error.to_string())?;
    json_of(body)
}

fn json_of(value: Cbor) -> Result<Value, String> {
    Ok(match value {
        Cbor::Null => Value::Null,
        Cbor::Bool(it) => Value::Bool(it),
        Cbor::Integer(it) => i64::try_from(it).map_err(|error| error.to_string())?.into(),
        Cbor::Float(it) => Value::Number(Number::from_f64(it).ok_or("a number is not finite")?),
        Cbor::Text(it) => Value::String(it),
        Cbor::Array(items) => items.into_iter().map(json_of).collect::<Result<_, _>>()?,
        Cbor::Map(members) => {
            let member = |(name, value): (Cbor, Cbor)| {
                let name = name.into_text().map_err(|_| "a name is not a text")?;
                Ok::<_, String>((name, json_of(value)?))
            };
            Value::Object(members.into_iter().map(member).collect::<Result<_, _>>()?)
        }
        Cbor::Tag(1, inner) => json_of(*inner)?,
        // No operation of this protocol has a blob.
        _ => return Err("a type of CBOR that is not expected".to_owned()),
    })
}

/// Writes an answer. A shape that is not known is written as the value is.
pub(super) fn encode(service: &Service, shape: Option<&str>, value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail. If it did, the reader would detect an incomplete body.
    ciborium::into_writer(&cbor_of(service, shape.unwrap_or_default(), value), &mut bytes).ok();
    bytes
}

fn cbor_of(service: &Service, shape: &str, value: &Value) -> Cbor {
    let known = service.shape(shape);
    let kind = known.map(|it| it.kind);
    match value {
        Value::Null => Cbor::Null,
        Value::Bool(it) => Cbor::Bool(*it),
        Value::Number(it) => {
            let float = || Cbor::Float(it.as_f64().unwrap_or_default());
            match kind {
                Some(Kind::Timestamp) => Cbor::Tag(1, Box::new(float())),
                Some(Kind::Float | Kind::Double) => float(),
                _ => it.as_i64().map_or_else(float, Cbor::from),
            }
        }
        Value::String(it) => Cbor::Text(it.clone()),
        Value::Array(items) => {
            let of = known.map_or("", |it| &it.of);
            Cbor::Array(items.iter().map(|it| cbor_of(service, of, it)).collect())
        }
        Value::Object(members) => {
            let member = |(name, it): (&String, &Value)| {
                let shape = known.map_or("", |known| match known.kind {
                    Kind::Map => &known.value,
                    _ => known.members.get(name).map_or("", |member| &member.shape),
                });
                (Cbor::Text(name.clone()), cbor_of(service, shape, it))
            };
            Cbor::Map(members.iter().map(member).collect())
        }
    }
}
