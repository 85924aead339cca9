//! How the output describes calls and invocations.

use reactive_scaler::reason::Reason;
use simulator::Call;

use super::{invocation::Invocation, upload_run::clock};
use crate::function::Decision;

/// `1 instance`, `2 instances`.
pub fn instances(count: i32) -> String {
    counted(usize::try_from(count).unwrap_or_default(), "instance")
}

/// A number and its noun.
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The arguments of a call, or its resource if it has no arguments.
pub fn object(call: &Call) -> &str {
    match call.arguments.as_str() {
        "" => &call.resource,
        arguments => arguments,
    }
}

/// The result of an invocation.
pub fn result(invocation: &Invocation) -> String {
    match &invocation.answer {
        Err(error) => format!("failed, {}: {}", error.kind, error.message),
        Ok(_) => {
            let failed = invocation.failed_messages();
            let mut results: Vec<_> = invocation.decisions().iter().map(decision).collect();
            if !failed.is_empty() {
                results.push(format!("failed messages: {}", failed.join(", ")));
            }
            match results.is_empty() {
                true if invocation.asks => "no route matches".to_owned(),
                true => {
                    "nothing to do: the event has no record that the function acts on".to_owned()
                }
                false => results.join("; "),
            }
        }
    }
}

fn decision(decision: &Decision) -> String {
    match (decision.action.as_str(), decision.awake_until) {
        ("none", _) => format!("nothing to do ({})", decision.reason),
        ("extend", Some(end)) => format!("{decision}, awake until {}", clock(end)),
        _ => decision.to_string(),
    }
}

/// The meaning of the reason, if the invocation made one decision.
pub fn meaning(invocation: &Invocation) -> Option<&'static str> {
    let reason = invocation.only_decision()?.reason;
    Reason::ALL.iter().find(|known| known.as_str() == reason).map(|known| known.meaning())
}
