//! Time multiplied by instances: what is paid.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::interval::Interval;

/// A time, and the same multiplied by the instances.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Default)]
pub struct InstanceTime {
    /// Minutes with at least one instance.
    pub minutes: f64,
    /// Instance minutes, which are paid.
    pub instance_minutes: f64,
}

impl InstanceTime {
    /// The part of these intervals between two times.
    pub fn between(intervals: &[Interval], from: Timestamp, until: Timestamp) -> Self {
        let overlap = |it: &Interval| {
            let length = it.until.min(until).duration_since(it.from.max(from));
            (length.max(SignedDuration::ZERO).as_secs_f64() / 60.0, it.value)
        };
        let parts = intervals.iter().map(overlap).filter(|(_, instances)| *instances > 0.0);
        parts.map(|(minutes, value)| Self { minutes, instance_minutes: minutes * value }).sum()
    }

    /// The price, at this price of an instance hour.
    pub fn price(&self, per_hour: f64) -> f64 {
        per_hour * self.instance_minutes / 60.0
    }
}

impl std::ops::AddAssign for InstanceTime {
    fn add_assign(&mut self, other: Self) {
        self.minutes += other.minutes;
        self.instance_minutes += other.instance_minutes;
    }
}

impl std::iter::Sum for InstanceTime {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |mut sum, one| {
            sum += one;
            sum
        })
    }
}
