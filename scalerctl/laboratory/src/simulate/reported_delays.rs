//! Delays that users report of the policies of AWS, next to what the model computes.

use std::time::Duration;

use super::{
    candidate::{Deployment, built_in},
    candidate_id::CandidateId,
    compare::run_all,
    distribution::DurationDistribution,
    results::Results,
    scenario::Scenario,
    table::short,
    tariff::Tariff,
    workload::{Pattern, begin},
};
use scalerctl_console::Failure;

/// A reported delay, and that of the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportedDelay {
    /// The candidate and the delay.
    pub what: &'static str,
    /// What users report.
    pub reported: &'static str,
    /// Where they report it.
    pub source: &'static str,
    /// The delay of the model.
    pub modelled: String,
    /// The same delay with reactive-scaler.
    pub with_function: String,
}

/// Simulates one upload to an endpoint at zero instances, with the default delays.
///
/// # Errors
///
/// If there is no runtime.
pub fn compare() -> Result<Vec<ReportedDelay>, Failure> {
    let processing = DurationDistribution::Fixed(Duration::from_secs(45));
    let day = begin() + Duration::from_secs(24 * 3600);
    let scenario = Scenario::new(Pattern::Single.arrivals(1, &processing, 1), day);
    let deployment = Deployment {
        idle_minutes: 10,
        job_minutes: 15,
        wake_to: 1,
        inputs_per_instance: None,
        buffer_seconds: 60,
    };
    let mut wanted = built_in(deployment);
    wanted.retain(|candidate| {
        use CandidateId::{BacklogPerInstance, HasBacklog, ReactiveScaler};
        matches!(candidate.id, BacklogPerInstance | HasBacklog | ReactiveScaler)
    });
    let compared = run_all(&wanted, &scenario, Tariff::default())?;
    let [(_, _, per_instance), (_, _, has_backlog), (_, _, function)] = compared.as_slice() else {
        return Ok(Vec::new());
    };
    let requested = |results: &Results| {
        results.capacity_requested.map_or_else(|| "never".to_owned(), |times| short(times.max))
    };
    let zero = |results: &Results| {
        results.zero_requested.map_or_else(|| "never".to_owned(), |times| short(times.max))
    };
    Ok(vec![
        ReportedDelay {
            what: "backlog-per-instance: from an upload at zero to the request for an instance",
            reported: "it stays at zero, or rarely scales out",
            source: "https://repost.aws/questions/QUT4xru2SdTSqtoNyt1XV3VA/configuring-auto-scaling-for-sagemaker-async-inference",
            modelled: requested(per_instance),
            with_function: requested(function),
        },
        ReportedDelay {
            what: "has-backlog: from an upload at zero to the request for an instance",
            reported: "about 5 minutes: a metric 2 to 3 minutes late, then 3 datapoints",
            source: "users of async endpoints; the high alarm of target tracking, as the console shows it",
            modelled: requested(has_backlog),
            with_function: requested(function),
        },
        ReportedDelay {
            what: "has-backlog: from the last result to the request for zero",
            reported: "15 datapoints of a minute, with the same delay",
            source: "the low alarm of target tracking, as the console shows it",
            modelled: zero(has_backlog),
            with_function: zero(function),
        },
    ])
}
