//! awsQuery: the parameters of a form as a JSON value. `Tags.member.1.Key=a` is an item of a list.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    json,
    table::{Kind, Member, Service, Shape},
};

/// The deepest parameter that is read.
const DEEPEST: usize = 32;

/// A parameter, and those whose names continue with a dot.
#[derive(Default)]
struct Parameter {
    text: Option<String>,
    parts: BTreeMap<String, Parameter>,
}

/// The parameters by the shape. Without a shape, each parameter is a member with a text.
///
/// # Errors
///
/// If a text is not of the type.
pub(super) fn form(body: &[u8], service: &Service, input: Option<&str>) -> Result<Value, String> {
    let Some(input) = input.and_then(|input| service.shape(input)) else {
        let texts = form_urlencoded::parse(body).into_owned();
        return Ok(Value::Object(texts.map(|(name, text)| (name, Value::String(text))).collect()));
    };
    let mut all = Parameter::default();
    for (name, text) in form_urlencoded::parse(body) {
        if name.split('.').count() > DEEPEST {
            continue;
        }
        let place =
            name.split('.').fold(&mut all, |at, part| at.parts.entry(part.to_owned()).or_default());
        place.text = Some(text.into_owned());
    }
    structure(service, input, &all)
}

fn structure(service: &Service, shape: &Shape, given: &Parameter) -> Result<Value, String> {
    let mut members = Map::new();
    for (name, member) in &shape.members {
        let Some(known) = service.shape(&member.shape) else { continue };
        if let Some(given) = given.parts.get(wire_name(name, member, known)) {
            members.insert(name.clone(), value(service, known, member.flat || known.flat, given)?);
        }
    }
    Ok(Value::Object(members))
}

/// A flat list has the name of its items, if they have one.
fn wire_name<'a>(name: &'a str, member: &'a Member, shape: &'a Shape) -> &'a str {
    let flat = shape.name.as_deref().filter(|_| member.flat || shape.flat);
    flat.or(member.name.as_deref()).unwrap_or(name)
}

fn value(service: &Service, shape: &Shape, flat: bool, given: &Parameter) -> Result<Value, String> {
    match shape.kind {
        Kind::Structure => structure(service, shape, given),
        Kind::List => {
            let items = match flat {
                true => Some(given),
                false => given.parts.get(shape.name.as_deref().unwrap_or("member")),
            };
            let items = numbered(items).into_iter().map(|item| part(service, &shape.of, item));
            items.collect::<Result<_, _>>().map(Value::Array)
        }
        Kind::Map => {
            let entries = if flat { Some(given) } else { given.parts.get("entry") };
            let key_name = shape.key_name.as_deref().unwrap_or("key");
            let value_name = shape.value_name.as_deref().unwrap_or("value");
            let mut members = Map::new();
            for entry in numbered(entries) {
                let key = entry.parts.get(key_name).and_then(|key| key.text.clone());
                if let (Some(key), Some(given)) = (key, entry.parts.get(value_name)) {
                    members.insert(key, part(service, &shape.value, given)?);
                }
            }
            Ok(Value::Object(members))
        }
        kind => scalar(kind, given.text.as_deref().unwrap_or_default()),
    }
}

fn part(service: &Service, shape: &str, given: &Parameter) -> Result<Value, String> {
    match service.shape(shape) {
        Some(shape) => value(service, shape, shape.flat, given),
        None => Ok(Value::Null),
    }
}

/// The parameters with a number, in order.
fn numbered(given: Option<&Parameter>) -> Vec<&Parameter> {
    let parts = given.into_iter().flat_map(|it| &it.parts);
    let numbers = parts.filter_map(|(number, it)| Some((number.parse::<u32>().ok()?, it)));
    numbers.collect::<BTreeMap<_, _>>().into_values().collect()
}

fn scalar(kind: Kind, text: &str) -> Result<Value, String> {
    let read = match kind {
        Kind::Integer | Kind::Long => text.parse::<i64>().ok().map(Value::from),
        Kind::Float | Kind::Double => {
            text.parse::<f64>().ok().filter(|it| it.is_finite()).map(Value::from)
        }
        Kind::Boolean => text.parse::<bool>().ok().map(Value::from),
        Kind::Timestamp => json::timestamp(text),
        _ => Some(Value::from(text)),
    };
    read.ok_or_else(|| format!("The value {text} is not a valid {kind:?}"))
}
