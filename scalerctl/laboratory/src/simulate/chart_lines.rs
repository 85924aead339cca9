//! The part of a record that is shown, and the lines in it.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use crate::simulate::{
    results::arrival,
    run_record::{RunRecord, Sample},
};

/// Time that is shown before the first arrival and after the last change.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// The part of a record that is shown, in minutes or hours since its start, so that the axis has round
/// times.
#[derive(Debug, Clone, Copy)]
pub struct TimeAxis {
    origin: Timestamp,
    unit: SignedDuration,
    is_long: bool,
    /// Left end of the axis.
    pub from: f64,
    /// Right end of the axis.
    pub to: f64,
}

impl TimeAxis {
    /// From the first arrival until the last change.
    pub fn of(record: &RunRecord) -> Self {
        let first = record.jobs.iter().map(arrival).min().unwrap_or(record.from);
        let changes = record.samples.windows(2).filter_map(|pair| match pair {
            [before, after] if before.differs_visibly_from(after) => Some(after.at),
            _ => None,
        });
        let last = changes.max().unwrap_or(record.until).max(first + SignedDuration::from_mins(60));
        let (from, to) = (first - MARGIN, last + MARGIN);
        let shown = to.duration_since(from);
        let in_hours = shown > SignedDuration::from_hours(6);
        let unit =
            if in_hours { SignedDuration::from_hours(1) } else { SignedDuration::from_mins(1) };
        let is_long = shown > SignedDuration::from_hours(36);
        let mut axis = Self { origin: record.from, unit, is_long, from: 0.0, to: 0.0 };
        axis.from = axis.x(from.max(record.from));
        axis.to = axis.x(to.min(record.until));
        axis
    }

    /// The position of a time on the axis.
    pub fn x(self, at: Timestamp) -> f64 {
        at.duration_since(self.origin).as_secs_f64() / self.unit.as_secs_f64()
    }

    fn time(self, x: f64) -> Timestamp {
        self.origin + SignedDuration::from_secs_f64(x * self.unit.as_secs_f64())
    }

    /// The label of a position on the axis, in UTC.
    pub fn label(self, x: f64) -> String {
        let at = self.time(x);
        let format = if self.is_long() { "%a %H:%M" } else { "%H:%M" };
        TimeZone::UTC.to_datetime(at).strftime(format).to_string()
    }

    /// Whether labels contain the day.
    pub fn is_long(self) -> bool {
        self.is_long
    }

    /// Whether a time is shown.
    pub fn holds(self, at: Timestamp) -> bool {
        (self.from..=self.to).contains(&self.x(at))
    }
}

/// The line of a value that is constant between two samples.
pub fn steps(
    record: &RunRecord,
    axis: TimeAxis,
    value: impl Fn(&Sample) -> Option<f64>,
) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for sample in record.samples.iter().filter(|sample| axis.holds(sample.at)) {
        let Some(y) = value(sample) else { continue };
        let x = axis.x(sample.at);
        match line.as_slice() {
            // A run of equal values is one line.
            [.., (_, before), (_, last)] if *before == y && *last == y => {
                line.pop();
            }
            [.., (_, last)] if *last != y => line.push((x, *last)),
            _ => {}
        }
        line.push((x, y));
    }
    line
}

/// The line of the desired capacity, which is known to the second.
pub fn desired(record: &RunRecord, axis: TimeAxis) -> Vec<(f64, f64)> {
    let mut line = vec![(axis.from, f64::from(record.desired_at(axis.time(axis.from))))];
    for request in record.requests.iter().filter(|request| axis.holds(request.at)) {
        let x = axis.x(request.at);
        line.extend([(x, f64::from(request.from)), (x, f64::from(request.to))]);
    }
    let last = line.last().map_or(0.0, |(_, y)| *y);
    line.push((axis.to, last));
    line
}
