//! Totals and latencies of endpoints in a time range.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;
use serde::Serialize;

use super::{
    after_results::AfterResults,
    awake::{Awake, add_reasons, awake},
};
use crate::{
    account::decision_log::LoggedDecision,
    monitoring::{
        TimeRange,
        interval::{Interval, KNOWN_FOR, intervals},
        paid_idle::PaidIdle,
        price::Prices,
    },
};

/// The totals of some endpoints.
#[derive(Debug)]
pub struct Report {
    pub range: TimeRange,
    /// The source of the totals.
    pub source: String,
    pub prices: Prices,
    pub totals: Vec<Totals>,
    /// Async endpoints that are not registered. The function never scales them to zero.
    pub not_registered: Vec<String>,
    pub notes: Vec<String>,
}

/// The totals of one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Totals {
    /// The endpoint.
    pub endpoint: String,
    /// Requests for capacity by the function.
    pub wakes: u64,
    /// Number of times that the function scaled it in to zero.
    pub sleeps: u64,
    /// From the oldest input's event to the accepted request for capacity.
    pub wake_latency: Option<Latency>,
    /// Hours by desired instances.
    pub hours: Hours,
    /// Decisions for which the lease had ended, but the endpoint was not scaled in to zero.
    pub blocked_sleeps: u64,
    /// The number of errors.
    pub errors: u64,
    /// The time in service, by whether work was known; `None`: the instances in service are not known.
    pub paid_idle: Option<PaidIdle>,
    /// The number of results; `None`: they are not connected, or the metrics do not show them.
    pub results: Option<u64>,
    /// Each time for which instances were desired, oldest first.
    pub awake: Vec<Awake>,
    /// The idle time after the last results; `None`: the metrics do not show it.
    pub after_results: Option<AfterResults>,
}

/// A latency, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Latency {
    /// Number of wakes with a latency: those after an input.
    pub count: u64,
    /// Median.
    pub p50_ms: f64,
    /// 95th percentile.
    pub p95_ms: f64,
    /// Maximum.
    pub max_ms: f64,
}

/// Hours of the range.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Hours {
    /// Hours with zero desired instances.
    pub at_zero: f64,
    /// Hours with at least one desired instance.
    pub above_zero: f64,
    /// Hours without data.
    pub unknown: f64,
    /// Instance hours: the sum of desired instances over the known hours.
    pub instance_hours: f64,
}

impl Latency {
    /// From values, each with its number of wakes.
    pub fn of(mut values: Vec<(f64, u64)>, longest: Option<f64>) -> Option<Self> {
        values.retain(|(_, count)| *count > 0);
        values.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let count: u64 = values.iter().map(|(_, count)| count).sum();
        let (last, _) = *values.last()?;
        // The percentile by nearest rank: the smallest value for which at least this share of the values is not larger.
        let rank = |share: f64| {
            let wanted = ((share * count as f64).ceil() as u64).max(1);
            let mut passed = 0;
            let reached = values.iter().find(|(_, count)| {
                passed += count;
                passed >= wanted
            });
            reached.map_or(last, |(value, _)| *value)
        };
        Some(Self {
            count,
            p50_ms: rank(0.5),
            p95_ms: rank(0.95),
            max_ms: longest.unwrap_or(last).max(last),
        })
    }
}

impl Hours {
    /// From the desired instances.
    pub fn of(desired: &[Interval], range: TimeRange) -> Self {
        let hours = |length: SignedDuration| length.as_secs_f64() / 3600.0;
        let mut found = Self { unknown: hours(range.length()), ..Self::default() };
        for interval in desired {
            let length = hours(interval.length());
            found.unknown = (found.unknown - length).max(0.0);
            found.instance_hours += length * interval.value;
            match interval.value > 0.0 {
                true => found.above_zero += length,
                false => found.at_zero += length,
            }
        }
        found
    }
}

