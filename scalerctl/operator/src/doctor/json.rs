//! The findings as one JSON document.

use serde_json::{Value, json};

use super::{Finding, Report, Severity};

/// The complete report.
pub fn of(report: &Report) -> String {
    let document = json!({
        "scalerctl": env!("CARGO_PKG_VERSION"),
        "endpoint": report.endpoint,
        "function": report.function,
        "findings": report.findings.iter().map(of_finding).collect::<Vec<_>>(),
        "complete": report.is_complete(),
        "summary": {
            "errors": report.count(Severity::Error),
            "warnings": report.count(Severity::Warning),
            "notes": report.count(Severity::Note),
        },
    });
    format!("{document:#}\n")
}

fn of_finding(finding: &Finding) -> Value {
    json!({
        "id": finding.id.as_str(),
        "severity": finding.severity(),
        "what": finding.what,
        "why": finding.id.why(),
        "what_to_do": finding.what_to_do,
        "commands": finding.commands,
    })
}
