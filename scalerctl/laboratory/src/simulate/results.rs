//! The figures of a run.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use simulator::{Job, JobState};

use super::{
    billing::starting,
    policy_finding::PolicyFinding,
    run_record::RunRecord,
    tariff::{BillFrom, Tariff},
};

/// Percentiles of durations, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Times {
    /// The median.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The maximum.
    pub max: f64,
}

/// The figures of one candidate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// Requests that arrived.
    pub arrivals: usize,
    /// Those that arrived at a desired capacity of 0.
    pub arrivals_at_zero: usize,
    /// From the arrival of those to the next request for capacity; absent if there was none.
    #[serde(rename = "capacity_requested_seconds")]
    pub capacity_requested: Option<Times>,
    /// Arrivals at zero after which capacity was never requested.
    pub never_requested: usize,
    /// From arrival to result, of completed requests.
    #[serde(rename = "result_seconds")]
    pub result: Option<Times>,
    /// From the last result before each request for zero instances until that request.
    #[serde(rename = "zero_requested_seconds")]
    pub zero_requested: Option<Times>,
    /// Requests that were completed.
    pub completed: usize,
    /// Requests that waited longer than the endpoint allows.
    pub expired: usize,
    /// Requests whose instance was terminated while it processed them.
    pub killed: usize,
    /// Requests that wait or are processed at the end.
    pub unfinished: usize,
    /// Instance time in hours, from in service.
    pub instance_hours: f64,
    /// The part of it without work.
    pub idle_hours: f64,
    /// Instance time in hours before that, from the request.
    pub starting_hours: f64,
    /// What is billed: the instance hours, with the starting hours if the tariff says so.
    pub billed_hours: f64,
    /// The price of the billed hours, in the currency of the price per hour.
    pub price: Option<f64>,
    /// The highest capacity that was requested.
    pub most_instances: i32,
    /// From the first arrival to the last result, if all were completed.
    #[serde(rename = "drained_seconds")]
    pub drained: Option<f64>,
    /// AWS calls of the function.
    pub api_calls: usize,
    /// Invocations of the function that failed.
    pub failed_invocations: usize,
    /// Policies that can never act, and why.
    pub never_act: Vec<String>,
    /// What is wrong with the policies, whatever the workload is.
    pub findings: Vec<PolicyFinding>,
    /// Policies of the files of `--own` that are not played, and why. Then the figures are not those of all policies.
    pub not_played: Vec<String>,
    /// What was passed over in the files of `--own`.
    pub notes: Vec<String>,
}

impl Results {
    /// The figures of a run.
    pub fn of(record: &RunRecord, tariff: Tariff) -> Self {
        let at_zero: Vec<Timestamp> =
            record.jobs.iter().map(arrival).filter(|at| record.desired_at(*at) == 0).collect();
        let waits: Vec<Duration> = at_zero
            .iter()
            .filter_map(|at| record.next_request(*at).map(|then| between(*at, then)))
            .collect();
        let result_times = record.jobs.iter().filter_map(|job| match job.state {
            JobState::Completed(done) => Some(between(arrival(job), done)),
            _ => None,
        });
        let result_times: Vec<Duration> = result_times.collect();
        let count = |wanted: fn(&JobState) -> bool| {
            record.jobs.iter().filter(|job| wanted(&job.state)).count()
        };
        let (completed, expired, killed) = (
            result_times.len(),
            count(|state| matches!(state, JobState::Expired(_))),
            count(|state| matches!(state, JobState::Killed(_))),
        );
        let mut done_at: Vec<Timestamp> = record
            .jobs
            .iter()
            .filter_map(|job| match job.state {
                JobState::Completed(done) => Some(done),
                _ => None,
            })
            .collect();
        done_at.sort();
        let to_zero = record.requests.iter().filter(|request| request.to == 0 && request.from > 0);
        let after_work = to_zero.filter_map(|request| {
            let before = done_at.partition_point(|done| *done <= request.at);
            let last = done_at.get(before.checked_sub(1)?)?;
            Some(between(*last, request.at))
        });
        let drained = (completed == record.jobs.len())
            .then(|| record.jobs.iter().map(arrival).min().zip(done_at.last().copied()))
            .flatten()
            .map(|(first, last)| between(first, last).as_secs_f64());
        let used = record.used;
        let instance_hours = hours(used.paid);
        let starting_hours = hours(starting(&record.events, record.billed_until));
        let billed_hours = match tariff.from {
            BillFrom::InService => instance_hours,
            BillFrom::ScaleOut => instance_hours + starting_hours,
        };
        Self {
            arrivals: record.jobs.len(),
            arrivals_at_zero: at_zero.len(),
            never_requested: at_zero.len() - waits.len(),
            capacity_requested: times(waits),
            result: times(result_times),
            zero_requested: times(after_work.collect()),
            completed,
            expired,
            killed,
            unfinished: record.jobs.len() - completed - expired - killed,
            instance_hours,
            idle_hours: hours(used.paid.saturating_sub(used.worked)),
            starting_hours,
            billed_hours,
            price: tariff.price_per_hour.map(|price| price * billed_hours),
            most_instances: record
                .requests
                .iter()
                .map(|request| request.to)
                .fold(record.desired_at_first, i32::max),
            drained,
            api_calls: used.api_calls,
            failed_invocations: record.failed.len(),
            never_act: record
                .findings
                .iter()
                .filter(|finding| finding.is_obstacle)
                .map(|finding| finding.what.clone())
                .collect(),
            findings: record.findings.clone(),
            not_played: record
                .findings
                .iter()
                .filter(|finding| finding.is_gap)
                .map(|finding| finding.what.clone())
                .collect(),
            notes: record.notes.clone(),
        }
    }
}

impl Results {
    /// The word for what did not happen: with a policy that is not played, nobody knows.
    pub fn never(&self) -> &'static str {
        if self.not_played.is_empty() { "never" } else { "not known" }
    }

    /// Requests without a result: expired, lost with an instance, or unfinished at the end.
    pub fn without_result(&self) -> usize {
        self.arrivals - self.completed
    }

    /// What it costs: the price, or without one the billed hours.
    pub fn cost(&self) -> f64 {
        self.price.unwrap_or(self.billed_hours)
    }
}

/// When a request arrived.
pub fn arrival(job: &Job) -> Timestamp {
    job.uploaded_at.unwrap_or(job.invoked_at)
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    to.duration_since(from).try_into().unwrap_or_default()
}

fn hours(time: Duration) -> f64 {
    time.as_secs_f64() / 3600.0
}

/// Percentiles by nearest rank: each is a duration that occurred.
fn times(mut all: Vec<Duration>) -> Option<Times> {
    all.sort();
    let at = |percent: usize| {
        let rank = (all.len() * percent).div_ceil(100).max(1);
        all.get(rank - 1).map(Duration::as_secs_f64)
    };
    Some(Times { p50: at(50)?, p95: at(95)?, max: at(100)? })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_durations_that_occurred() {
        let seconds = |n: u64| (1..=n).map(Duration::from_secs).collect();
        assert_eq!(times(Vec::new()), None);
        assert_eq!(times(seconds(1)), Some(Times { p50: 1.0, p95: 1.0, max: 1.0 }));
        assert_eq!(times(seconds(20)), Some(Times { p50: 10.0, p95: 19.0, max: 20.0 }));
        assert_eq!(times(seconds(21)), Some(Times { p50: 11.0, p95: 20.0, max: 21.0 }));
    }
}
