//! The idle time that was paid after the last result of each wake, and what a function that only observes would have
//! saved of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use reactive_scaler::port::Datapoint;
use serde::Serialize;

use crate::{
    account::decision_log::LoggedDecision,
    monitoring::{
        TimeRange,
        instance_time::InstanceTime,
        interval::{Interval, KNOWN_FOR, intervals},
    },
};

/// The idle time after the last results of an endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct AfterResults {
    /// Whether the results are connected now; `None`: not known.
    pub connected: Option<bool>,
    /// From the last result of each wake to the scale in.
    pub idle: InstanceTime,
    /// What was observed: the part of it that would have been saved.
    pub would_save: InstanceTime,
    /// The inputs and alarms that would have found the endpoint at zero, and woken it once more.
    pub further_wakes: usize,
    /// The wakes, oldest first. Those without a result have no idle time.
    pub wakes: Vec<Wake>,
}

/// A time for which instances were desired.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Wake {
    /// The variant, if it is known.
    pub variant: Option<String>,
    /// The first time at which instances were desired.
    pub from: Timestamp,
    /// When zero instances were desired; `None`: the log does not show it.
    pub scaled_in_at: Option<Timestamp>,
    /// The reason, if the function scaled in.
    pub scaled_in_by: Option<String>,
    /// The last result in this time.
    pub last_result_at: Option<Timestamp>,
    /// From the last result to the scale in.
    pub idle: InstanceTime,
    /// The first observed `work_done`: the function would have scaled in.
    pub work_done_at: Option<Timestamp>,
    /// From each observed `work_done` to the next input or the scale in.
    pub would_save: InstanceTime,
    /// The number of these times that an input or an alarm ended.
    pub further_wakes: usize,
}

impl AfterResults {
    /// From the logged decisions of one endpoint, oldest first.
    pub fn of(decisions: &[&LoggedDecision], connected: Option<bool>, range: TimeRange) -> Self {
        let counted = decisions.iter().filter(|it| it.desired().is_some());
        let variants: BTreeSet<Option<&str>> = counted.map(|it| it.variant.as_deref()).collect();
        let mut wakes: Vec<Wake> = variants
            .into_iter()
            .flat_map(|variant| {
                // Results and some inputs name no variant. They concern all of them.
                let concerns = |it: &&&LoggedDecision| {
                    it.variant.is_none() || variant.is_none() || it.variant.as_deref() == variant
                };
                let mine: Vec<&LoggedDecision> =
                    decisions.iter().filter(concerns).copied().collect();
                wakes_of(variant, &mine, range)
            })
            .collect();
        wakes.sort_by_key(|wake| wake.from);
        Self {
            connected,
            idle: wakes.iter().map(|wake| wake.idle).sum(),
            would_save: wakes.iter().map(|wake| wake.would_save).sum(),
            further_wakes: wakes.iter().map(|wake| wake.further_wakes).sum(),
            wakes,
        }
    }

    /// The wakes with a result.
    pub fn with_result(&self) -> impl DoubleEndedIterator<Item = &Wake> {
        self.wakes.iter().filter(|wake| wake.last_result_at.is_some())
    }

    /// Whether a function that only observes found the work done.
    pub fn is_observed(&self) -> bool {
        self.wakes.iter().any(|wake| wake.work_done_at.is_some())
    }
}

fn wakes_of(variant: Option<&str>, decisions: &[&LoggedDecision], range: TimeRange) -> Vec<Wake> {
    let point =
        |it: &&LoggedDecision| Some(Datapoint { at: it.at, value: f64::from(it.desired()?) });
    let points: Vec<Datapoint> = decisions.iter().filter_map(point).collect();
    let known = intervals(&points, range.until, KNOWN_FOR);
    // A time in which nothing is known does not end a wake, and does not count.
    let mut wakes: Vec<Vec<Interval>> = Vec::new();
    let mut is_up = false;
    for interval in known {
        match wakes.last_mut() {
            Some(wake) if is_up && interval.value > 0.0 => wake.push(interval),
            _ if interval.value > 0.0 => wakes.push(vec![interval]),
            _ => {}
        }
        is_up = interval.value > 0.0;
    }
    let at_zero = |from: Timestamp| points.iter().find(|it| it.at > from && it.value == 0.0);
    let of = |up: Vec<Interval>| {
        let (first, last) = (up.first()?, up.last()?);
        let scaled_in_at = at_zero(first.from).map(|it| it.at);
        let until = scaled_in_at.unwrap_or(last.until);
        let within: Vec<&LoggedDecision> =
            decisions.iter().filter(|it| first.from <= it.at && it.at <= until).copied().collect();
        Some(Wake::of(variant, &up, (first.from, until, scaled_in_at), &within))
    };
    wakes.into_iter().filter_map(of).collect()
}

impl Wake {
    fn of(
        variant: Option<&str>,
        up: &[Interval],
        (from, until, scaled_in_at): (Timestamp, Timestamp, Option<Timestamp>),
        within: &[&LoggedDecision],
    ) -> Self {
        let slept = |it: &&&LoggedDecision| {
            Some(it.at) == scaled_in_at && it.action == "sleep" && !it.observe_only
        };
        let last_result_at = within.iter().filter(|it| is_result(it)).map(|it| it.at).max();
        let idle =
            last_result_at.map(|at| InstanceTime::between(up, at, until)).unwrap_or_default();
        let mut wake = Self {
            variant: variant.map(str::to_owned),
            from,
            scaled_in_at,
            scaled_in_by: within.iter().find(slept).map(|it| it.reason.clone()),
            last_result_at,
            idle,
            work_done_at: None,
            would_save: InstanceTime::default(),
            further_wakes: 0,
        };
        let (mut has_result, mut done_since) = (false, None);
        for it in within.iter().filter(|it| it.at < until) {
            has_result |= is_result(it);
            if has_result && it.observe_only && it.reason == "work_done" {
                done_since = done_since.or(Some(it.at));
                wake.work_done_at = wake.work_done_at.or(done_since);
            } else if is_work(it)
                && let Some(since) = done_since.take()
            {
                wake.would_save += InstanceTime::between(up, since, it.at);
                wake.further_wakes += 1;
            }
        }
        wake.would_save +=
            done_since.map(|since| InstanceTime::between(up, since, until)).unwrap_or_default();
        wake
    }
}

fn is_result(decided: &LoggedDecision) -> bool {
    decided.reason == "result_recorded" && decided.errors == 0
}

/// Whether it would have woken the endpoint.
fn is_work(decided: &LoggedDecision) -> bool {
    matches!(decided.signal.as_str(), "input" | "alarm") || decided.reason == "work_outstanding"
}
