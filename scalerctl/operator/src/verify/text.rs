//! The report as text.

use std::fmt::Write;

use jiff::SignedDuration;

use super::{
    Report,
    findings::QUESTIONS,
    json::{cost, minutes},
};
use scalerctl_console::style::{BAD, DIM, GOOD, HEADING, paint};

/// The complete report.
pub fn of(report: &Report) -> String {
    let mut out = String::new();
    let id = &report.found.id;
    // Writing to a string cannot fail, here and below.
    let head = format!("verify {} (variant {}, {})", id.endpoint, id.variant, report.region);
    let _ = writeln!(out, "{}", paint(HEADING, &head));
    let measurements = &report.measurements;
    for (name, time) in [
        ("metric lag", measurements.lag),
        ("provisioning", measurements.provisioning),
        ("scale in", measurements.scale_in),
        ("alarm delay", measurements.alarm_delay),
    ] {
        let _ = writeln!(out, "  {name:<13} {}", seconds(time));
    }
    for question in QUESTIONS {
        let _ = writeln!(out, "\n  {}", question.text);
        let _ = match measurements.to(question.id) {
            Ok(answer) => writeln!(out, "    {answer}"),
            Err(why) => writeln!(out, "    {}", paint(DIM, &format!("not measured: {why}"))),
        };
    }
    let _ = writeln!(out);
    if let Some(awake) = measurements.awake() {
        let cost = cost(report).map(|cost| format!(", {cost:.2}")).unwrap_or_default();
        let _ = writeln!(out, "  instance minutes: {:.1}{cost}", minutes(awake));
    }
    if let Some(why) = &report.cut_short {
        let _ = writeln!(out, "  {}", paint(BAD, &format!("ended early: {why}")));
    }
    match report.restored.problems.as_slice() {
        [] => {
            let _ = writeln!(out, "  {}", paint(GOOD, "everything was restored"));
        }
        problems => {
            for problem in problems {
                let _ = writeln!(out, "  {}", paint(BAD, problem));
            }
        }
    }
    out
}

fn seconds(time: Option<SignedDuration>) -> String {
    time.map_or_else(|| "not measured".to_owned(), |time| format!("{} s", time.as_secs()))
}
