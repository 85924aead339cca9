//! The data of a chart: the metrics, alarms and decisions of an endpoint in a time range.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;
use serde::Serialize;

use crate::{
    account::{alarm_history::AlarmHistory, decision_log::LoggedDecision},
    monitoring::{
        TimeRange,
        interval::{Interval, KNOWN_FOR, intervals},
        paid_idle::PaidIdle,
    },
};

/// The metrics, alarms and decisions of an endpoint in a time range.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// The endpoint.
    pub endpoint: String,
    /// The time range.
    pub range: TimeRange,
    /// Length of a datapoint's period.
    pub period: SignedDuration,
    /// `ApproximateBacklogSize`, the maximum of each period.
    pub backlog: Vec<Datapoint>,
    /// `ApproximateBacklogSizePerInstance`, the maximum of each period.
    pub per_instance: Vec<Datapoint>,
    /// `HasBacklogWithoutCapacity`, the maximum of each period.
    pub without_capacity: Vec<Datapoint>,
    /// Desired instances.
    pub desired: Vec<Interval>,
    /// Instances in service.
    pub in_service: Vec<Interval>,
    /// The source of the instance counts.
    pub instances_from: &'static str,
    /// The time in service, by whether work was known. `None`: the instances in service are not known.
    pub paid_idle: Option<PaidIdle>,
    /// Price of an instance hour.
    pub price_per_hour: Option<f64>,
    /// Alarms on the backlog metrics.
    pub alarms: Vec<AlarmHistory>,
    /// The decisions of the function, without those that changed nothing.
    pub marks: Vec<Mark>,
    /// The source of the decisions.
    pub decisions_from: String,
    /// When a lease, a work record, or a hold kept the endpoint awake; `None`: unknown.
    pub kept_awake: Option<Vec<Interval>>,
    /// Notes for the user.
    pub notes: Vec<String>,
}

/// A decision, or several equal ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// When. Of several: the first.
    pub at: Timestamp,
    /// The last of several.
    pub last_at: Timestamp,
    /// How many.
    pub count: u64,
    /// `wake`, `sleep`, `hold`, `extend`, `release`, or `none` if something could not be done.
    pub action: String,
    /// `None` if only the metrics are known.
    pub reason: Option<String>,
    /// Desired instances before.
    pub from: Option<i32>,
    /// Desired instances after.
    pub to: Option<i32>,
    /// The number of errors.
    pub errors: usize,
    /// It was not carried out: the function only observes.
    pub observe_only: bool,
    /// Of a wake: from the event of its oldest input to the accepted request for capacity.
    pub request_ms: Option<i64>,
    /// Of a wake: from the decision until the function saw an instance in service.
    pub in_service_after_seconds: Option<i64>,
}

impl Mark {
    /// Whether people see them as the same.
    fn is_like(&self, other: &Self) -> bool {
        let same = |it: &Self| {
            (it.action.clone(), it.reason.clone(), it.from, it.to, it.errors > 0, it.observe_only)
        };
        same(self) == same(other)
    }

    /// An extension of a lease, which is shown only in the lane of the decisions.
    pub fn is_extension(&self) -> bool {
        self.errors == 0 && self.action == "extend"
    }
}

/// Equal decisions in a row as one with their count, where each is at most `within` after the one before. An extension
/// does not interrupt a row, and is left out.
pub fn grouped(marks: &[Mark], within: SignedDuration) -> Vec<Mark> {
    let mut groups: Vec<Mark> = Vec::new();
    for mark in marks.iter().filter(|mark| !mark.is_extension()) {
        match groups.last_mut() {
            Some(group)
                if group.is_like(mark) && mark.at.duration_since(group.last_at) <= within =>
            {
                group.last_at = mark.last_at;
                group.count += mark.count;
                // The longest delays.
                group.request_ms = group.request_ms.max(mark.request_ms);
                group.in_service_after_seconds =
                    group.in_service_after_seconds.max(mark.in_service_after_seconds);
            }
            _ => groups.push(mark.clone()),
        }
    }
    groups
}

