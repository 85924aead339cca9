//! The checks as text.

use std::fmt::Write;

use scalerctl_console::style::{BAD, GOOD, HEADING, paint};

use super::report::Report;

/// The columns of the outcome and of the check.
const OUTCOME: usize = 9;
const CHECK: usize = 12;

/// The complete report.
pub fn of(report: &Report) -> String {
    let mut out = String::new();
    let head = format!("preflight {} ({})", report.endpoint, report.region);
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "{}\nThis command changes nothing.", paint(HEADING, &head));
    for check in &report.checks {
        let style = if check.problem.is_some() { BAD } else { GOOD };
        let outcome = paint(style, &format!("{:<OUTCOME$}", check.outcome()));
        let _ = writeln!(out, "{outcome}{:<CHECK$}{}", check.id.as_str(), check.text);
        let Some(advice) = &check.problem else { continue };
        let indent = " ".repeat(OUTCOME + CHECK);
        let _ = writeln!(out, "{indent}what to do: {}", advice.what_to_do);
        if let Some(command) = &advice.command {
            let _ = writeln!(out, "{indent}{command}");
        }
    }
    out
}
