//! The totals as text: one column for each endpoint, in tables that fit the width.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use jiff::Timestamp;

use super::{Report, after_results::AfterResults, totals::Totals};
use crate::monitoring::TimeZone;
use scalerctl_console::style::{DIM, HEADING, paint};

/// The width of the names, and the separator of the columns.
const NAMES: usize = 26;
const BETWEEN: usize = 2;

/// Maximum number of wakes that are listed for an endpoint.
const LISTED: usize = 20;

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
    for totals in &report.totals {
        write_wakes(&mut out, totals, zone);
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
    let after = |it: &Totals| it.after_results.clone().unwrap_or_default();
    if group.iter().any(|it| it.after_results.is_some()) {
        row("idle after the last result", &|it| idle(&after(it)));
        if let Some(price) = report.price_per_hour {
            row("price of this idle time", &|it| format!("{:.2}", after(it).idle.price(price)));
        }
    }
    if group.iter().any(|it| after(it).is_observed()) {
        row("work_done would save", &|it| would_save(&after(it)));
        if let Some(price) = report.price_per_hour {
            row("price of the saving", &|it| format!("{:.2}", after(it).would_save.price(price)));
        }
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn idle(after: &AfterResults) -> String {
    match (after.with_result().count(), after.connected) {
        (0, Some(false)) => "results not connected".to_owned(),
        (0, _) => "no result".to_owned(),
        (1, _) => format!("{:.1} min, 1 wake", after.idle.minutes),
        (count, _) => format!("{:.1} min, {count} wakes", after.idle.minutes),
    }
}

fn would_save(after: &AfterResults) -> String {
    let saved = format!("{:.1} min", after.would_save.minutes);
    match after.further_wakes {
        0 => saved,
        1 => format!("{saved}, 1 more wake"),
        count => format!("{saved}, {count} more wakes"),
    }
}

/// The last wakes of an endpoint that have a result.
fn write_wakes(out: &mut String, totals: &Totals, zone: &TimeZone) {
    let Some(after) = &totals.after_results else { return };
    let count = after.with_result().count();
    if count == 0 {
        return;
    }
    let listed = match count > LISTED {
        true => format!("the last {LISTED} of {count} wakes with a result"),
        false => "wakes with a result".to_owned(),
    };
    let _ = writeln!(out, "\n{}", paint(HEADING, &format!("{}: {listed}", totals.endpoint)));
    let is_observed = after.is_observed();
    let mut table = Table::new();
    table.load_style(NOTHING);
    let heads = ["wake", "last result", "scaled in", "by", "idle min"];
    let observed = ["work_done", "saves min"].into_iter().filter(|_| is_observed);
    table.add_row(heads.into_iter().chain(observed));
    let second = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| zone.second(at));
    for wake in after.with_result().skip(count.saturating_sub(LISTED)) {
        let by = match (&wake.scaled_in_by, wake.scaled_in_at) {
            (Some(reason), _) => reason.as_str(),
            (None, Some(_)) => "other",
            (None, None) => "-",
        };
        let cells = [
            zone.date(wake.from),
            second(wake.last_result_at),
            second(wake.scaled_in_at),
            by.to_owned(),
            format!("{:.1}", wake.idle.minutes),
        ];
        let saved = format!("{:.1}", wake.would_save.minutes);
        let observed = [second(wake.work_done_at), saved].into_iter().filter(|_| is_observed);
        table.add_row(cells.into_iter().chain(observed));
    }
    for column in table.column_iter_mut().skip(4) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let _ = writeln!(out, "{table}");
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