/// Sets the delay of each wake until an instance is in service. It is not known where one is in service already, or where
/// a sleep comes first.
pub fn set_delays(marks: &mut [Mark], in_service: &[Interval]) {
    let sleeps: Vec<Timestamp> = marks
        .iter()
        .filter(|mark| mark.action == "sleep" && !mark.observe_only)
        .map(|mark| mark.at)
        .collect();
    for mark in marks.iter_mut().filter(|mark| mark.action == "wake" && !mark.observe_only) {
        let up = in_service.iter().find(|it| it.until > mark.at && it.value > 0.0);
        let sleep = sleeps.iter().find(|at| **at > mark.at);
        mark.in_service_after_seconds = up
            .filter(|up| up.from > mark.at && sleep.is_none_or(|sleep| up.from < *sleep))
            .map(|up| up.from.duration_since(mark.at).as_secs());
    }
}

impl Timeline {
    /// The states of an alarm, each with its end.
    pub fn states<'a>(&self, alarm: &'a AlarmHistory) -> Vec<(Timestamp, Timestamp, &'a str)> {
        let ends = alarm.states.iter().skip(1).map(|next| next.at).chain([self.range.until]);
        alarm.states.iter().zip(ends).map(|(it, end)| (it.at, end, it.state.as_str())).collect()
    }

    /// Runs of datapoints without a gap.
    pub fn runs(&self, points: &[Datapoint]) -> Vec<Vec<Datapoint>> {
        let gap = self.period * 2;
        let mut runs: Vec<Vec<Datapoint>> = Vec::new();
        for point in points {
            match runs.last_mut() {
                Some(run) if run.last().is_some_and(|it| point.at.duration_since(it.at) < gap) => {
                    run.push(*point);
                }
                _ => runs.push(vec![*point]),
            }
        }
        runs
    }
}

/// The highest value, at least 1, so that the axis has a length.
pub fn top<'a>(points: impl IntoIterator<Item = &'a Datapoint>) -> f64 {
    points.into_iter().map(|point| point.value).fold(1.0, f64::max)
}

/// The name of an alarm as people call it: without the parts that Application Auto Scaling adds for an endpoint.
pub fn short_name(alarm: &str) -> &str {
    let of_policy = alarm.strip_prefix("TargetTracking-endpoint/");
    let name = of_policy.and_then(|rest| {
        // endpoint/NAME/variant/NAME-AlarmHigh-UUID
        let at = rest.rfind("-AlarmHigh-").or_else(|| rest.rfind("-AlarmLow-"))?;
        rest.get(at + 1..)?.split('-').next()
    });
    name.unwrap_or(alarm)
}

/// The decisions that are marked in the chart. A decision that is not carried out is made again at each tick: equal
/// ones are one mark with their count.
pub fn marks(decisions: &[LoggedDecision]) -> Vec<Mark> {
    let worth = decisions.iter().filter(|it| it.action != "none" || it.errors > 0);
    let mark = |it: &LoggedDecision| Mark {
        at: it.at,
        last_at: it.at,
        count: 1,
        action: it.action.clone(),
        reason: Some(it.reason.clone()),
        from: it.from,
        to: it.to,
        errors: it.errors,
        observe_only: it.observe_only,
        request_ms: it.wake_latency_ms,
        in_service_after_seconds: None,
    };
    let mut marks: Vec<Mark> = worth.map(mark).collect();
    marks.dedup_by(|next, before| {
        let is_same = next.observe_only && next.is_like(before);
        if is_same {
            (before.last_at, before.count) = (next.last_at, before.count + 1);
        }
        is_same
    });
    marks
}

/// Desired instances, from the decisions. A decision in observe mode changed nothing.
pub fn desired(decisions: &[LoggedDecision], end: Timestamp) -> Vec<Interval> {
    let points: Vec<Datapoint> = decisions
        .iter()
        .filter_map(|it| Some(Datapoint { at: it.at, value: f64::from(it.desired()?) }))
        .collect();
    intervals(&points, end, KNOWN_FOR)
}

