//! Paid idle: an instance was in service, and no work was known.
//!
//! No work is known in a period in which the maximum of `ApproximateBacklogSize` was 0. The backlog counts requests that
//! wait and requests that are processed (SageMaker Developer Guide, "Monitor an asynchronous endpoint"; its
//! troubleshooting page can be read as if it counted only those that wait). What is not known:
//!
//! - A period without a datapoint of the backlog is neither idle nor busy: it is unknown. CloudWatch has the newest
//!   datapoints 2 to 3 minutes late.
//! - Within a period with work, the idle part is not known, and counts as busy. Nor is an instance idle beside a busy one.
//! - The time from the request for capacity until the instance is in service is not counted. AWS does not document
//!   whether it is paid.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;
use serde::Serialize;

use super::{instance_time::InstanceTime, interval::Interval};

/// The time in service, by whether work was known.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PaidIdle {
    /// Without work.
    pub idle: InstanceTime,
    /// With work.
    pub busy: InstanceTime,
    /// Without a datapoint of the backlog.
    pub unknown: InstanceTime,
    /// Length of a period of the backlog.
    pub period_seconds: i64,
    /// The times without work, in order, with the instances in service.
    #[serde(skip)]
    pub idle_intervals: Vec<Interval>,
    /// The times that are unknown.
    #[serde(skip)]
    pub unknown_intervals: Vec<Interval>,
}

impl PaidIdle {
    /// From the instances in service, and the maximum of the backlog in each period, both in order.
    pub fn of(in_service: &[Interval], backlog: &[Datapoint], period: SignedDuration) -> Self {
        let mut found = Self { period_seconds: period.as_secs(), ..Self::default() };
        for up in in_service.iter().filter(|it| it.value > 0.0) {
            let part = |from: Timestamp, until: Timestamp| {
                InstanceTime::between(std::slice::from_ref(up), from, until)
            };
            let mut known_until = up.from;
            let first = backlog.partition_point(|point| point.at + period <= up.from);
            for point in backlog.iter().skip(first).take_while(|point| point.at < up.until) {
                let from = point.at.max(known_until);
                let until = (point.at + period).min(up.until).max(from);
                found.add_unknown(up, known_until, from);
                known_until = until;
                if point.value > 0.0 {
                    found.busy += part(from, until);
                } else {
                    found.idle += part(from, until);
                    found.add_idle(Interval { from, until, value: up.value });
                }
            }
            found.add_unknown(up, known_until, up.until);
        }
        found
    }

    fn add_unknown(&mut self, up: &Interval, from: Timestamp, until: Timestamp) {
        if from < until {
            self.unknown += InstanceTime::between(std::slice::from_ref(up), from, until);
            self.unknown_intervals.push(Interval { from, until, value: up.value });
        }
    }

    fn add_idle(&mut self, idle: Interval) {
        match self.idle_intervals.last_mut() {
            Some(last) if last.until == idle.from && last.value == idle.value => {
                last.until = idle.until;
            }
            _ => self.idle_intervals.push(idle),
        }
    }

    /// `at least `, if work of a minute makes a longer period busy.
    pub fn least(&self) -> &'static str {
        if self.period_seconds > 60 { "at least " } else { "" }
    }

    /// All time in service.
    pub fn in_service(&self) -> InstanceTime {
        [self.idle, self.busy, self.unknown].into_iter().sum()
    }

    /// The share of the minutes in service that was idle. `None`: nothing was in service.
    pub fn share(&self) -> Option<f64> {
        let all = self.in_service().minutes;
        (all > 0.0).then(|| self.idle.minutes / all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    fn idle(in_service: &[(i64, i64, f64)], backlog: &[(i64, f64)]) -> PaidIdle {
        let up = |&(from, until, value): &(i64, i64, f64)| Interval {
            from: at(from),
            until: at(until),
            value,
        };
        let point = |&(minute, value): &(i64, f64)| Datapoint { at: at(minute), value };
        let in_service: Vec<Interval> = in_service.iter().map(up).collect();
        let backlog: Vec<Datapoint> = backlog.iter().map(point).collect();
        PaidIdle::of(&in_service, &backlog, SignedDuration::from_mins(5))
    }

    #[test]
    fn each_minute_in_service_is_idle_busy_or_unknown() {
        let backlog = [(0, 1.0), (5, 0.0), (10, 0.0), (20, 2.0)];
        for (name, in_service, minutes, instance_minutes) in [
            ("at zero", vec![(0, 30, 0.0)], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
            ("a period with work is busy", vec![(0, 5, 2.0)], [0.0, 5.0, 0.0], [0.0, 10.0, 0.0]),
            ("a part of a period", vec![(4, 6, 1.0)], [1.0, 1.0, 0.0], [1.0, 1.0, 0.0]),
            ("a gap is unknown", vec![(12, 22, 1.0)], [3.0, 2.0, 5.0], [3.0, 2.0, 5.0]),
            ("after the last datapoint", vec![(24, 30, 3.0)], [0.0, 1.0, 5.0], [0.0, 3.0, 15.0]),
            ("two counts", vec![(5, 8, 1.0), (8, 15, 2.0)], [10.0, 0.0, 0.0], [17.0, 0.0, 0.0]),
        ] {
            let found = idle(&in_service, &backlog);
            let all = [found.idle, found.busy, found.unknown];
            assert_eq!(all.map(|it| it.minutes), minutes, "{name}");
            assert_eq!(all.map(|it| it.instance_minutes), instance_minutes, "{name}");
            let idle_intervals = InstanceTime::between(&found.idle_intervals, at(0), at(60));
            assert_eq!(idle_intervals, found.idle, "{name}");
            let idle_intervals = InstanceTime::between(&found.unknown_intervals, at(0), at(60));
            assert_eq!(idle_intervals, found.unknown, "{name}");
        }
        assert_eq!(idle(&[(0, 30, 0.0)], &backlog).share(), None);
        assert_eq!(idle(&[(4, 6, 1.0)], &backlog).share(), Some(0.5));
        assert_eq!(idle(&[(5, 15, 1.0)], &backlog).idle_intervals.len(), 1, "intervals are joined");
    }
}
