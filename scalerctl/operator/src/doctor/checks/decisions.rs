//! Findings about the function's recent decisions: calls that AWS refused, and wakes that brought no instance.

use reactive_scaler::{aws_errors::kind_of, port::FailureKind};

use super::{
    Facts, Finding, FindingId, VariantFacts,
    activities::{INSTANCE_POOLS, decoded, show_config},
};
use crate::account::decision_log::LoggedDecision;
use scalerctl_console::suggested::Suggested;

pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let name = &variant.id.variant;
    let of_variant = |it: &&LoggedDecision| it.variant.as_ref().is_none_or(|it| it == name);
    let decisions: Vec<_> = facts.log.decisions.iter().filter(of_variant).collect();
    refused(variant, &decisions, facts, found);
    repeated(variant, &decisions, facts, found);
}

/// Reports refused calls, until a later decision had no failures and there were instances, or they were removed.
fn refused(
    variant: &VariantFacts,
    decisions: &[&LoggedDecision],
    facts: &Facts,
    found: &mut Vec<Finding>,
) {
    let succeeded = |it: &&&LoggedDecision| {
        it.failures.is_empty()
            && (it.from.is_some_and(|from| from > 0) || it.to.is_some_and(|to| to > 0))
    };
    let failed = decisions.iter().rev().take_while(|it| !succeeded(it));
    for decision in failed {
        for failure in &decision.failures {
            let Some(finding) = finding(decision, failure, variant, facts) else { continue };
            // Only the latest of each kind is reported.
            if !found.iter().any(|other| other.id == finding.id) {
                found.push(finding);
            }
        }
    }
}

fn finding(
    decision: &LoggedDecision,
    failure: &str,
    variant: &VariantFacts,
    facts: &Facts,
) -> Option<Finding> {
    // What the function suggests is for its own log.
    let what = failure.rsplit_once(" (what to do: ").map_or(failure, |(what, _)| what);
    let (_, answer) = what.split_once("AWS answered ")?;
    let (code, message) = answer.split_once(": ")?;
    let source =
        format!("the function's decision of {}", decision.at.strftime("%Y-%m-%d %H:%M:%S UTC"));
    match kind_of(code, message, false) {
        FailureKind::Quota => Some(decoded(&source, message, &variant.id, facts)),
        FailureKind::Throttled => Some(throttled(&format!("{source}: {what}"))),
        _ => None,
    }
}

fn throttled(what: &str) -> Finding {
    let operation = what.split(" on ").next().and_then(|it| it.rsplit(' ').next());
    let operation = operation.unwrap_or("UpdateEndpointWeightsAndCapacities");
    Finding::new(
        FindingId::CallsThrottled,
        what,
        "wait, the function tries again each minute; if it lasts, find out who else makes these calls",
    )
    .command(Suggested::aws(format!(
        "cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue={operation}"
    )))
}

/// Reports wakes after which the variant was at zero again, without a sleep of the function in between.
fn repeated(
    variant: &VariantFacts,
    decisions: &[&LoggedDecision],
    facts: &Facts,
    found: &mut Vec<Finding>,
) {
    // `FailureReason` is there only between two changes.
    let is_explained = found.iter().any(|it| it.id == FindingId::NoInstances);
    if is_explained || variant.current != Some(0) {
        return;
    }
    let since_sleep = decisions.iter().rev().take_while(|it| it.action != "sleep");
    let wakes = since_sleep.filter(|it| {
        it.failures.is_empty() && !it.observe_only && it.from == Some(0) && it.to > Some(0)
    });
    let wakes: Vec<_> = wakes.collect();
    let (Some(newest), Some(oldest)) = (wakes.first(), wakes.last()) else { return };
    // A tick repeats a wake for this reason only.
    if newest.reason != "lease_unserved" || wakes.len() < 2 {
        return;
    }
    let what = format!(
        "the function requested instances {} times since {}, and none is in service",
        wakes.len(),
        oldest.at.strftime("%Y-%m-%d %H:%M:%S UTC"),
    );
    found.push(
        Finding::new(
            FindingId::WakeRepeated,
            what,
            "wait, the function tries again; to see whether AWS has no instance, wait until the change ends, and \
             show FailureReason",
        )
        .command(Suggested::aws(format!(
            "sagemaker describe-endpoint --endpoint-name {} --query '[EndpointStatus,FailureReason]'",
            facts.endpoint.name
        )))
        .or(INSTANCE_POOLS)
        .command(show_config(facts)),
    );
}
