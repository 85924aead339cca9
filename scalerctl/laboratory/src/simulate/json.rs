//! The figures as JSON.

use serde_json::json;

use super::{assumptions, candidate::Candidate, results::Results, scenario::Scenario};
use crate::simulate::args::SimulateArgs;

/// One document with the scenario and a member for each policy.
pub fn of(arguments: &SimulateArgs, scenario: &Scenario, rows: &[(Candidate, Results)]) -> String {
    let policies: Vec<_> = rows
        .iter()
        .map(|(candidate, results)| {
            json!({ "policy": candidate.id.to_string(), "name": candidate.name, "outcome": results })
        })
        .collect();
    let document = json!({
        "conditions": {
            "arrivals": scenario.arrivals.len(),
            "from": scenario.from,
            "until": scenario.until,
            "provisioning": scenario.provisioning.to_string(),
            "max_capacity": scenario.max,
            "idle_minutes": arguments.scenario.idle_minutes,
            "job_minutes": arguments.scenario.job_minutes,
            "wake_to": arguments.scenario.wake_to,
            "seed": scenario.seed,
            "metric_lag_seconds": scenario.settings.metric_lag.as_secs_f64(),
            "scale_in_seconds": scenario.settings.pace.scale_in.as_secs_f64(),
            "event_delay_seconds": scenario.event_delay.as_secs_f64(),
            "price_per_hour": arguments.price_per_hour,
        },
        "assumptions": assumptions::of(scenario),
        "policies": policies,
    });
    format!("{document:#}\n")
}
