//! YAML as JSON. The short forms of CloudFormation's functions become their long forms: `!Ref Name` is
//! `{"Ref": "Name"}`, and `!Sub text` is `{"Fn::Sub": "text"}`.

use std::borrow::Cow;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Value};

/// A list or a mapping that is not complete.
enum Open {
    List(Option<String>, Vec<Value>),
    /// With the key whose value is next.
    Mapping(Option<String>, Map<String, Value>, Option<String>),
}

/// Reads one YAML document.
///
/// # Errors
///
/// What is not YAML, with its line, or what this reader does not have.
pub fn read(text: &str) -> Result<Value, String> {
    let mut open: Vec<Open> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| format!("is neither JSON nor YAML: {error}"))?;
        let at = |problem: &str| format!("line {}: {problem}", span.start.line());
        let value = match event {
            Event::Scalar(text, style, _, tag) => tagged(function(tag), scalar(&text, style)),
            Event::SequenceStart(_, tag) => {
                open.push(Open::List(function(tag), Vec::new()));
                continue;
            }
            Event::MappingStart(_, tag) => {
                open.push(Open::Mapping(function(tag), Map::new(), None));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(function, members)) => tagged(function, Value::Array(members)),
                Some(Open::Mapping(function, members, _)) => {
                    tagged(function, Value::Object(members))
                }
                None => continue,
            },
            Event::Alias(_) => {
                return Err(at("a YAML alias (*name) is not read; write the value in its place"));
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => continue,
        };
        match open.last_mut() {
            Some(Open::List(_, members)) => members.push(value),
            Some(Open::Mapping(_, members, key)) => match key.take() {
                Some(name) => drop(members.insert(name, value)),
                None => *key = Some(key_text(value).ok_or_else(|| at("a key must be a text"))?),
            },
            None if root.is_none() => root = Some(value),
            None => return Err(at("a second YAML document begins; give one")),
        }
    }
    root.ok_or_else(|| "has no value".to_owned())
}

/// The function of a tag of CloudFormation: `!GetAtt` is `Fn::GetAtt`.
fn function(tag: Option<Cow<'_, Tag>>) -> Option<String> {
    let tag = tag.filter(|tag| tag.handle == "!")?;
    Some(match tag.suffix.as_str() {
        "Ref" | "Condition" => tag.suffix.clone(),
        other => format!("Fn::{other}"),
    })
}

fn tagged(function: Option<String>, value: Value) -> Value {
    match function {
        Some(function) => Value::Object(Map::from_iter([(function, value)])),
        None => value,
    }
}

fn key_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A scalar by the core schema of YAML 1.2. Quoted texts and blocks are texts.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::from(text);
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        _ => {}
    }
    let whole = text.parse::<i64>().ok().map(Value::from);
    let is_number = |it: char| it.is_ascii_digit() || "+-.eE".contains(it);
    let number = || text.chars().all(is_number).then(|| text.parse::<f64>().ok().map(Value::from));
    whole.or_else(|| number().flatten()).unwrap_or_else(|| Value::from(text))
}
