//! Each time for which instances were desired, with what it took and what of it was idle.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{
    account::decision_log::LoggedDecision,
    monitoring::{instance_time::InstanceTime, interval::Interval, paid_idle::PaidIdle},
};

/// A time for which instances were desired.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Awake {
    /// Its start.
    pub from: Timestamp,
    /// When zero instances were desired. `None`: not in the time range, or not known.
    pub until: Option<Timestamp>,
    /// Instances desired.
    pub desired: InstanceTime,
    /// In service without work; `None`: the instances in service are not known.
    pub idle: Option<InstanceTime>,
    /// Why the function woke it, if the log says so.
    pub woken_by: Option<String>,
}

/// All of them, oldest first. A time in which nothing is known does not end one, and does not count.
pub fn awake(desired: &[Interval], idle: Option<&PaidIdle>) -> Vec<Awake> {
    let mut found: Vec<Awake> = Vec::new();
    let mut is_up = false;
    for interval in desired {
        let this = std::slice::from_ref(interval);
        let this = InstanceTime::between(this, interval.from, interval.until);
        match found.last_mut().filter(|_| is_up) {
            Some(last) if interval.value > 0.0 => last.desired += this,
            Some(last) => last.until = Some(interval.from),
            None if interval.value > 0.0 => found.push(Awake {
                from: interval.from,
                until: None,
                desired: this,
                idle: None,
                woken_by: None,
            }),
            None => {}
        }
        is_up = interval.value > 0.0;
    }
    // An instance can be in service for minutes after the capacity was requested down.
    let ends: Vec<Timestamp> = found.iter().skip(1).map(|next| next.from).collect();
    for (index, awake) in found.iter_mut().enumerate() {
        let end = ends.get(index).copied().unwrap_or(Timestamp::MAX);
        awake.idle = idle.map(|it| InstanceTime::between(&it.idle_intervals, awake.from, end));
    }
    found
}

/// Adds why the function woke it: the reason of the decision at its start.
pub fn add_reasons(all: &mut [Awake], decisions: &[&LoggedDecision]) {
    let near = SignedDuration::from_mins(1);
    for awake in all {
        let woke = decisions.iter().find(|it| {
            let is_near = it.at.duration_since(awake.from).abs() <= near;
            it.action == "wake" && !it.observe_only && is_near
        });
        awake.woken_by = woke.map(|it| it.reason.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_does_not_end_it_and_its_idle_time_is_its_own() {
        let at = |minute: i64| Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute);
        let interval = |(from, until, value): (i64, i64, f64)| Interval {
            from: at(from),
            until: at(until),
            value,
        };
        let desired =
            [(0, 5, 0.0), (5, 10, 1.0), (20, 30, 2.0), (30, 50, 0.0), (50, 60, 1.0)].map(interval);
        let idle_intervals = [(25, 33, 1.0), (55, 60, 1.0)].map(interval).to_vec();
        let idle = PaidIdle { idle_intervals, ..PaidIdle::default() };
        let found: Vec<_> = awake(&desired, Some(&idle))
            .iter()
            .map(|it| {
                (it.from, it.until, it.desired.instance_minutes, it.idle.map(|it| it.minutes))
            })
            .collect();
        let expected = [(at(5), Some(at(30)), 25.0, Some(8.0)), (at(50), None, 10.0, Some(5.0))];
        assert_eq!(found, expected);
    }
}
