//! A decision as a line of text or of JSON.

use reactive_scaler::reason::Reason;
use serde_json::{Map, Value, json};

use crate::{account::decision_log::LoggedDecision, monitoring::TimeZone};

/// One line of text.
pub fn text(decided: &LoggedDecision, zone: &TimeZone) -> String {
    let at =
        format!("{} {} {}", zone.day(decided.at), zone.second(decided.at), zone.name(decided.at));
    let name = match decided.variant.as_deref() {
        None | Some("AllTraffic") => decided.endpoint.clone(),
        Some(variant) => format!("{} / {variant}", decided.endpoint),
    };
    let failures = match decided.failures.as_slice() {
        [] => String::new(),
        some => format!("; not done: {}", some.join("; ")).replace('\n', " "),
    };
    let observed = if decided.observe_only { " (observe mode: not carried out)" } else { "" };
    format!("{at}  {name}  {}{observed}: {}{failures}\n", what(decided, zone), why(&decided.reason))
}

/// One line of JSON.
pub fn document(decided: &LoggedDecision) -> String {
    let mut document = match serde_json::to_value(decided) {
        Ok(Value::Object(document)) => document,
        Ok(_) | Err(_) => Map::new(),
    };
    document.insert("endpoint".to_owned(), json!(decided.endpoint));
    document.insert("variant".to_owned(), json!(decided.variant));
    document.insert("failures".to_owned(), json!(decided.failures));
    format!("{}\n", Value::Object(document))
}

fn what(decided: &LoggedDecision, zone: &TimeZone) -> String {
    let instances = match (decided.from, decided.to) {
        (Some(from), Some(to)) if from != to => format!(", {from} to {to} instances"),
        _ => String::new(),
    };
    let until = match (decided.action.as_str(), decided.awake_until) {
        ("none" | "sleep" | "release", _) | (_, None) => String::new(),
        (_, Some(end)) => format!(", awake until {}", zone.minute(end)),
    };
    let action = match decided.action.as_str() {
        "none" => "no change",
        action => action,
    };
    format!("{action}{instances}{until}")
}

/// The reason as a sentence. A newer function can have reasons that are not known here.
fn why(reason: &str) -> &str {
    let known = Reason::ALL.iter().find(|known| known.as_str() == reason);
    known.map_or(reason, |known| known.meaning())
}

#[cfg(test)]
mod tests {
    use super::why;

    #[test]
    fn a_reason_that_is_not_known_keeps_its_name() {
        assert_eq!(why("work_done"), "Every upload has a result.");
        assert_eq!(why("of_a_newer_version"), "of_a_newer_version");
    }
}
