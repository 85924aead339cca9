//! The findings as one JSON document.

use serde_json::{Value, json};

use super::{Finding, Report, Severity, finding::Alternative};

/// The complete report.
pub fn of(report: &Report) -> String {
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "endpoint": report.endpoint,
        "function": report.function,
        "findings": report.findings.iter().map(|it| of_finding(it, report)).collect::<Vec<_>>(),
        "complete": report.is_complete(),
        "summary": {
            "errors": report.count(Severity::Error),
            "warnings": report.count(Severity::Warning),
            "notes": report.count(Severity::Note),
        },
    });
    format!("{document:#}\n")
}

fn of_finding(finding: &Finding, report: &Report) -> Value {
    let alternative =
        |other: &Alternative| json!({ "what_to_do": other.what_to_do, "commands": other.commands });
    json!({
        "id": finding.id.as_str(),
        "severity": finding.severity(),
        "what": finding.what,
        "why": report.why(finding),
        "what_to_do": finding.what_to_do,
        "commands": finding.commands,
        "alternatives": finding.alternatives.iter().map(alternative).collect::<Vec<_>>(),
    })
}
