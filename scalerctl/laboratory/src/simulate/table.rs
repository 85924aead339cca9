//! The figures as a table.

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use jiff::{
    SignedDuration, SignedDurationRound, Unit,
    fmt::friendly::{FractionalUnit, SpanPrinter},
};

use super::{
    candidate::Candidate,
    results::{Results, Times},
};

/// A row for each policy.
pub fn of(rows: &[(Candidate, Results)], priced: bool) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    let mut header = vec![
        "policy",
        "capacity requested after\np50 / p95 / max",
        "result after\np50 / p95 / max",
        "all done\nafter",
        "done / expired /\nkilled / left",
        "most\ninstances",
        "instance\nhours",
        "idle\nhours",
        "API\ncalls",
    ];
    if priced {
        header.push("price");
    }
    table.set_header(header);
    for (candidate, results) in rows {
        let never_word = results.never();
        let requested = match (results.capacity_requested, results.never_requested) {
            (None, 0) => "never at zero".to_owned(),
            (None, never) => format!("{never_word} ({never} arrivals)"),
            (Some(times), 0) => of_times(times),
            (Some(times), never) => format!("{}; {never_word} for {never}", of_times(times)),
        };
        let mut row = vec![
            candidate.id.to_string(),
            requested,
            results.result.map_or_else(|| never_word.to_owned(), of_times),
            results.drained.map_or_else(|| "-".to_owned(), short),
            format!(
                "{} / {} / {} / {}",
                results.completed, results.expired, results.killed, results.unfinished
            ),
            results.most_instances.to_string(),
            format!("{:.2}", results.instance_hours),
            format!("{:.2}", results.idle_hours),
            results.api_calls.to_string(),
        ];
        row.extend(results.price.map(|price| format!("{price:.2}")));
        table.add_row(row);
    }
    for index in 4..table.column_count() {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let mut text = format!("{table}\n");
    let has_more = |results: &Results| !results.findings.is_empty() || !results.notes.is_empty();
    if rows.iter().any(|(_, results)| has_more(results)) {
        text.push('\n');
    }
    for (candidate, results) in rows {
        for finding in &results.findings {
            text.push_str(&format!("{}: {}: {}\n", candidate.id, finding.id, finding.what));
        }
        for note in &results.notes {
            text.push_str(&format!("{}: {note}\n", candidate.id));
        }
    }
    text
}

fn of_times(times: Times) -> String {
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
    use super::short;

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
}
