//! The checks that derive the findings from the facts. No I/O.

mod activities;
mod alarms;
mod decisions;
mod effects;
mod endpoint;
mod evaluation;
mod function;
mod late_metrics;
mod metric;
mod policies;
mod removal;
mod results;
mod schedules;
mod target;
mod ticks;
mod timing;
mod uploads;

use super::{Coverage, Facts, Finding, FunctionLookup, finding::FindingId, read::VariantFacts};
use crate::account::cli_commands;
use scalerctl_console::advice::Advice;

/// All findings in the order of their kinds, the most severe first.
pub fn all(facts: &Facts) -> Vec<Finding> {
    let mut found = Vec::new();
    endpoint::examine(facts, &mut found);
    for variant in &facts.variants {
        target::examine(variant, facts, &mut found);
        policies::examine(variant, facts, &mut found);
        removal::examine(variant, facts, &mut found);
        alarms::examine(variant, facts, &mut found);
        effects::examine(variant, facts, &mut found);
        activities::examine(variant, facts, &mut found);
        decisions::examine(variant, facts, &mut found);
        late_metrics::examine(variant, facts, &mut found);
        timing::examine(variant, facts, &mut found);
    }
    uploads::examine(facts, &mut found);
    results::examine(facts, &mut found);
    function::examine(facts, &mut found);
    for error in &facts.call_errors {
        let Advice { what_to_do, command } = error.advice();
        let finding = Finding::new(FindingId::NotReadable, error.to_string(), what_to_do);
        found.push(command.into_iter().fold(finding, Finding::command));
    }
    found.sort_by_key(|finding| (std::cmp::Reverse(finding.severity()), finding.id));
    found.dedup();
    found
}