impl Totals {
    /// From logged decisions. A decision in observe mode changed nothing, so it is not counted.
    /// `connected`: whether the results are connected, if that is known.
    pub fn of_decisions(
        endpoint: &str,
        decisions: &[LoggedDecision],
        connected: Option<bool>,
        paid_idle: Option<PaidIdle>,
        range: TimeRange,
    ) -> Self {
        let mine = || decisions.iter().filter(|it| it.endpoint == endpoint);
        let acted = |action: &'static str| {
            mine().filter(|it| it.action == action && !it.observe_only).count() as u64
        };
        let latencies = mine().filter_map(|it| it.wake_latency_ms.filter(|_| !it.observe_only));
        let points: Vec<Datapoint> = mine()
            .filter_map(|it| Some(Datapoint { at: it.at, value: f64::from(it.desired()?) }))
            .collect();
        let desired = intervals(&points, range.until, KNOWN_FOR);
        let all: Vec<&LoggedDecision> = mine().collect();
        let mut awake = awake(&desired, paid_idle.as_ref());
        add_reasons(&mut awake, &all);
        let results =
            mine().filter(|it| it.reason == "result_recorded" && it.errors == 0).count() as u64;
        Self {
            endpoint: endpoint.to_owned(),
            wakes: acted("wake"),
            sleeps: acted("sleep"),
            wake_latency: Latency::of(latencies.map(|it| (it as f64, 1)).collect(), None),
            hours: Hours::of(&desired, range),
            blocked_sleeps: mine().filter(|it| it.sleep_blocked).count() as u64,
            errors: mine().map(|it| it.errors as u64).sum(),
            paid_idle,
            results: (results > 0 || connected == Some(true)).then_some(results),
            awake,
            after_results: Some(AfterResults::of(&all, connected, range)),
        }
    }
}

impl Totals {
    /// The price of all desired instance hours, at this price of an instance hour.
    pub fn price(&self, per_hour: f64) -> f64 {
        per_hour * self.hours.instance_hours
    }
}

/// The counts of the periods in which the desired instances changed as counted. A function that only observes counts its
/// decisions too, but changes nothing. Without a value, the count is used.
pub fn carried_out(
    counts: &[Datapoint],
    desired: &[Datapoint],
    changed: impl Fn(f64) -> bool,
) -> Vec<Datapoint> {
    let desired_at = |at| desired.iter().find(|it| it.at == at).map(|it| it.value);
    counts.iter().filter(|it| desired_at(it.at).is_none_or(&changed)).copied().collect()
}

/// The sum of counts.
pub fn sum(points: &[Datapoint]) -> u64 {
    points.iter().map(|point| point.value.max(0.0).round() as u64).sum()
}

/// Averages, each with the number of its values.
pub fn weighted(averages: &[Datapoint], counts: &[Datapoint]) -> Vec<(f64, u64)> {
    let count = |at: Timestamp| counts.iter().find(|it| it.at == at).map_or(1.0, |it| it.value);
    averages.iter().map(|it| (it.value, count(it.at).max(0.0).round() as u64)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<(f64, u64)> = (1..=20).map(|it| (f64::from(it), 1)).collect();
        let figures =
            |it: Option<Latency>| it.map(|it| (it.count, it.p50_ms, it.p95_ms, it.max_ms));
        assert_eq!(figures(Latency::of(values, None)), Some((20, 10.0, 19.0, 20.0)));
        assert_eq!(figures(Latency::of(vec![(7.0, 1)], Some(9.0))), Some((1, 7.0, 7.0, 9.0)));
        assert_eq!(
            figures(Latency::of(vec![(1.0, 19), (5.0, 1)], None)),
            Some((20, 1.0, 1.0, 5.0))
        );
        assert_eq!(
            figures(Latency::of(vec![(1.0, 18), (5.0, 2)], None)),
            Some((20, 1.0, 5.0, 5.0))
        );
        assert_eq!(figures(Latency::of(vec![(1.0, 0)], None)), None);
    }

    #[test]
    fn hours_without_datapoints_are_unknown() {
        let from = Timestamp::UNIX_EPOCH;
        let at = |minute: i64| from + SignedDuration::from_mins(minute);
        let range = TimeRange { from, until: at(120) };
        let points = [(0, 0.0), (15, 2.0), (60, 0.0)]
            .map(|(minute, value)| Datapoint { at: at(minute), value });
        let hours = Hours::of(&intervals(&points, range.until, KNOWN_FOR), range);
        let expected = Hours { at_zero: 0.5, above_zero: 0.25, unknown: 1.25, instance_hours: 0.5 };
        assert_eq!(hours, expected);
    }
}
