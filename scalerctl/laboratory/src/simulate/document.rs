//! The figures for machines: JSON and CSV.

use serde::Serialize;
use serde_json::json;

use super::{assumptions, conditions::Conditions, contender::Contender, outcome::Outcome};
use crate::simulate::args::SimulateArgs;

/// One document with the conditions and a member for each policy.
pub fn json(
    arguments: &SimulateArgs,
    conditions: &Conditions,
    rows: &[(Contender, Outcome)],
) -> String {
    let policies: Vec<_> = rows
        .iter()
        .map(|(contender, outcome)| {
            json!({ "policy": contender.key, "name": contender.name, "outcome": outcome })
        })
        .collect();
    let document = json!({
        "conditions": {
            "arrivals": conditions.arrivals.len(),
            "from": conditions.from,
            "until": conditions.until,
            "provisioning": conditions.provisioning.to_string(),
            "max_capacity": conditions.max,
            "idle_minutes": arguments.scene.idle_minutes,
            "wake_to": arguments.scene.wake_to,
            "seed": conditions.seed,
            "metric_lag_seconds": conditions.settings.metric_lag.as_secs_f64(),
            "scale_in_seconds": conditions.settings.pace.scale_in.as_secs_f64(),
            "event_delay_seconds": conditions.event_delay.as_secs_f64(),
            "price_per_hour": arguments.price_per_hour,
        },
        "assumptions": assumptions::of(conditions),
        "policies": policies,
    });
    format!("{document:#}\n")
}

/// A line of the CSV file. Times are in seconds.
#[derive(Serialize)]
struct Line<'a> {
    policy: &'a str,
    name: &'a str,
    arrivals: usize,
    arrivals_at_zero: usize,
    capacity_requested_p50: Option<f64>,
    capacity_requested_p95: Option<f64>,
    capacity_requested_max: Option<f64>,
    never_requested: usize,
    result_p50: Option<f64>,
    result_p95: Option<f64>,
    result_max: Option<f64>,
    zero_requested_p50: Option<f64>,
    zero_requested_p95: Option<f64>,
    zero_requested_max: Option<f64>,
    drained: Option<f64>,
    completed: usize,
    expired: usize,
    killed: usize,
    unfinished: usize,
    most_instances: i32,
    instance_hours: f64,
    idle_hours: f64,
    price: Option<f64>,
    api_calls: usize,
}

/// A line for each policy, under a line of names.
///
/// # Errors
///
/// What the CSV library says.
pub fn csv(rows: &[(Contender, Outcome)]) -> Result<String, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (contender, outcome) in rows {
        let (requested, result) = (outcome.capacity_requested, outcome.result);
        writer
            .serialize(Line {
                policy: &contender.key,
                name: &contender.name,
                arrivals: outcome.arrivals,
                arrivals_at_zero: outcome.arrivals_at_zero,
                capacity_requested_p50: requested.map(|times| times.p50),
                capacity_requested_p95: requested.map(|times| times.p95),
                capacity_requested_max: requested.map(|times| times.max),
                never_requested: outcome.never_requested,
                result_p50: result.map(|times| times.p50),
                result_p95: result.map(|times| times.p95),
                result_max: result.map(|times| times.max),
                zero_requested_p50: outcome.zero_requested.map(|times| times.p50),
                zero_requested_p95: outcome.zero_requested.map(|times| times.p95),
                zero_requested_max: outcome.zero_requested.map(|times| times.max),
                drained: outcome.drained,
                completed: outcome.completed,
                expired: outcome.expired,
                killed: outcome.killed,
                unfinished: outcome.unfinished,
                most_instances: outcome.most_instances,
                instance_hours: outcome.instance_hours,
                idle_hours: outcome.idle_hours,
                price: outcome.price,
                api_calls: outcome.api_calls,
            })
            .map_err(|error| error.to_string())?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| error.to_string())
}
