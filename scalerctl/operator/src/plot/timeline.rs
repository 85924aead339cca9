//! The data of a chart: the metrics, alarms and decisions of an endpoint in a time range.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;
use serde::Serialize;

use crate::{
    account::{alarm_history::AlarmHistory, decision_log::LoggedDecision},
    monitoring::{
        TimeRange,
        interval::{Interval, KNOWN_FOR, intervals},
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

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
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

/// The decisions that are marked in the chart.
pub fn marks(decisions: &[LoggedDecision]) -> Vec<Mark> {
    let worth = decisions.iter().filter(|it| it.action != "none" || it.errors > 0);
    // What is not carried out is decided again at each tick.
    let same = |a: &Mark, b: &Mark| {
        a.observe_only && b.observe_only && (&a.action, &a.reason) == (&b.action, &b.reason)
    };
    let mark = |it: &LoggedDecision| Mark {
        at: it.at,
        action: it.action.clone(),
        reason: Some(it.reason.clone()),
        from: it.from,
        to: it.to,
        errors: it.errors,
        observe_only: it.observe_only,
    };
    let mut marks: Vec<Mark> = worth.map(mark).collect();
    marks.dedup_by(|next, before| same(next, before));
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
