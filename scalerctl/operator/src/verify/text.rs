//! The report as text.

use std::fmt::{self, Write};

use jiff::SignedDuration;

use super::{
    Report,
    findings::{QUESTIONS, RUNNING_WORK},
    json::{cost, minutes},
    running_answer::listed,
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
            Ok(answer) if question.id == RUNNING_WORK => {
                writeln!(out, "    {answer}").and_then(|()| running_work(&mut out, report))
            }
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

/// The request, the other metrics, and what the answer means.
fn running_work(out: &mut String, report: &Report) -> fmt::Result {
    let Some(measured) = &report.measurements.running_work else { return Ok(()) };
    if let Some(seconds) = measured.seconds {
        let ended = if measured.failed { "failed" } else { "had its result" };
        writeln!(out, "    the request {ended} after {seconds} s")?;
    }
    for (name, values) in measured.values.iter().skip(1) {
        writeln!(out, "    {name} was {}", listed(values))?;
    }
    match measured.meaning() {
        Some(meaning) => writeln!(out, "    {meaning}"),
        None => Ok(()),
    }
}

fn seconds(time: Option<SignedDuration>) -> String {
    time.map_or_else(|| "not measured".to_owned(), |time| format!("{} s", time.as_secs()))
}
