//! What a course came to, in figures.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use simulator::{Job, JobState};

use super::course::Course;

/// Times of many, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Times {
    /// Half of them are at most that.
    pub p50: f64,
    /// 19 of 20 are at most that.
    pub p95: f64,
    /// The longest.
    pub max: f64,
}

/// The figures of one policy.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Requests that arrived.
    pub arrivals: usize,
    /// Those of them that found a desired capacity of 0.
    pub arrivals_at_zero: usize,
    /// From the arrival of those to the next request for capacity, in seconds; absent where none
    /// was ever made.
    pub capacity_requested: Option<Times>,
    /// Arrivals at zero after which capacity was never requested.
    pub never_requested: usize,
    /// From arrival to result, of the completed, in seconds.
    pub result: Option<Times>,
    /// From the last result before each request for zero instances until that request, in seconds:
    /// what is paid after the work.
    pub zero_requested: Option<Times>,
    /// Requests that were completed.
    pub completed: usize,
    /// Requests that waited longer than the endpoint allows.
    pub expired: usize,
    /// Requests whose instance was taken away while they ran.
    pub killed: usize,
    /// Requests that still wait, or run, at the end.
    pub unfinished: usize,
    /// Paid instance time in hours, from in service.
    pub instance_hours: f64,
    /// The part of it in which nothing ran.
    pub idle_hours: f64,
    /// What that costs.
    pub price: Option<f64>,
    /// The most instances that were ever asked for.
    pub most_instances: i32,
    /// From the first arrival to the last result, in seconds, where all were completed.
    pub drained: Option<f64>,
    /// Calls to AWS by the function; AWS's own policies make none that anybody pays.
    pub api_calls: usize,
    /// Invocations of the function that failed.
    pub failed_invocations: usize,
}

impl Outcome {
    /// The figures of a course, at so much for an instance hour.
    pub fn of(course: &Course, price_per_hour: Option<f64>) -> Self {
        let at_zero: Vec<Timestamp> =
            course.jobs.iter().map(arrival).filter(|at| course.desired_at(*at) == 0).collect();
        let waits: Vec<Duration> = at_zero
            .iter()
            .filter_map(|at| course.next_request(*at).map(|then| between(*at, then)))
            .collect();
        let results = course.jobs.iter().filter_map(|job| match job.state {
            JobState::Completed(done) => Some(between(arrival(job), done)),
            _ => None,
        });
        let results: Vec<Duration> = results.collect();
        let count = |wanted: fn(&JobState) -> bool| {
            course.jobs.iter().filter(|job| wanted(&job.state)).count()
        };
        let (completed, expired, killed) = (
            results.len(),
            count(|state| matches!(state, JobState::Expired(_))),
            count(|state| matches!(state, JobState::Killed(_))),
        );
        let mut done_at: Vec<Timestamp> = course
            .jobs
            .iter()
            .filter_map(|job| match job.state {
                JobState::Completed(done) => Some(done),
                _ => None,
            })
            .collect();
        done_at.sort();
        let to_zero = course.requests.iter().filter(|request| request.to == 0 && request.from > 0);
        let after_work = to_zero.filter_map(|request| {
            let before = done_at.partition_point(|done| *done <= request.at);
            let last = done_at.get(before.checked_sub(1)?)?;
            Some(between(*last, request.at))
        });
        let drained = (completed == course.jobs.len())
            .then(|| course.jobs.iter().map(arrival).min().zip(done_at.last().copied()))
            .flatten()
            .map(|(first, last)| between(first, last).as_secs_f64());
        let instance_hours = hours(course.paid);
        Self {
            arrivals: course.jobs.len(),
            arrivals_at_zero: at_zero.len(),
            never_requested: at_zero.len() - waits.len(),
            capacity_requested: times(waits),
            result: times(results),
            zero_requested: times(after_work.collect()),
            completed,
            expired,
            killed,
            unfinished: course.jobs.len() - completed - expired - killed,
            instance_hours,
            idle_hours: hours(course.paid.saturating_sub(course.worked)),
            price: price_per_hour.map(|price| price * instance_hours),
            most_instances: course
                .requests
                .iter()
                .map(|request| request.to)
                .fold(course.desired_at_first, i32::max),
            drained,
            api_calls: course.api_calls,
            failed_invocations: course.failed.len(),
        }
    }
}

/// When a request came into the world.
pub fn arrival(job: &Job) -> Timestamp {
    job.uploaded_at.unwrap_or(job.invoked_at)
}

fn between(from: Timestamp, to: Timestamp) -> Duration {
    to.duration_since(from).try_into().unwrap_or_default()
}

fn hours(time: Duration) -> f64 {
    time.as_secs_f64() / 3600.0
}

/// Nearest rank: each is a time that really occurred.
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
    fn percentiles_are_times_that_occurred() {
        let seconds = |n: u64| (1..=n).map(Duration::from_secs).collect();
        assert_eq!(times(Vec::new()), None);
        assert_eq!(times(seconds(1)), Some(Times { p50: 1.0, p95: 1.0, max: 1.0 }));
        assert_eq!(times(seconds(20)), Some(Times { p50: 10.0, p95: 19.0, max: 20.0 }));
        assert_eq!(times(seconds(21)), Some(Times { p50: 11.0, p95: 20.0, max: 21.0 }));
    }
}
