//! Several endpoints: a line for each, in aligned columns.

use jiff::Timestamp;

use super::{
    row::{Bounds, LeaseOrHold, Row, StatusReport},
    value::{UNKNOWN, Value, name, short},
};
use crate::{account::decision_log::LoggedDecision, monitoring::TimeZone};
use scalerctl_console::columns::{aligned, shortened, width_of};

/// The lines, with a header.
#[derive(Debug)]
pub struct Table {
    pub text: String,
    /// Whether it has all values in full.
    pub is_complete: bool,
}

/// A column with short values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Endpoint,
    State,
    Ready,
    Awake,
    Backlog,
    Bounds,
    Suspended,
    LastDecision,
}

/// In the order of the output.
const COLUMNS: [Column; 8] = [
    Column::Endpoint,
    Column::State,
    Column::Ready,
    Column::Awake,
    Column::Backlog,
    Column::Bounds,
    Column::Suspended,
    Column::LastDecision,
];

/// The columns that are left out if there is no room, the first of them first.
const LEFT_OUT: [Column; 6] = [
    Column::Bounds,
    Column::LastDecision,
    Column::Backlog,
    Column::Suspended,
    Column::Awake,
    Column::Ready,
];

/// All values in full.
pub fn wide(report: &StatusReport, zone: &TimeZone) -> Table {
    Table { text: aligned(&wide_rows(report, zone)), is_complete: true }
}

/// All values in full if they fit, else in short, with the columns that fit.
pub fn that_fits(report: &StatusReport, zone: &TimeZone, width: usize) -> Table {
    let rows = wide_rows(report, zone);
    if width_of(&rows) <= width {
        return Table { text: aligned(&rows), is_complete: true };
    }
    let mut columns: Vec<Column> =
        COLUMNS.into_iter().filter(|column| column.has_values(report)).collect();
    let mut rows = short_rows(report, &columns);
    for left_out in LEFT_OUT {
        if width_of(&rows) <= width {
            break;
        }
        columns.retain(|column| *column != left_out);
        rows = short_rows(report, &columns);
    }
    let too_wide = width_of(&rows).saturating_sub(width);
    if too_wide > 0 {
        let longest = rows.iter().map(|row| row[0].chars().count()).max().unwrap_or_default();
        for row in &mut rows {
            row[0] = shortened(&row[0], longest.saturating_sub(too_wide));
        }
    }
    Table { text: aligned(&rows), is_complete: false }
}

fn wide_rows(report: &StatusReport, zone: &TimeZone) -> Vec<Vec<String>> {
    let has_uploads = report.rows.iter().any(|row| row.uploads.is_some());
    let values = || Value::ALL.into_iter().filter(|it| has_uploads || *it != Value::Uploads);
    let head = values().map(|value| value.name().to_uppercase()).collect();
    let line = |row: &Row| values().map(|value| value.text(row, report.at, zone)).collect();
    std::iter::once(head).chain(report.rows.iter().map(line)).collect()
}

fn short_rows(report: &StatusReport, columns: &[Column]) -> Vec<Vec<String>> {
    let head = columns.iter().map(|column| column.name().to_owned()).collect();
    let line = |row: &Row| columns.iter().map(|column| column.text(row, report.at)).collect();
    std::iter::once(head).chain(report.rows.iter().map(line)).collect()
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Self::Endpoint => "ENDPOINT",
            Self::State => "STATE",
            Self::Ready => "READY",
            Self::Awake => "AWAKE",
            Self::Backlog => "BACKLOG",
            Self::Bounds => "BOUNDS",
            Self::Suspended => "SUSPENDED",
            Self::LastDecision => "LAST DECISION",
        }
    }

    /// A column that says the same of every endpoint, that there is nothing, takes room from the others.
    fn has_values(self, report: &StatusReport) -> bool {
        let is_suspended =
            |row: &Row| row.target.as_ref().is_some_and(|target| !target.suspended.is_empty());
        match self {
            Self::Suspended => report.rows.iter().any(is_suspended),
            Self::LastDecision => report.rows.iter().any(|row| row.last_decision.is_some()),
            Self::Endpoint
            | Self::State
            | Self::Ready
            | Self::Awake
            | Self::Backlog
            | Self::Bounds => true,
        }
    }

    fn text(self, row: &Row, now: Timestamp) -> String {
        let text = match self {
            Self::Endpoint => Some(name(row)),
            Self::State => row.state.clone(),
            Self::Ready => ready(row),
            Self::Awake => Some(awake(row, now)),
            Self::Backlog => row.backlog.map(|backlog| backlog.items.to_string()),
            Self::Bounds => row.target.as_ref().map(bounds),
            Self::Suspended => {
                let suspended = row.target.as_ref().map(|target| target.suspended.join(","));
                suspended.filter(|text| !text.is_empty())
            }
            Self::LastDecision => row.last_decision.as_ref().map(|it| decision(it, now)),
        };
        text.unwrap_or_else(|| UNKNOWN.to_owned())
    }
}

/// Instances in service, and desired.
fn ready(row: &Row) -> Option<String> {
    let count = |count: Option<i32>| count.map_or(UNKNOWN.to_owned(), |count| count.to_string());
    let is_known = row.current.is_some() || row.desired.is_some();
    is_known.then(|| format!("{}/{}", count(row.current), count(row.desired)))
}

fn awake(row: &Row, now: Timestamp) -> String {
    match (&row.target, &row.kept_awake) {
        (None, _) => "not registered".to_owned(),
        (Some(_), None) => "no".to_owned(),
        (Some(_), Some(LeaseOrHold { by, until, .. })) if *until > now => {
            format!("{by} {}", short(until.duration_since(now)))
        }
        (Some(_), Some(LeaseOrHold { by, .. })) => format!("{by} ended"),
    }
}

fn bounds(bounds: &Bounds) -> String {
    format!("{}-{}", bounds.min_capacity, bounds.max_capacity)
}

fn decision(decided: &LoggedDecision, now: Timestamp) -> String {
    // Why nothing was done says more than that nothing was.
    let what = if decided.action == "none" { &decided.reason } else { &decided.action };
    let failed = if decided.errors > 0 { "!" } else { "" };
    format!("{what}{failed} {}", short(now.duration_since(decided.at)))
}
