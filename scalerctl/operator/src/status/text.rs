//! The status of one endpoint as a block, and what is said beside the endpoints.

use std::{collections::BTreeMap, fmt::Write};

use super::{
    row::{Row, StatusReport},
    table::Table,
    value::{Value, name},
};
use crate::monitoring::{TimeZone, duration_text::duration_text, not_registered::not_registered};
use scalerctl_console::{
    advice_apart,
    style::{BAD, DIM, HEADING, paint},
    suggested::Suggested,
};

/// The most names in a list.
const LISTED: usize = 3;

/// The time of the report and of the next tick.
pub fn head(report: &StatusReport, zone: &TimeZone) -> String {
    let next = report.next_tick();
    format!(
        "{} {}, next tick {} (in {})\n",
        paint(HEADING, &zone.of_time(report.at).strftime("%Y-%m-%d %H:%M:%S").to_string()),
        zone.name(report.at),
        zone.second(next),
        duration_text(next.duration_since(report.at)),
    )
}

/// A block for each row.
pub fn blocks(report: &StatusReport, zone: &TimeZone) -> String {
    if report.rows.is_empty() {
        return "\nThere is no async endpoint in this account and region.\n".to_owned();
    }
    report.rows.iter().map(|row| block(report, row, zone)).collect()
}

fn block(report: &StatusReport, row: &Row, zone: &TimeZone) -> String {
    let mut out = format!("\n{}\n", paint(HEADING, &name(row)));
    // Shown only if the results of the endpoint are connected.
    let is_shown = |value: &Value| *value != Value::Uploads || row.uploads.is_some();
    for value in Value::ALL.into_iter().skip(1).filter(is_shown) {
        let text = value.text(row, report.at, zone);
        // Writing to a string cannot fail.
        let _ = writeln!(out, "  {}{text}", paint(DIM, &format!("{:<15}", value.name())));
    }
    out
}

/// Problems and notes. `table`: the lines of the endpoints, if they are a table.
pub fn beside(report: &StatusReport, table: Option<&Table>) -> String {
    let mut out = String::new();
    for (problem, endpoints) in problems(report) {
        let names = paint(BAD, &format!("{}:", some_names(&endpoints)));
        // Writing to a string cannot fail, here and below.
        let _ = writeln!(out, "\n{names} {}", advice_apart(problem));
    }
    match table {
        None => {
            for row in &report.rows {
                if let Some(register) = &row.register_with {
                    let _ = write!(out, "\n{}", not_registered(1, register));
                }
            }
            for note in &report.notes {
                let _ = writeln!(out, "\n{}", paint(DIM, &advice_apart(note)));
            }
        }
        Some(table) => {
            out.push_str(&unregistered(report));
            for note in &report.notes {
                let _ = writeln!(out, "{}", paint(DIM, &advice_apart(note)));
            }
            let left_out = if table.is_complete { "" } else { "; all columns: -o wide" };
            let _ = writeln!(out, "{}{left_out}", totals(report));
        }
    }
    out
}

/// Each problem, with its endpoints.
fn problems(report: &StatusReport) -> BTreeMap<&str, Vec<&str>> {
    let mut problems: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for row in &report.rows {
        for problem in &row.problems {
            let endpoints = problems.entry(problem).or_default();
            if endpoints.last() != Some(&row.endpoint.as_str()) {
                endpoints.push(&row.endpoint);
            }
        }
    }
    problems
}

/// The command that registers the endpoints of a table that are not registered.
fn unregistered(report: &StatusReport) -> String {
    let rows: Vec<&Row> = report.rows.iter().filter(|row| row.register_with.is_some()).collect();
    match rows.as_slice() {
        [] => String::new(),
        [one] => one.register_with.as_ref().map(|it| not_registered(1, it)).unwrap_or_default(),
        many => {
            let mut names: Vec<&str> = many.iter().map(|row| row.endpoint.as_str()).collect();
            names.dedup();
            let command = Suggested::scalerctl(format!("register {}", names.join(" ")));
            not_registered(names.len(), &command)
        }
    }
}

/// `60 endpoints: 12 with instances, 48 at zero`.
fn totals(report: &StatusReport) -> String {
    let mut endpoints: Vec<&str> = report.rows.iter().map(|row| row.endpoint.as_str()).collect();
    endpoints.dedup();
    let of = |is: fn(&Row) -> bool| report.rows.iter().filter(|row| is(row)).count();
    let up = of(|row| row.current.is_some_and(|count| count > 0));
    let starting = of(|row| row.current == Some(0) && row.desired.is_some_and(|count| count > 0));
    let zero = of(|row| row.current == Some(0) && row.desired == Some(0));
    let parts = [(up, "with instances"), (starting, "starting"), (zero, "at zero")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, what)| format!("{count} {what}")).collect();
    match parts.as_slice() {
        [] => format!("{} endpoints", endpoints.len()),
        parts => format!("{} endpoints: {}", endpoints.len(), parts.join(", ")),
    }
}

/// Some names, and how many more there are.
pub fn some_names(names: &[&str]) -> String {
    match names.split_at_checked(LISTED) {
        Some((first, rest)) if !rest.is_empty() => {
            format!("{}, and {} more", first.join(", "), rest.len())
        }
        _ => names.join(", "),
    }
}
