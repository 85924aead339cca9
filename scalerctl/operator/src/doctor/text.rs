//! The findings as text.

use std::fmt::Write;

use anstyle::Style;

use super::{Finding, Report, Severity};
use scalerctl_console::style::{BAD, DIM, GOOD, HEADING, NOTE, paint};

/// Indent of the lines that belong to a finding.
const INDENT: &str = "         ";

/// The complete report.
pub fn of(report: &Report) -> String {
    let mut out = String::new();
    let function = report.function.as_deref().unwrap_or(match report.has_none {
        true => "none found",
        false => "unknown",
    });
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "{}\nFunction: {function}\nThis command changes nothing.",
        paint(HEADING, &format!("Endpoint {}", report.endpoint))
    );
    for finding in &report.findings {
        write_finding(&mut out, finding, report.why(finding));
    }
    let most_severe = report.findings.iter().map(Finding::severity).max();
    let style = most_severe.map_or(GOOD, style_of);
    let gap = if report.is_complete() { "" } else { " Not everything was checked." };
    let _ = writeln!(out, "\n{}", paint(style, &format!("{}.{gap}", report.tally())));
    out
}

fn write_finding(out: &mut String, finding: &Finding, why: &str) {
    let severity = finding.severity();
    let shown = format!("{:<9}", severity.as_str());
    let id = paint(HEADING, finding.id.as_str());
    let _ = writeln!(out, "\n{}{id}", paint(style_of(severity), &shown));
    let _ = writeln!(out, "{INDENT}{}", finding.what);
    let _ = writeln!(out, "{INDENT}{}", paint(DIM, why));
    let _ = writeln!(out, "{INDENT}what to do: {}", finding.what_to_do);
    for command in &finding.commands {
        let _ = writeln!(out, "{INDENT}{command}");
    }
    for other in &finding.alternatives {
        let _ = writeln!(out, "{INDENT}or: {}", other.what_to_do);
        for command in &other.commands {
            let _ = writeln!(out, "{INDENT}{command}");
        }
    }
}

fn style_of(severity: Severity) -> Style {
    match severity {
        Severity::Error => BAD,
        Severity::Warning | Severity::Note => NOTE,
    }
}
