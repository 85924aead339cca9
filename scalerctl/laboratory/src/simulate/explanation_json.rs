//! An explanation as JSON.

use serde_json::json;

use super::{
    assumptions, compare::Compared, explanation::story, scaling_causes::triggers,
    scenario::Scenario, tariff::Tariff,
};

/// One document with what happened under each policy.
pub fn of(scenario: &Scenario, explained: &[Compared]) -> String {
    let policies = explained.iter().map(|(candidate, record, results)| {
        let lines = story(record)
            .into_iter()
            .map(|(at, kind, what)| json!({ "at": at, "kind": kind, "what": what }));
        let [scale_out, scale_in] = triggers(record, results);
        json!({
            "policy": candidate.id.to_string(),
            "name": candidate.name,
            "lines": lines.collect::<Vec<_>>(),
            "scale_out": scale_out,
            "scale_in": scale_in,
            "findings": results.findings,
            "not_played": results.not_played,
            "notes": results.notes,
        })
    });
    let document = json!({
        "from": scenario.from,
        "until": scenario.until,
        "assumptions": assumptions::of(scenario, Tariff::default()),
        "policies": policies.collect::<Vec<_>>(),
    });
    format!("{document:#}\n")
}
