//! The figures as JSON.

use serde_json::json;

use super::{
    assumptions, candidate::Candidate, conditions::Conditions, results::Results, verdict::Verdict,
};
use crate::simulate::args::SimulateArgs;

/// One document with the verdict, the scenario, and a member for each policy.
pub fn of(
    arguments: &SimulateArgs,
    conditions: &Conditions<'_>,
    verdict: &Verdict,
    rows: &[(Candidate, Results)],
) -> String {
    let scenario = conditions.scenario;
    let policies: Vec<_> = rows
        .iter()
        .map(|(candidate, results)| {
            json!({
                "policy": candidate.id.to_string(),
                "name": candidate.name,
                "source": candidate.source,
                "outcome": results,
            })
        })
        .collect();
    let document = json!({
        "verdict": verdict,
        "conditions": {
            "workload": conditions.workload,
            "arrivals": scenario.arrivals.len(),
            "from": scenario.from,
            "billed_until": scenario.billed_until,
            "requests_followed_until": scenario.until,
            "billed_from": conditions.tariff.from.text(),
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
        "assumptions": assumptions::of(scenario, conditions.tariff),
        "policies": policies,
    });
    format!("{document:#}\n")
}
