//! The time axis, and the lines on it.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::data::{Moment, Timeline};

/// The shortest time that an axis shows.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);

/// The time that is shown, in minutes or hours since the origin of the timeline, so that the axis has round times.
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
    /// The axis of a timeline.
    pub fn of(timeline: &Timeline) -> Self {
        // A range without a length has no positions.
        let until = timeline.until.max(timeline.from + SHORTEST);
        let shown = until.duration_since(timeline.from);
        let in_hours = shown > SignedDuration::from_hours(6);
        let unit =
            if in_hours { SignedDuration::from_hours(1) } else { SignedDuration::from_mins(1) };
        let is_long = shown > SignedDuration::from_hours(36);
        let mut axis = Self { origin: timeline.origin, unit, is_long, from: 0.0, to: 0.0 };
        axis.from = axis.x(timeline.from);
        axis.to = axis.x(until);
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

/// The line of a value that is constant between two moments.
pub fn steps(
    timeline: &Timeline,
    axis: TimeAxis,
    value: impl Fn(&Moment) -> Option<f64>,
) -> Vec<(f64, f64)> {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for moment in timeline.moments.iter().filter(|moment| axis.holds(moment.at)) {
        let Some(y) = value(moment) else { continue };
        let x = axis.x(moment.at);
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
pub fn desired(timeline: &Timeline, axis: TimeAxis) -> Vec<(f64, f64)> {
    let mut line = vec![(axis.from, f64::from(timeline.desired_at(axis.time(axis.from))))];
    for change in timeline.desired.iter().filter(|change| axis.holds(change.at)) {
        let x = axis.x(change.at);
        line.extend([(x, f64::from(change.from)), (x, f64::from(change.to))]);
    }
    let last = line.last().map_or(0.0, |(_, y)| *y);
    line.push((axis.x(timeline.known_until).clamp(axis.from, axis.to), last));
    line
}
