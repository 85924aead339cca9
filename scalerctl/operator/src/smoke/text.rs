//! The checks as text.

use std::fmt::Write;

use anstyle::Style;

use super::{
    Report,
    check::{Check, Outcome},
};
use scalerctl_console::style::{BAD, DIM, GOOD, HEADING, NOTE, paint};

/// Indent of the lines that belong to a check.
const INDENT: &str = "         ";

/// The complete report.
pub fn of(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "{}\nThis command starts no instance and changes nothing.",
        paint(HEADING, &format!("Smoke test of {}", report.function))
    );
    if let Some(subject) = &report.subject
        && let (Ok(endpoint), Ok(upload)) = (&subject.endpoint, &subject.upload)
    {
        let _ =
            writeln!(out, "Upload: s3://{}/{} for endpoint {endpoint}", upload.bucket, upload.key);
    }
    for check in &report.checks {
        write_check(&mut out, check);
    }
    let count = |outcome| report.checks.iter().filter(|check| check.outcome == outcome).count();
    let (passed, failed, skipped) =
        (count(Outcome::Passed), count(Outcome::Failed), count(Outcome::Skipped));
    let verdict = format!("{passed} passed, {failed} failed, {skipped} skipped.");
    let _ = writeln!(out, "\n{}", paint(if failed == 0 { GOOD } else { BAD }, &verdict));
    out
}

fn write_check(out: &mut String, check: &Check) {
    let outcome = format!("{:<9}", check.outcome.as_str());
    let id = paint(HEADING, check.id.as_str());
    let _ = writeln!(out, "\n{}{id}", paint(style_of(check.outcome), &outcome));
    for seen in &check.seen {
        let _ = writeln!(out, "{INDENT}{seen}");
    }
    if let Some(why) = &check.skipped_because {
        let _ = writeln!(out, "{INDENT}{}", paint(DIM, why));
    }
    for problem in &check.problems {
        let _ = writeln!(out, "{INDENT}{}", paint(BAD, &problem.what));
        let _ = writeln!(out, "{INDENT}what to do: {}", problem.what_to_do);
        if let Some(command) = &problem.command {
            let _ = writeln!(out, "{INDENT}{command}");
        }
        for other in &problem.alternatives {
            let _ = writeln!(out, "{INDENT}or: {}\n{INDENT}{}", other.what_to_do, other.command);
        }
    }
    for note in &check.notes {
        let _ = writeln!(out, "{INDENT}{} {note}", paint(NOTE, "note:"));
    }
}

fn style_of(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Passed => GOOD,
        Outcome::Failed => BAD,
        Outcome::Skipped => NOTE,
    }
}
