//! The totals as text: one column for each endpoint, in tables that fit the width.

use std::fmt::Write;

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use jiff::Timestamp;

use super::{
    Report,
    after_results::AfterResults,
    fleet::{Fleet, each, most_expensive},
    totals::Totals,
};
use crate::monitoring::{TimeZone, not_registered::not_registered, shortened::shortened};
use scalerctl_console::{
    advice_apart,
    style::{DIM, HEADING, paint},
    suggested::Suggested,
    wrapped::wrapped,
};

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
        let _ = writeln!(
            out,
            "\n{}",
            wrapped(
                "No async endpoint is registered in Application Auto Scaling in this region.",
                width
            )
        );
    }
    if report.totals.len() > 1 {
        write_all(&mut out, report);
    }
    // One line for each endpoint, if they do not fit into one table beside each other.
    match groups(&report.totals, width).as_slice() {
        [] => {}
        [_] => {
            let _ = writeln!(out, "\n{}", table(report, &report.totals));
        }
        _ => {
            let _ = writeln!(out, "\n{}", lines(report));
        }
    }
    write_most_expensive(&mut out, report, zone);
    for totals in &report.totals {
        write_wakes(&mut out, totals, zone);
    }
    let _ = writeln!(out, "\n{}", wrapped(&format!("From {}.", report.source), width));
    for note in &report.notes {
        let note = wrapped(&advice_apart(&format!("note: {note}")), width);
        let _ = writeln!(out, "{}", paint(DIM, &note));
    }
    if !report.not_registered.is_empty() {
        let names = report.not_registered.join(" ");
        let register = Suggested::scalerctl(format!("register {names}"));
        let text = not_registered(report.not_registered.len(), &register);
        let _ = writeln!(out, "{}", wrapped(&text, width));
    }
    out
}

/// The endpoints of each table: as many as fit in the width, at least one.
fn groups(totals: &[Totals], width: usize) -> Vec<&[Totals]> {
    let widest = totals.iter().map(|it| it.endpoint.chars().count()).max().unwrap_or(0).max(24);
    let fit = width.saturating_sub(NAMES) / (widest + BETWEEN);
    totals.chunks(fit.max(1)).collect()
}

/// The sums over all endpoints.
fn write_all(out: &mut String, report: &Report) {
    let all = Fleet::of(report);
    let least = report.totals.iter().filter_map(|it| it.paid_idle.as_ref());
    let least = least.map(|it| it.least()).next().unwrap_or_default();
    let idle = match (all.idle, all.idle_share) {
        (None, _) => "unknown".to_owned(),
        (Some(idle), None) => format!("{least}{:.1}", idle.instance_minutes / 60.0),
        (Some(idle), Some(share)) => {
            format!("{least}{:.1} ({:.0} %)", idle.instance_minutes / 60.0, 100.0 * share)
        }
    };
    let _ = writeln!(
        out,
        "\n{} endpoints: {} wakes, {:.1} instance hours, paid idle {idle}",
        all.endpoints, all.wakes, all.instance_hours
    );
    let prices = [
        ("cost", all.cost),
        ("of it idle", all.idle_cost),
        ("of a wake", all.cost_per_wake),
        ("of a result", all.cost_per_result),
        ("saved in total", all.saved),
    ];
    let prices: Vec<String> = prices
        .iter()
        .filter_map(|(name, price)| price.map(|price| format!("{name}: {price:.2}")))
        .collect();
    if !prices.is_empty() {
        let _ = writeln!(out, "{}", prices.join(", "));
    }
}

