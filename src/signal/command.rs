//! Commands that a person or a script sends by invoking the function directly.

use serde_json::{Map, Value};

use super::{
    json,
    types::{Command, What},
};

/// Maximum duration of a hold in minutes: one week.
const LONGEST_HOLD: u64 = 7 * 24 * 60;

/// The fields of a command.
const FIELDS: [&str; 5] = ["action", "endpoint", "variant", "minutes", "force"];

/// Whether this payload is a command.
pub(super) fn is_command(payload: &Value) -> bool {
    let events = ["Records", "detail-type"];
    payload.get("action").is_some() && events.iter().all(|field| payload.get(field).is_none())
}

/// The event in the command `observe`: the function decides for it but changes nothing. `None` for other
/// commands.
///
/// The event can be any payload of the function, including a command.
pub(super) fn observed(payload: &Value) -> Result<Option<&Value>, String> {
    let fields = Fields(payload.as_object().ok_or("a command is an object")?);
    if fields.get("action").and_then(Value::as_str) != Some("observe") {
        return Ok(None);
    }
    fields.all_known_of(&["action", "event"], OBSERVE)?;
    match fields.get("event") {
        Some(event) if event.is_object() && event.get("action") != fields.get("action") => {
            Ok(Some(event))
        }
        Some(_) => Err(wrong("`event` must be an object, and no `observe` itself", OBSERVE)),
        None => Err(wrong("`event` is missing", OBSERVE)),
    }
}

/// Reads a command. An error states the problem and a valid example. `tick` applies to all endpoints, so an
/// endpoint in it is ignored.
///
/// Unlike events, a command must not contain unknown fields. Its author reads the answer, and ignoring a
/// misspelled `force` would be worse than an error.
pub(super) fn read(payload: &Value) -> Result<What, String> {
    let fields = Fields(payload.as_object().ok_or("a command is an object")?);
    let action = fields.text("action")?.unwrap_or_default();
    if !matches!(action, "wake" | "sleep" | "hold" | "release" | "status" | "tick") {
        let actions = "`action` must be wake, sleep, hold, release, status, observe or tick";
        return Err(wrong(actions, WAKE));
    }
    fields.all_known_of(&FIELDS, WAKE)?;
    let variant = fields.text("variant")?.map(str::to_owned);
    let minutes = fields.minutes(action)?;
    let force = fields.force(action)?;
    let endpoint = fields.text("endpoint")?.map(str::to_owned);
    let command = match action {
        "wake" => Command::Wake,
        "sleep" => Command::Sleep { force },
        "hold" => Command::Hold { minutes },
        "release" => Command::Release,
        "status" => Command::Status,
        _ => return Ok(What::Tick),
    };
    let endpoint = endpoint.ok_or_else(|| wrong("`endpoint` is missing", WAKE))?;
    Ok(What::Command { command, endpoint, variant })
}

const WAKE: &str = r#"{"action":"wake","endpoint":"my-endpoint"}"#;
const VARIANT: &str = r#"{"action":"wake","endpoint":"my-endpoint","variant":"AllTraffic"}"#;
const SLEEP: &str = r#"{"action":"sleep","endpoint":"my-endpoint","force":true}"#;
const HOLD: &str = r#"{"action":"hold","endpoint":"my-endpoint","minutes":60}"#;
const OBSERVE: &str = r#"{"action":"observe","event":{"action":"wake","endpoint":"my-endpoint"}}"#;

/// A problem, with a valid example.
fn wrong(problem: &str, example: &str) -> String {
    format!("{problem}; for example {example}")
}

/// The fields of a command. A field that is null counts as missing.
struct Fields<'a>(&'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Result<Option<&'a str>, String> {
        let example = if name == "variant" { VARIANT } else { WAKE };
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(wrong(&format!("`{name}` must be a string that is not empty"), example)),
        }
    }

    fn minutes(&self, action: &str) -> Result<Option<u32>, String> {
        match self.get("minutes") {
            None => Ok(None),
            Some(value) => value
                .as_u64()
                .filter(|minutes| (1..=LONGEST_HOLD).contains(minutes))
                .and_then(|minutes| u32::try_from(minutes).ok())
                // `minutes` is checked in all commands but used only by `hold`.
                .map(|minutes| (action == "hold").then_some(minutes))
                .ok_or_else(|| {
                    wrong(&format!("`minutes` must be an integer from 1 to {LONGEST_HOLD}"), HOLD)
                }),
        }
    }

    fn force(&self, action: &str) -> Result<bool, String> {
        match self.get("force") {
            None => Ok(false),
            Some(_) if action != "sleep" => Err(wrong("`force` is for sleep only", SLEEP)),
            Some(Value::Bool(force)) => Ok(*force),
            Some(_) => Err(wrong("`force` must be true or false", SLEEP)),
        }
    }

    fn all_known_of(&self, known: &[&str], example: &str) -> Result<(), String> {
        match self.0.keys().find(|key| !known.contains(&key.as_str())) {
            None => Ok(()),
            Some(key) => {
                Err(wrong(&format!("`{}` is an unknown field", json::shown_key(key)), example))
            }
        }
    }
}
