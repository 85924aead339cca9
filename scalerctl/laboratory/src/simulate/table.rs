//! The figures as a table: one that fits 80 columns, and a wide one.

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use jiff::{
    SignedDuration, SignedDurationRound, Unit,
    fmt::friendly::{FractionalUnit, SpanPrinter},
};

use super::{
    candidate::Candidate,
    conditions::Conditions,
    results::{Results, Times},
};
use scalerctl_console::wrapped::wrapped;

/// The width of the text beside the table.
const WIDTH: usize = 80;

/// The verdict, the conditions, a row for each policy, and what the columns mean.
pub fn of(
    verdict: &[String],
    conditions: &Conditions<'_>,
    rows: &[(Candidate, Results)],
    is_wide: bool,
) -> String {
    let priced = conditions.tariff.price_per_hour.is_some();
    let table = if is_wide { wide(rows, priced) } else { narrow(rows, priced) };
    let is_whole = rows.iter().all(|(_, results)| results.not_played.is_empty());
    let legend =
        if is_wide { wide_legend(conditions) } else { narrow_legend(conditions, is_whole) };
    let findings: Vec<String> = rows
        .iter()
        .flat_map(|(candidate, results)| {
            let findings = results.findings.iter().map(|it| format!("{}: {}", it.id, it.what));
            let notes = results.notes.iter().cloned();
            findings.chain(notes).map(move |line| format!("{}: {line}", candidate.id))
        })
        .collect();
    let [workload, horizon] = conditions.text();
    let fitting = |lines: &[String]| wrapped(&lines.join("\n"), WIDTH);
    let conditions = fitting(&[workload, horizon]);
    let parts = [fitting(verdict), conditions, table, legend, fitting(&findings)];
    let mut text =
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n");
    text.push('\n');
    text
}

/// At most 80 columns with the longest name, fewer than 10,000 lost requests, and costs below 1,000,000.
fn narrow(rows: &[(Candidate, Results)], priced: bool) -> String {
    let cost = if priced { "price" } else { "hours" };
    let header = vec!["policy", "wake", "result", "p95", "lost", "idle", cost];
    let rows = rows.iter().map(|(candidate, results)| {
        let short = |seconds| short(seconds).replace(' ', "");
        // With a policy that is not played, nobody knows: the lines below name it.
        let never = || if results.not_played.is_empty() { "never" } else { "?" };
        let requested = results.capacity_requested.map(|times| short(times.p50));
        let wake = requested.unwrap_or_else(|| match results.never_requested {
            0 => "-".to_owned(),
            _ => never().to_owned(),
        });
        let result = |time: fn(Times) -> f64| {
            results.result.map_or_else(|| never().to_owned(), |times| short(time(times)))
        };
        vec![
            candidate.id.to_string(),
            wake,
            result(|times| times.p50),
            result(|times| times.p95),
            results.without_result().to_string(),
            idle_share(results),
            brief(results.cost()),
        ]
    });
    drawn(header, rows.collect(), 1)
}

/// The part of the instance hours without work.
fn idle_share(results: &Results) -> String {
    match results.instance_hours {
        hours if hours > 0.0 => format!("{:.0}%", results.idle_hours / hours * 100.0),
        _ => "-".to_owned(),
    }
}

/// A number in at most six characters, if it is below 1,000,000.
fn brief(number: f64) -> String {
    match number {
        ..1000.0 => format!("{number:.2}"),
        _ => format!("{number:.0}"),
    }
}

fn narrow_legend(conditions: &Conditions<'_>, is_whole: bool) -> String {
    let mut lines = vec![
        "wake    from an arrival at zero to the request for an instance, median".to_owned(),
        "result  from an arrival to its result, median; p95: 95th percentile".to_owned(),
        "lost    requests without a result: expired, cut by a scale-in, or unfinished".to_owned(),
        "idle    share of the time in service without work".to_owned(),
    ];
    lines.push(match conditions.tariff.price_per_hour {
        Some(_) => format!("price   {}", conditions.bill()),
        None => format!("hours   {}", conditions.bill()),
    });
    lines.push(
        "wins    the lowest bill of those that can be deployed and lose no request".to_owned(),
    );
    if !is_whole {
        lines.push("?       not known: a policy of --own is not played".to_owned());
    }
    lines.push("--wide  all figures".to_owned());
    lines.join("\n")
}