/// One line for each endpoint.
fn lines(report: &Report) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING);
    let priced = report.totals.iter().any(|it| report.prices.of_endpoint(&it.endpoint).is_some());
    let heads = ["endpoint", "wakes", "hours up", "idle", "errors"];
    table.add_row(heads.into_iter().chain(["cost", "saved"].into_iter().filter(|_| priced)));
    for totals in &report.totals {
        let price = report.prices.of_endpoint(&totals.endpoint);
        let idle = match &totals.paid_idle {
            None => "?".to_owned(),
            Some(it) => it.share().map_or("-".to_owned(), |it| format!("{:.0} %", 100.0 * it)),
        };
        let cells = [
            shortened(&totals.endpoint, 32),
            totals.wakes.to_string(),
            format!("{:.1}", totals.hours.above_zero),
            idle,
            totals.errors.to_string(),
        ];
        let costs = [price.map(|it| totals.price(it)), price.map(|it| it * totals.hours.at_zero)];
        let costs = costs.map(|it| it.map_or_else(|| "-".to_owned(), |it| format!("{it:.2}")));
        table.add_row(cells.into_iter().chain(costs.into_iter().filter(|_| priced)));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The periods awake that took the most. Some began before the time range, or without a wake of the function: there can
/// be more of them than wakes.
fn write_most_expensive(out: &mut String, report: &Report, zone: &TimeZone) {
    let most = most_expensive(report);
    let count: usize = report.totals.iter().map(|it| it.awake.len()).sum();
    if most.is_empty() {
        return;
    }
    let heading = match count > most.len() {
        true => format!("The {} most expensive of {count} periods awake", most.len()),
        false => "Periods awake, the most expensive first".to_owned(),
    };
    let _ = writeln!(out, "\n{}", paint(HEADING, &heading));
    let (several, priced) = (report.totals.len() > 1, most.iter().any(|(.., cost)| cost.is_some()));
    let mut table = Table::new();
    table.load_style(NOTHING);
    let heads = ["endpoint", "from", "until", "instance min", "idle min", "cost"];
    let shown = [several, true, true, true, true, priced];
    let kept = |cells: [String; 6]| {
        cells.into_iter().zip(shown).filter(|(_, is_shown)| *is_shown).map(|(cell, _)| cell)
    };
    table.add_row(kept(heads.map(str::to_owned)));
    for (endpoint, awake, cost) in most {
        table.add_row(kept([
            shortened(endpoint, 20),
            zone.date(awake.from),
            awake.until.map_or_else(|| "-".to_owned(), |at| zone.minute(at)),
            format!("{:.0}", awake.desired.instance_minutes),
            awake.idle.map_or_else(|| "?".to_owned(), |it| format!("{:.0}", it.instance_minutes)),
            cost.map_or_else(|| "-".to_owned(), |cost| format!("{cost:.2}")),
        ]));
    }
    for column in table.column_iter_mut().skip(if several { 3 } else { 2 }) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let _ = writeln!(out, "{table}");
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
    let priced = |it: &Totals, of: &dyn Fn(f64) -> f64| {
        let price = report.prices.of_endpoint(&it.endpoint);
        price.map_or_else(|| "no price".to_owned(), |price| format!("{:.2}", of(price)))
    };
    let has_price = group.iter().any(|it| report.prices.of_endpoint(&it.endpoint).is_some());
    row("paid idle", &paid_idle);
    if has_price {
        row("cost", &|it| priced(it, &|price| it.price(price)));
        row("cost of the idle time", &|it| {
            let idle = it.paid_idle.as_ref().map(|it| it.idle);
            idle.map_or_else(|| "unknown".to_owned(), |idle| priced(it, &|price| idle.price(price)))
        });
        row("cost of a wake", &|it| match each(1.0, it.awake.len() as u64) {
            None => "-".to_owned(),
            Some(share) => priced(it, &|price| it.price(price) * share),
        });
        if group.iter().any(|it| it.results.is_some()) {
            row("cost of a result", &|it| match each(1.0, it.results.unwrap_or(0)) {
                None => "-".to_owned(),
                Some(share) => priced(it, &|price| it.price(price) * share),
            });
        }
        row("saved (1 instance)", &|it| priced(it, &|price| price * it.hours.at_zero));
    }
    if group.iter().any(|it| it.results.is_some()) {
        row("results", &|it| it.results.map_or_else(|| "-".to_owned(), |it| it.to_string()));
    }
    row("blocked sleeps", &|it| it.blocked_sleeps.to_string());
    row("errors", &|it| it.errors.to_string());
    let after = |it: &Totals| it.after_results.clone().unwrap_or_default();
    if group.iter().any(|it| it.after_results.is_some()) {
        row("idle after the last result", &|it| idle(&after(it)));
        if has_price {
            row("price of this idle time", &|it| match after(it).with_result().count() {
                0 => "-".to_owned(),
                _ => priced(it, &|price| after(it).idle.price(price)),
            });
        }
    }
    if group.iter().any(|it| after(it).is_observed()) {
        row("work_done would save", &|it| would_save(&after(it)));
        if has_price {
            row("price of the saving", &|it| {
                priced(it, &|price| after(it).would_save.price(price))
            });
        }
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

fn paid_idle(totals: &Totals) -> String {
    let Some(found) = &totals.paid_idle else { return "unknown".to_owned() };
    let minutes = format!("{}{:.0} min", found.least(), found.idle.minutes);
    match found.share() {
        None => minutes,
        Some(share) => format!("{minutes} ({:.0} %)", 100.0 * share),
    }
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
