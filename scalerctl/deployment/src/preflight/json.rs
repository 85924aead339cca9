//! The checks as one JSON document.

use serde_json::{Value, json};

use super::{check::Check, report::Report};

/// The complete report.
pub fn of(report: &Report) -> String {
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "ok": report.problems().is_empty(),
        "endpoint": report.endpoint,
        "variant": report.variant,
        "region": report.region,
        "checks": report.checks.iter().map(check).collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}

fn check(check: &Check) -> Value {
    let mut shown =
        json!({ "id": check.id.as_str(), "outcome": check.outcome(), "text": check.text });
    if let Some(advice) = &check.problem {
        shown["what_to_do"] = json!(advice.what_to_do);
        if let Some(command) = &advice.command {
            shown["command"] = json!(command);
        }
    }
    shown
}
