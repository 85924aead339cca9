//! Commands: what a person or a script asks for by invoking the function directly.

use serde_json::{Map, Value};

use super::{
    json,
    types::{Command, What},
};

/// The longest hold in minutes: a week.
const LONGEST_HOLD: u64 = 7 * 24 * 60;

/// The fields that a command may have.
const FIELDS: [&str; 5] = ["action", "endpoint", "variant", "minutes", "force"];

/// Whether this is meant as a command.
pub(super) fn is_command(payload: &Value) -> bool {
    let events = ["Records", "detail-type"];
    payload.get("action").is_some() && events.iter().all(|field| payload.get(field).is_none())
}

/// The event that `observe` asks about: what would be done for it, with nothing written. `None` for
/// any other command.
///
/// Any payload will do that the function can be invoked with, a command too.
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

/// A command, or what is wrong with it and what a good one looks like. `tick` is no matter of one
/// endpoint and may do without any; where it names one, that changes nothing.
///
/// A command is strict where events are tolerant: its author reads the answer, and a misspelled
/// `force` that was passed over would be worse than an error.
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

/// A problem with an example of how it should be.
fn wrong(problem: &str, example: &str) -> String {
    format!("{problem}; for example {example}")
}

/// A command's fields; one that is null counts as absent.
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
                // A length that only a hold has is checked and passed over elsewhere.
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
