//! The intervals in which a value is known, from datapoints.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;

/// Maximum time for which a value is used. The function reads an endpoint every minute, or every ten minutes if it
/// is at zero.
pub const KNOWN_FOR: SignedDuration = SignedDuration::from_mins(15);

/// An interval with one value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// Its start.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// The value.
    pub value: f64,
}

impl Interval {
    /// Its length.
    pub fn length(&self) -> SignedDuration {
        self.until.duration_since(self.from)
    }
}

/// The interval of each value. It ends at the next value, at `end`, or after `longest`, whichever is first. The
/// points are in order.
pub fn intervals(points: &[Datapoint], end: Timestamp, longest: SignedDuration) -> Vec<Interval> {
    let mut found: Vec<Interval> = Vec::new();
    for (index, point) in points.iter().enumerate() {
        let next = points.get(index + 1).map_or(end, |next| next.at);
        let until = next.min(point.at + longest).min(end);
        match found.last_mut() {
            Some(last) if last.value == point.value && last.until == point.at => last.until = until,
            _ => found.push(Interval { from: point.at, until, value: point.value }),
        }
    }
    found.retain(|interval| interval.from < interval.until);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_valid_until_the_next_the_end_or_for_too_long() {
        let at = |minute: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        let points = [(0, 0.0), (5, 0.0), (20, 1.0), (36, 0.0), (38, 2.0)]
            .map(|(minute, value)| Datapoint { at: at(minute), value });
        let found: Vec<(i64, i64, f64)> = intervals(&points, at(40), KNOWN_FOR)
            .iter()
            .map(|it| (it.from.as_second() / 60, it.until.as_second() / 60, it.value))
            .collect();
        assert_eq!(found, [(0, 20, 0.0), (20, 35, 1.0), (36, 38, 0.0), (38, 40, 2.0)]);
    }
}
