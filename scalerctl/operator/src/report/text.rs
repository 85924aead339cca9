//! The totals as text: one column for each endpoint, in tables that fit the width.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets::NOTHING};

use super::{Report, totals::Totals};
use crate::monitoring::TimeZone;
use scalerctl_console::style::{DIM, HEADING, paint};

/// The width of the names, and the separator of the columns.
const NAMES: usize = 26;
const BETWEEN: usize = 2;

/// The complete text, in this many columns.
pub fn of(report: &Report, zone: &TimeZone, width: usize) -> String {
    let mut out = String::new();
    let range = report.range;
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(
        out,
        "{} {} to {} {}",
        paint(HEADING, "Report:"),
        zone.date(range.from),
        zone.date(range.until),
        zone.name(range.until)
    );
    if report.totals.is_empty() {
        out.push_str(
            "\nNo async endpoint is registered in Application Auto Scaling in this region: see \
             docs/deploy.md.\n",
        );
    }
    for group in groups(&report.totals, width) {
        let _ = writeln!(out, "\n{}", table(report, group));
    }
    if let (Some(price), true) = (report.price_per_hour, report.totals.len() > 1) {
        let at_zero: f64 = report.totals.iter().map(|it| it.hours.at_zero).sum();
        let _ = writeln!(out, "\nsaved in total: {:.2}", price * at_zero);
    }
    let _ = writeln!(out, "\nFrom {}.", report.source);
    for note in &report.notes {
        let _ = writeln!(out, "{}", paint(DIM, &format!("note: {note}")));
    }
    out
}

/// The endpoints of each table: as many as fit in the width, at least one.
fn groups(totals: &[Totals], width: usize) -> Vec<&[Totals]> {
    let widest = totals.iter().map(|it| it.endpoint.chars().count()).max().unwrap_or(0).max(24);
    let fit = width.saturating_sub(NAMES) / (widest + BETWEEN);
    totals.chunks(fit.max(1)).collect()
}

fn table(report: &Report, group: &[Totals]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    let mut row = |name: &str, of: &dyn Fn(&Totals) -> String| {
        let cells = group.iter().map(of);
        table.add_row([name.to_owned()].into_iter().chain(cells));
    };
    row("", &|it| it.endpoint.clone());
    row("wakes", &|it| it.wakes.to_string());
    row("wake delay p50 / p95 / max", &latency);
    row("sleeps", &|it| it.sleeps.to_string());
    row("hours at zero", &|it| share(it.hours.at_zero, it));
    row("hours above zero", &|it| share(it.hours.above_zero, it));
    row("hours unknown", &|it| share(it.hours.unknown, it));
    row("instance hours (desired)", &|it| format!("{:.1}", it.hours.instance_hours));
    if let Some(price) = report.price_per_hour {
        row("saved (1 instance)", &|it| format!("{:.2}", price * it.hours.at_zero));
    }
    row("blocked sleeps", &|it| it.blocked_sleeps.to_string());
    row("errors", &|it| it.errors.to_string());
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn latency(totals: &Totals) -> String {
    let latency = |milliseconds: f64| {
        if milliseconds < 1000.0 {
            format!("{milliseconds:.0} ms")
        } else {
            format!("{:.1} s", milliseconds / 1000.0)
        }
    };
    match totals.wake_latency {
        None => "none for an input".to_owned(),
        Some(it) => {
            format!("{} / {} / {}", latency(it.p50_ms), latency(it.p95_ms), latency(it.max_ms))
        }
    }
}

fn share(hours: f64, totals: &Totals) -> String {
    let it = &totals.hours;
    let all = it.at_zero + it.above_zero + it.unknown;
    match all > 0.0 {
        true => format!("{hours:.1} ({:.0} %)", 100.0 * hours / all),
        false => format!("{hours:.1}"),
    }
}
