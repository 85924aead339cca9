//! awsQuery: an answer in XML, by its shape.

use jiff::Timestamp;
use serde_json::Value;

use super::table::{Kind, Service, Shape};
use crate::http::buckets::escaped;

/// The members of a structure as elements.
pub(super) fn members(service: &Service, shape: &Shape, value: &Value) -> String {
    let element = |(name, member): (&String, &super::table::Member)| {
        let value = value.get(name).filter(|it| !it.is_null())?;
        let name = member.name.as_deref().unwrap_or(name);
        Some(element(service, &member.shape, member.flat, name, value))
    };
    shape.members.iter().filter_map(element).collect()
}

fn element(service: &Service, shape: &str, flat: bool, name: &str, value: &Value) -> String {
    let Some(shape) = service.shape(shape) else { return String::new() };
    let flat = flat || shape.flat;
    match (shape.kind, value) {
        (Kind::Structure, _) => tagged(name, &members(service, shape, value)),
        (Kind::List, Value::Array(items)) => {
            let item_name = shape.name.as_deref().unwrap_or(if flat { name } else { "member" });
            let items = items.iter().map(|it| element(service, &shape.of, false, item_name, it));
            if flat { items.collect() } else { tagged(name, &items.collect::<String>()) }
        }
        (Kind::Map, Value::Object(entries)) => {
            let key_name = shape.key_name.as_deref().unwrap_or("key");
            let value_name = shape.value_name.as_deref().unwrap_or("value");
            let entry = |(key, it): (&String, &Value)| {
                let value = element(service, &shape.value, false, value_name, it);
                tagged(
                    if flat { name } else { "entry" },
                    &(tagged(key_name, &escaped(key)) + &value),
                )
            };
            let entries = entries.iter().map(entry);
            if flat { entries.collect() } else { tagged(name, &entries.collect::<String>()) }
        }
        (Kind::Timestamp, Value::Number(seconds)) => tagged(name, &iso(seconds.as_f64())),
        (Kind::Float | Kind::Double, Value::Number(number)) => {
            tagged(name, &format!("{:?}", number.as_f64().unwrap_or_default()))
        }
        (_, Value::String(text)) => tagged(name, &escaped(text)),
        (_, other) => tagged(name, &escaped(&other.to_string())),
    }
}

pub(super) fn tagged(name: &str, content: &str) -> String {
    format!("<{name}>{content}</{name}>")
}

fn iso(seconds: Option<f64>) -> String {
    let milliseconds = (seconds.unwrap_or_default() * 1000.0).round() as i64;
    Timestamp::from_millisecond(milliseconds).map_or_else(|_| String::new(), |at| at.to_string())
}
