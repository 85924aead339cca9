//! Lanes of one character per column of time.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;

use super::timeline::Mark;
use crate::monitoring::{TimeRange, interval::Interval, paid_idle::PaidIdle};

/// The character for an unknown value.
const UNKNOWN: char = ' ';

/// A time range, divided into steps.
#[derive(Debug, Clone, Copy)]
pub struct Lane {
    range: TimeRange,
    columns: usize,
}

impl Lane {
    /// A lane of this width in characters.
    pub fn new(range: TimeRange, columns: usize) -> Self {
        Self { range, columns }
    }

    /// The step that contains a time.
    pub fn column(self, at: Timestamp) -> usize {
        let after = at.duration_since(self.range.from).as_millis().max(0);
        let column = after * self.columns as i128 / self.milliseconds();
        usize::try_from(column).unwrap_or(0).min(self.columns.saturating_sub(1))
    }

    fn milliseconds(self) -> i128 {
        self.range.length().as_millis().max(1)
    }

    /// The start of a column.
    fn time(self, column: usize) -> Timestamp {
        let after = self.milliseconds() * column as i128 / self.columns.max(1) as i128;
        self.range.from + SignedDuration::from_millis(i64::try_from(after).unwrap_or(0))
    }

    /// The character of each column.
    fn draw(self, of: impl Fn(Timestamp, Timestamp) -> char) -> String {
        (0..self.columns).map(|column| of(self.time(column), self.time(column + 1))).collect()
    }

    /// The highest count in each column. A count above 9 is `+`.
    pub fn counts(self, intervals: &[Interval]) -> String {
        self.draw(|from, until| {
            let here = intervals.iter().filter(|it| it.from < until && from < it.until);
            match here.map(|it| it.value).reduce(f64::max) {
                None => UNKNOWN,
                Some(count) if count > 9.0 => '+',
                Some(count) => char::from_digit(count.max(0.0) as u32, 10).unwrap_or(UNKNOWN),
            }
        })
    }

    /// Whether a metric was above 0.
    pub fn above_zero(self, points: &[Datapoint], period: SignedDuration) -> String {
        self.draw(|from, until| {
            let here = points.iter().filter(|it| it.at < until && from < it.at + period);
            match here.map(|it| it.value).reduce(f64::max) {
                None => UNKNOWN,
                Some(value) if value > 0.0 => '█',
                Some(_) => '─',
            }
        })
    }

    /// Whether an interval overlaps the column.
    pub fn covered(self, intervals: &[Interval]) -> String {
        self.draw(|from, until| {
            let covers = |it: &Interval| it.from < until && from < it.until;
            if intervals.iter().any(covers) { '█' } else { '─' }
        })
    }

    /// When idle time was paid. `in_service`: when it is known what was in service.
    pub fn idle(self, found: &PaidIdle, in_service: &[Interval]) -> String {
        self.draw(|from, until| {
            let any = |all: &[Interval]| all.iter().any(|it| it.from < until && from < it.until);
            match () {
                () if any(&found.idle_intervals) => '█',
                () if any(&found.unknown_intervals) => UNKNOWN,
                () if any(in_service) => '─',
                () => UNKNOWN,
            }
        })
    }

    /// The state of an alarm. If it changed within a column, the most important state. `is_below`: for low values, it is
    /// usual that it is in ALARM.
    pub fn alarm(self, states: &[(Timestamp, Timestamp, &str)], is_below: bool) -> String {
        self.draw(|from, until| {
            let here = || states.iter().filter(|(begin, end, _)| *begin < until && from < *end);
            let any = |state: &str| here().any(|(_, _, it)| *it == state);
            match () {
                () if any("ALARM") && is_below => '▄',
                () if any("ALARM") => '█',
                () if any("INSUFFICIENT_DATA") => '░',
                () if any("OK") => '─',
                () => UNKNOWN,
            }
        })
    }

    /// Decisions. If a column has several, the most important one.
    pub fn marks(self, marks: &[Mark]) -> String {
        let mut lane = vec![UNKNOWN; self.columns];
        for mark in marks.iter().filter(|mark| mark.at >= self.range.from) {
            let Some(column) = lane.get_mut(self.column(mark.at)) else { continue };
            let letter = letter(mark);
            if weight(letter) > weight(*column) {
                *column = letter;
            }
        }
        lane.into_iter().collect()
    }
}

/// The character of a decision.
pub fn letter(mark: &Mark) -> char {
    match mark.action.as_str() {
        _ if mark.errors > 0 => '!',
        "wake" | "sleep" | "hold" | "release" if mark.observe_only => 'o',
        "wake" => 'W',
        "sleep" => 'S',
        "hold" => 'H',
        "release" => 'R',
        _ => 'e',
    }
}

fn weight(letter: char) -> usize {
    [UNKNOWN, 'e', 'o', 'R', 'H', 'S', 'W', '!'].iter().position(|it| *it == letter).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{super::timeline::tests::mark, *};

    fn lane() -> Lane {
        let from = Timestamp::UNIX_EPOCH;
        Lane::new(TimeRange { from, until: from + SignedDuration::from_mins(10) }, 10)
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    #[test]
    fn an_interval_fills_its_columns_and_no_other() {
        let intervals = [
            Interval { from: at(2), until: at(4), value: 9.0 },
            Interval { from: at(6), until: at(7), value: 10.0 },
        ];
        assert_eq!(lane().counts(&intervals), "  99  +   ");
        assert_eq!(lane().covered(&intervals), "──██──█───");
        let found = PaidIdle {
            idle_intervals: intervals[1..].to_vec(),
            unknown_intervals: vec![Interval { from: at(7), until: at(9), value: 1.0 }],
            ..PaidIdle::default()
        };
        let in_service = [Interval { from: at(1), until: at(10), value: 1.0 }];
        assert_eq!(lane().idle(&found, &in_service), " ─────█  ─");
    }

    #[test]
    fn what_matters_most_is_shown() {
        let states =
            [(at(0), at(3), "OK"), (at(3), at(5), "ALARM"), (at(5), at(9), "INSUFFICIENT_DATA")];
        assert_eq!(lane().alarm(&states, false), "───██░░░░ ");
        assert_eq!(lane().alarm(&states, true), "───▄▄░░░░ ");
        let mark = |minute, action: &str, errors| Mark { errors, ..mark(minute, action) };
        let marks = [
            mark(1, "wake", 0),
            mark(1, "sleep", 0),
            mark(3, "wake", 0),
            mark(3, "none", 1),
            mark(10, "extend", 0),
        ];
        assert_eq!(lane().marks(&marks), " W !     e");
    }
}