fn wide(rows: &[(Candidate, Results)], priced: bool) -> String {
    let mut header = vec![
        "policy",
        "capacity requested after\np50 / p95 / max",
        "result after\np50 / p95 / max",
        "all done\nafter",
        "done / expired /\nkilled / left",
        "most\ninstances",
        "billed\nhours",
        "idle\nhours",
        "API\ncalls",
    ];
    header.extend(priced.then_some("price"));
    let rows = rows.iter().map(|(candidate, results)| {
        let mut row = vec![
            candidate.id.to_string(),
            requested(results),
            results.result.map_or_else(|| results.never().to_owned(), of_times),
            results.drained.map_or_else(|| "-".to_owned(), short),
            format!(
                "{} / {} / {} / {}",
                results.completed, results.expired, results.killed, results.unfinished
            ),
            results.most_instances.to_string(),
            format!("{:.2}", results.billed_hours),
            format!("{:.2}", results.idle_hours),
            results.api_calls.to_string(),
        ];
        row.extend(results.price.map(|price| format!("{price:.2}")));
        row
    });
    drawn(header, rows.collect(), 4)
}

fn wide_legend(conditions: &Conditions<'_>) -> String {
    format!(
        "Capacity is requested after an arrival at a desired capacity of 0. Killed: cut by a scale-in.\n\
         Billed: {}. API calls: those of the function.\n\
         The winner has the lowest bill of the policies that serve every request.",
        conditions.bill()
    )
}

/// From arrivals at zero until capacity was requested.
pub fn requested(results: &Results) -> String {
    match (results.capacity_requested, results.never_requested) {
        (None, 0) => "never at zero".to_owned(),
        (None, count) => format!("{} ({count} arrivals)", results.never()),
        (Some(times), 0) => of_times(times),
        (Some(times), count) => format!("{}; {} for {count}", of_times(times), results.never()),
    }
}

/// Columns from `numbers` on are aligned to the right.
fn drawn(header: Vec<&str>, rows: Vec<Vec<String>>, numbers: usize) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(header);
    table.add_rows(rows);
    for index in 0..table.column_count() {
        if let Some(column) = table.column_mut(index) {
            column.set_padding((if index > 0 { 2 } else { 0 }, 0));
            if index >= numbers {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

/// Median, 95th percentile, and maximum.
pub fn of_times(times: Times) -> String {
    format!("{} / {} / {}", short(times.p50), short(times.p95), short(times.max))
}

/// A duration with the precision of its size: `9.4s`, `4m 33s`, `2h 5m`.
pub fn short(seconds: f64) -> String {
    let unit = match seconds {
        ..10.0 => SignedDurationRound::new().smallest(Unit::Millisecond).increment(100),
        10.0..3600.0 => SignedDurationRound::new().smallest(Unit::Second),
        _ => SignedDurationRound::new().smallest(Unit::Minute),
    };
    let time = SignedDuration::from_secs_f64(seconds);
    let rounded = time.round(unit).unwrap_or(time);
    SpanPrinter::new().fractional(Some(FractionalUnit::Second)).duration_to_string(&rounded)
}

#[cfg(test)]
mod tests {
    use super::{brief, short};

    #[test]
    fn the_precision_depends_on_the_duration() {
        for (seconds, text) in [
            (0.04, "0s"),
            (9.44, "9.4s"),
            (10.4, "10s"),
            (59.4, "59s"),
            (60.0, "1m"),
            (273.4, "4m 33s"),
            (7530.0, "2h 6m"),
            (172_800.0, "48h"),
        ] {
            assert_eq!(short(seconds), text);
        }
    }

    #[test]
    fn a_number_has_at_most_six_characters() {
        for (number, text) in
            [(0.084, "0.08"), (999.99, "999.99"), (1000.4, "1000"), (99_999.6, "100000")]
        {
            assert_eq!(brief(number), text);
        }
    }
}
