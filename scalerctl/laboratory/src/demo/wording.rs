//! How invocations are put into words.

use jiff::Timestamp;
use reactive_scaler::reason::Reason;
use serde_json::Value;
use simulator::Call;

use super::{invocation::Invocation, story::clock};

/// `1 instance`, `2 instances`.
pub fn instances(count: i32) -> String {
    counted(usize::try_from(count).unwrap_or_default(), "instance")
}

/// A number and its noun.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// What a call was about: its arguments, or else the resource alone.
pub fn object(call: &Call) -> &str {
    match call.arguments.as_str() {
        "" => &call.resource,
        arguments => arguments,
    }
}

/// What an invocation came to.
pub fn outcome(invocation: &Invocation) -> String {
    match &invocation.answer {
        Err(error) => format!("failed, {}: {}", error.kind, error.message),
        Ok(_) => match invocation.decisions() {
            [] => "nothing that a route names".to_owned(),
            decisions => decisions.iter().map(decision).collect::<Vec<_>>().join("; "),
        },
    }
}

/// A decision of an answer: `wake (work_arrived)`.
pub fn decision(decision: &Value) -> String {
    let text = |name: &str| decision.get(name).and_then(Value::as_str).unwrap_or("?");
    match text("action") {
        "none" => format!("nothing to do ({})", text("reason")),
        "extend" => match awake_until(decision) {
            Some(end) => format!("extend ({}), awake until {}", text("reason"), clock(end)),
            None => format!("extend ({})", text("reason")),
        },
        action => format!("{action} ({})", text("reason")),
    }
}

/// What the reason of the invocation's only decision means.
pub fn meaning(invocation: &Invocation) -> Option<&'static str> {
    let reason = invocation.decided("reason")?;
    Reason::ALL.iter().find(|known| known.as_str() == reason).map(|known| known.meaning())
}

fn awake_until(decision: &Value) -> Option<Timestamp> {
    decision.get("awake_until")?.as_str()?.parse().ok()
}
