//! The figures as a table for people.

use comfy_table::{CellAlignment, Table, presets::NOTHING};
use jiff::{
    SignedDuration, SignedDurationRound, Unit,
    fmt::friendly::{FractionalUnit, SpanPrinter},
};

use super::{
    contender::Contender,
    outcome::{Outcome, Times},
};

/// A row for each policy.
pub fn of(rows: &[(Contender, Outcome)], priced: bool) -> String {
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
    for (contender, outcome) in rows {
        let requested = match (outcome.capacity_requested, outcome.never_requested) {
            (None, 0) => "never at zero".to_owned(),
            (None, never) => format!("never ({never} arrivals)"),
            (Some(times), 0) => of_times(times),
            (Some(times), never) => format!("{}; never for {never}", of_times(times)),
        };
        let mut row = vec![
            format!("{} {}", contender.key, contender.name),
            requested,
            outcome.result.map_or_else(|| "never".to_owned(), of_times),
            outcome.drained.map_or_else(|| "-".to_owned(), short),
            format!(
                "{} / {} / {} / {}",
                outcome.completed, outcome.expired, outcome.killed, outcome.unfinished
            ),
            outcome.most_instances.to_string(),
            format!("{:.2}", outcome.instance_hours),
            format!("{:.2}", outcome.idle_hours),
            outcome.api_calls.to_string(),
        ];
        row.extend(outcome.price.map(|price| format!("{price:.2}")));
        table.add_row(row);
    }
    for index in 4..table.column_count() {
        if let Some(column) = table.column_mut(index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    format!("{table}\n")
}

fn of_times(times: Times) -> String {
    format!("{} / {} / {}", short(times.p50), short(times.p95), short(times.max))
}

/// A time as people tell it: `9.4s`, `4m 33s`, `2h 5m`.
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
    fn times_are_told_as_exactly_as_they_matter() {
        for (seconds, told) in [
            (0.04, "0s"),
            (9.44, "9.4s"),
            (10.4, "10s"),
            (59.4, "59s"),
            (60.0, "1m"),
            (273.4, "4m 33s"),
            (7530.0, "2h 6m"),
            (172_800.0, "48h"),
        ] {
            assert_eq!(short(seconds), told);
        }
    }
}
