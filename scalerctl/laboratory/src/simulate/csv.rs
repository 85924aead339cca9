//! The figures as CSV.

use serde::Serialize;

use super::{candidate::Candidate, results::Results};

/// A line of the CSV file.
#[derive(Serialize)]
struct Line<'a> {
    policy: String,
    name: &'a str,
    /// The number of the user's policies that are not played. Above 0, `never_requested` and empty results are not
    /// known.
    policies_not_played: usize,
    arrivals: usize,
    arrivals_at_zero: usize,
    capacity_requested_p50_seconds: Option<f64>,
    capacity_requested_p95_seconds: Option<f64>,
    capacity_requested_max_seconds: Option<f64>,
    never_requested: usize,
    result_p50_seconds: Option<f64>,
    result_p95_seconds: Option<f64>,
    result_max_seconds: Option<f64>,
    zero_requested_p50_seconds: Option<f64>,
    zero_requested_p95_seconds: Option<f64>,
    zero_requested_max_seconds: Option<f64>,
    drained_seconds: Option<f64>,
    completed: usize,
    expired: usize,
    killed: usize,
    unfinished: usize,
    most_instances: i32,
    instance_hours: f64,
    idle_hours: f64,
    starting_hours: f64,
    billed_hours: f64,
    price: Option<f64>,
    api_calls: usize,
}

/// A header, and a line for each policy.
///
/// # Errors
///
/// The message of the CSV library.
pub fn of(rows: &[(Candidate, Results)]) -> Result<String, String> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for (candidate, results) in rows {
        let (requested, result) = (results.capacity_requested, results.result);
        writer
            .serialize(Line {
                policy: candidate.id.to_string(),
                name: &candidate.name,
                policies_not_played: results.not_played.len(),
                arrivals: results.arrivals,
                arrivals_at_zero: results.arrivals_at_zero,
                capacity_requested_p50_seconds: requested.map(|times| times.p50),
                capacity_requested_p95_seconds: requested.map(|times| times.p95),
                capacity_requested_max_seconds: requested.map(|times| times.max),
                never_requested: results.never_requested,
                result_p50_seconds: result.map(|times| times.p50),
                result_p95_seconds: result.map(|times| times.p95),
                result_max_seconds: result.map(|times| times.max),
                zero_requested_p50_seconds: results.zero_requested.map(|times| times.p50),
                zero_requested_p95_seconds: results.zero_requested.map(|times| times.p95),
                zero_requested_max_seconds: results.zero_requested.map(|times| times.max),
                drained_seconds: results.drained,
                completed: results.completed,
                expired: results.expired,
                killed: results.killed,
                unfinished: results.unfinished,
                most_instances: results.most_instances,
                instance_hours: results.instance_hours,
                idle_hours: results.idle_hours,
                starting_hours: results.starting_hours,
                billed_hours: results.billed_hours,
                price: results.price,
                api_calls: results.api_calls,
            })
            .map_err(|error| error.to_string())?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
