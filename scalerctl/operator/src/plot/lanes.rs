//! Lanes of one character per bit of time.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;

use super::course::Mark;
use crate::monitoring::{Span, stretch::Stretch};

/// The character for an unknown value.
const UNKNOWN: char = ' ';

/// A time range, divided into steps.
#[derive(Debug, Clone, Copy)]
pub struct Lane {
    span: Span,
    bits: usize,
}

impl Lane {
    /// Of this width in characters.
    pub fn new(span: Span, bits: usize) -> Self {
        Self { span, bits }
    }

    /// The step that contains a time.
    pub fn bit(self, at: Timestamp) -> usize {
        let after = at.duration_since(self.span.from).as_millis().max(0);
        let bit = after * self.bits as i128 / self.milliseconds();
        usize::try_from(bit).unwrap_or(0).min(self.bits.saturating_sub(1))
    }

    fn milliseconds(self) -> i128 {
        self.span.length().as_millis().max(1)
    }

    /// Where a bit begins.
    fn time(self, bit: usize) -> Timestamp {
        let after = self.milliseconds() * bit as i128 / self.bits.max(1) as i128;
        self.span.from + SignedDuration::from_millis(i64::try_from(after).unwrap_or(0))
    }

    /// The character of each bit.
    fn draw(self, of: impl Fn(Timestamp, Timestamp) -> char) -> String {
        (0..self.bits).map(|bit| of(self.time(bit), self.time(bit + 1))).collect()
    }

    /// Counts, the highest of each bit; more than 9 is `+`.
    pub fn counts(self, stretches: &[Stretch]) -> String {
        self.draw(|from, until| {
            let here = stretches.iter().filter(|it| it.from < until && from < it.until);
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

    /// Whether a stretch covers any of it.
    pub fn covered(self, stretches: &[Stretch]) -> String {
        self.draw(|from, until| {
            let covers = |it: &Stretch| it.from < until && from < it.until;
            if stretches.iter().any(covers) { '█' } else { '─' }
        })
    }

    /// The state of an alarm; where it changed within a bit, the one that matters most.
    pub fn alarm(self, states: &[(Timestamp, Timestamp, &str)]) -> String {
        self.draw(|from, until| {
            let here = || states.iter().filter(|(begin, end, _)| *begin < until && from < *end);
            let any = |state: &str| here().any(|(_, _, it)| *it == state);
            match () {
                () if any("ALARM") => '█',
                () if any("INSUFFICIENT_DATA") => '░',
                () if any("OK") => '─',
                () => UNKNOWN,
            }
        })
    }

    /// Decisions; of several in a bit, the one that matters most.
    pub fn marks(self, marks: &[Mark]) -> String {
        let mut lane = vec![UNKNOWN; self.bits];
        for mark in marks.iter().filter(|mark| mark.at >= self.span.from) {
            let Some(bit) = lane.get_mut(self.bit(mark.at)) else { continue };
            let letter = letter(mark);
            if weight(letter) > weight(*bit) {
                *bit = letter;
            }
        }
        lane.into_iter().collect()
    }
}

/// The character of a decision.
pub fn letter(mark: &Mark) -> char {
    match mark.action.as_str() {
        _ if mark.errors > 0 => '!',
        "wake" => 'W',
        "sleep" => 'S',
        "hold" => 'H',
        "release" => 'R',
        _ => 'e',
    }
}

fn weight(letter: char) -> usize {
    [UNKNOWN, 'e', 'R', 'H', 'S', 'W', '!'].iter().position(|it| *it == letter).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane() -> Lane {
        let from = Timestamp::UNIX_EPOCH;
        Lane::new(Span { from, until: from + SignedDuration::from_mins(10) }, 10)
    }

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    #[test]
    fn a_stretch_fills_its_bits_and_no_other() {
        let stretches = [
            Stretch { from: at(2), until: at(4), value: 9.0 },
            Stretch { from: at(6), until: at(7), value: 10.0 },
        ];
        assert_eq!(lane().counts(&stretches), "  99  +   ");
        assert_eq!(lane().covered(&stretches), "──██──█───");
    }

    #[test]
    fn what_matters_most_is_shown() {
        let states =
            [(at(0), at(3), "OK"), (at(3), at(5), "ALARM"), (at(5), at(9), "INSUFFICIENT_DATA")];
        assert_eq!(lane().alarm(&states), "───██░░░░ ");
        let mark = |minute, action: &str, errors| Mark {
            at: at(minute),
            action: action.into(),
            reason: None,
            from: None,
            to: None,
            errors,
        };
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
