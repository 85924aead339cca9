//! The status of the endpoints as text: a table if the terminal is wide, else a block for each endpoint.

use std::fmt::Write;

use comfy_table::{ContentArrangement, Table, presets::UTF8_HORIZONTAL_ONLY};
use jiff::Timestamp;

use super::{
    StatusReport,
    row::{Backlog, Bounds, LeaseOrHold, Row},
    uploads::Uploads,
};
use crate::{
    account::decision_log::LoggedDecision,
    monitoring::{TimeZone, duration_text::duration_text},
};
use scalerctl_console::{
    advice_apart,
    style::{BAD, DIM, HEADING, paint},
};

/// Minimum width for a table.
const TABLE: usize = 110;

const UNKNOWN: &str = "-";

/// The complete text.
pub fn of(report: &StatusReport, zone: &TimeZone, width: usize) -> String {
    let mut out = String::new();
    let next = report.next_tick();
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "{} {}, next tick {} (in {})",
        paint(HEADING, &zone.of_time(report.at).strftime("%Y-%m-%d %H:%M:%S").to_string()),
        zone.name(report.at),
        zone.second(next),
        duration_text(next.duration_since(report.at)),
    );
    if report.rows.is_empty() {
        let _ = writeln!(
            out,
            "\nNo async endpoint is registered in Application Auto Scaling in this region: see \
             docs/deploy.md."
        );
    } else if width >= TABLE {
        write_table(&mut out, report, zone, width);
    } else {
        for row in &report.rows {
            write_block(&mut out, report, row, zone);
        }
    }
    for row in &report.rows {
        for problem in &row.problems {
            let _ = writeln!(
                out,
                "\n{} {}",
                paint(BAD, &format!("{}:", row.endpoint)),
                advice_apart(problem)
            );
        }
    }
    for note in &report.notes {
        let _ = writeln!(out, "\n{}", paint(DIM, note));
    }
    out
}

const HEADS: [&str; 8] =
    ["endpoint", "state", "instances", "bounds", "kept awake", "backlog", UPLOADS, "last decision"];

/// Shown only if the results of an endpoint are connected.
const UPLOADS: &str = "uploads";

/// The names of the values that are shown.
fn heads(report: &StatusReport) -> impl Iterator<Item = &'static str> {
    let connected = report.rows.iter().any(|row| row.uploads.is_some());
    HEADS.into_iter().filter(move |head| connected || *head != UPLOADS)
}

fn write_table(out: &mut String, report: &StatusReport, zone: &TimeZone, width: usize) {
    let mut table = Table::new();
    table
        .load_style(UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX))
        .set_header(heads(report));
    for row in &report.rows {
        table.add_row(heads(report).map(|head| cell(head, row, report.at, zone)));
    }
    let _ = writeln!(out, "{table}");
}

fn write_block(out: &mut String, report: &StatusReport, row: &Row, zone: &TimeZone) {
    let _ = writeln!(out, "\n{}", paint(HEADING, &name(row)));
    for head in heads(report).skip(1) {
        let cell = cell(head, row, report.at, zone);
        let _ = writeln!(out, "  {}{cell}", paint(DIM, &format!("{head:<15}")));
    }
}

fn name(row: &Row) -> String {
    match row.variant.as_deref() {
        // SageMaker's default name of the only variant is left out.
        None | Some("AllTraffic") => row.endpoint.clone(),
        Some(variant) => format!("{} / {variant}", row.endpoint),
    }
}

/// The value of a row with this name.
fn cell(head: &str, row: &Row, now: Timestamp, zone: &TimeZone) -> String {
    let or = |text: Option<String>, otherwise: &str| text.unwrap_or_else(|| otherwise.to_owned());
    match head {
        "endpoint" => name(row),
        "state" => or(row.state.clone(), UNKNOWN),
        "instances" => instances(row.current, row.desired),
        "bounds" => or(row.target.as_ref().map(bounds), "not registered"),
        "kept awake" => or(row.kept_awake.as_ref().map(|it| kept_awake(it, now, zone)), "no"),
        "backlog" => or(row.backlog.as_ref().map(|it| backlog(it, now)), "no datapoint"),
        UPLOADS => or(row.uploads.as_ref().map(|it| uploads(it, now, zone)), UNKNOWN),
        _ => or(row.last_decision.as_ref().map(|it| decision(it, now, zone)), UNKNOWN),
    }
}

fn instances(current: Option<i32>, desired: Option<i32>) -> String {
    match (current, desired) {
        (None, None) => UNKNOWN.to_owned(),
        (Some(current), Some(desired)) if current == desired => current.to_string(),
        (current, desired) => {
            let text = |count: Option<i32>| count.map_or(UNKNOWN.to_owned(), |it| it.to_string());
            format!("{}, {} desired", text(current), text(desired))
        }
    }
}

fn bounds(bounds: &Bounds) -> String {
    let mut text = format!("{} to {}", bounds.min_capacity, bounds.max_capacity);
    if bounds.floor_raised {
        text.push_str(" (floor raised)");
    }
    if !bounds.suspended.is_empty() {
        text.push_str(&format!("; suspended: {}", bounds.suspended.join(", ")));
    }
    text
}

fn kept_awake(kept: &LeaseOrHold, now: Timestamp, zone: &TimeZone) -> String {
    let by = if kept.by == "work" { "work record" } else { kept.by };
    if kept.until > now {
        let left = duration_text(kept.until.duration_since(now));
        format!("{by} until {} ({left} left)", zone.minute(kept.until))
    } else {
        let until = zone.minute(kept.released_at);
        format!("{by} ended {}, released at {until}", zone.minute(kept.until))
    }
}

fn uploads(uploads: &Uploads, now: Timestamp, zone: &TimeZone) -> String {
    let age = |at: Timestamp| duration_text(now.duration_since(at));
    let oldest = uploads.oldest_at.map(|at| format!(", oldest {}", age(at))).unwrap_or_default();
    let newest = uploads.newest_result_at.map(age);
    let done = uploads.done_since.map(|at| format!(", work done since {}", zone.minute(at)));
    match (uploads.outstanding, newest) {
        (0, None) => "none recorded".to_owned(),
        (0, Some(newest)) => {
            format!("all have a result, newest {newest} ago{}", done.unwrap_or_default())
        }
        (count, None) => format!("{count} without a result{oldest}"),
        (count, Some(newest)) => {
            format!("{count} without a result{oldest}; newest result {newest} ago")
        }
    }
}

fn backlog(backlog: &Backlog, now: Timestamp) -> String {
    let oldest = match backlog.oldest_seconds {
        Some(seconds) if backlog.items > 0.0 => {
            let age = jiff::SignedDuration::try_from_secs_f64(seconds).unwrap_or_default();
            format!(", oldest {}", duration_text(age))
        }
        _ => String::new(),
    };
    format!("{}{oldest} ({} ago)", backlog.items, duration_text(now.duration_since(backlog.at)))
}

fn decision(decided: &LoggedDecision, now: Timestamp, zone: &TimeZone) -> String {
    let errors = match decided.errors {
        0 => String::new(),
        count => format!(", errors: {count}"),
    };
    let observed = if decided.observe_only { ", not carried out (observe)" } else { "" };
    format!(
        "{}: {}{errors}{observed}, {} ({} ago)",
        decided.action,
        decided.reason,
        zone.minute(decided.at),
        duration_text(now.duration_since(decided.at))
    )
}