/// When the endpoint was kept awake. A decision with an end counts until that end, or until the next decision that
/// has an end or is a sleep or a release. What is not carried out keeps nothing awake.
pub fn kept_awake(decisions: &[LoggedDecision], end: Timestamp) -> Vec<Interval> {
    let is_relevant = |it: &&LoggedDecision| {
        let was_done = !it.observe_only || it.action == "none";
        was_done && (it.awake_until.is_some() || matches!(it.action.as_str(), "sleep" | "release"))
    };
    let relevant: Vec<&LoggedDecision> = decisions.iter().filter(is_relevant).collect();
    let mut kept: Vec<Interval> = Vec::new();
    for (index, decided) in relevant.iter().enumerate() {
        let Some(until) = decided.awake_until else { continue };
        let next = relevant.get(index + 1).map_or(end, |next| next.at);
        let until = until.min(next).min(end);
        match kept.last_mut() {
            Some(last) if last.until == decided.at => last.until = until,
            _ => kept.push(Interval { from: decided.at, until, value: 1.0 }),
        }
    }
    kept.retain(|interval| interval.from < interval.until);
    kept
}

#[cfg(test)]
pub mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minute)
    }

    /// A decision in this minute.
    pub fn mark(minute: i64, action: &str) -> Mark {
        Mark {
            at: at(minute),
            last_at: at(minute),
            count: 1,
            action: action.into(),
            reason: None,
            from: None,
            to: None,
            errors: 0,
            observe_only: false,
            request_ms: None,
            in_service_after_seconds: None,
        }
    }

    #[test]
    fn equal_decisions_in_a_row_are_one_with_their_count() {
        let marks = [(0, "wake"), (2, "extend"), (5, "wake"), (11, "wake"), (12, "sleep")]
            .map(|(minute, action)| mark(minute, action));
        let found: Vec<(i64, i64, u64)> = grouped(&marks, SignedDuration::from_mins(5))
            .iter()
            .map(|it| (it.at.as_second() / 60, it.last_at.as_second() / 60, it.count))
            .collect();
        assert_eq!(found, [(0, 5, 2), (11, 11, 1), (12, 12, 1)]);
    }

    /// In observe mode, each tick decides the same again.
    #[test]
    fn equal_decisions_that_are_not_carried_out_are_counted() {
        let decided = |minute, observe_only| LoggedDecision {
            at: at(minute),
            endpoint: String::new(),
            variant: None,
            signal: "tick".into(),
            action: "sleep".into(),
            reason: "idle".into(),
            from: Some(1),
            to: Some(0),
            awake_until: None,
            wake_latency_ms: None,
            sleep_blocked: false,
            errors: 0,
            failures: Vec::new(),
            observe_only,
        };
        let found = marks(&[decided(0, true), decided(1, true), decided(2, true)]);
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.at, one.last_at, one.count), (at(0), at(2), 3));
        assert_eq!(marks(&[decided(0, false), decided(1, false)]).len(), 2);
    }

    #[test]
    fn a_wake_is_over_when_an_instance_is_in_service() {
        let up = |from, until| Interval { from: at(from), until: at(until), value: 1.0 };
        for (name, in_service, delay) in [
            ("six minutes", vec![up(7, 20)], Some(360)),
            ("in service already", vec![up(0, 20)], None),
            ("never", vec![], None),
            ("a sleep comes first", vec![up(31, 40)], None),
        ] {
            let mut marks = [mark(1, "wake"), mark(30, "sleep")];
            set_delays(&mut marks, &in_service);
            assert_eq!(marks[0].in_service_after_seconds, delay, "{name}");
            assert_eq!(marks[1].in_service_after_seconds, None);
        }
    }

    #[test]
    fn only_the_alarms_of_a_policy_have_a_shorter_name() {
        let of = "TargetTracking-endpoint/e-AlarmLow-1/variant/v-AlarmHigh-1fb827df-20b6-44f9";
        for (name, short) in [
            (of, "AlarmHigh"),
            ("TargetTracking-endpoint/e/variant/v-AlarmLow-1fb8", "AlarmLow"),
            ("TargetTracking-endpoint/e/variant/v", "TargetTracking-endpoint/e/variant/v"),
            ("my-stack-backstop", "my-stack-backstop"),
        ] {
            assert_eq!(short_name(name), short);
        }
    }
}
