//! Findings about the policies: the metrics that they use, and whether they scale out from zero and in to zero.

use reactive_scaler::{decide::MinOwner, lease::Records, port::ScalableTarget};

use super::{
    Coverage, Facts, Finding, FindingId, VariantFacts, cli_commands, evaluation, metric, schedules,
};
use crate::account::{
    alarms::Alarm,
    auto_scaling::{Policy, PolicyKind, Tracked},
    watched_metric::WatchedMetric,
};

/// Default name of a policy that is created in the console.
const BUILT_IN: &str = "SageMakerEndpointInvocationScalingPolicy";

/// Name for a new policy that scales out from zero.
const WAKE_POLICY: &str = "scale-out-from-zero";

pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let Some(policies) = &variant.policies else { return };
    // A variant that is not registered has no policies.
    let Some(Some(target)) = &variant.target else { return };
    let id = &variant.id;
    for policy in policies {
        watched(policy, facts, found);
    }
    duplicates(policies, found);
    if min_without_function(variant, target, facts) == 0
        && target.max > 0
        && !leaves_zero(variant, policies, facts)
    {
        found.push(
            Finding::new(
                FindingId::NoWayOutOfZero,
                format!("no policy scales out at zero instances, and {}", facts.unmanaged()),
                match facts.function() {
                    Some(_) => {
                        "correct what another finding reports about the function; to scale out \
                         without it, create a step scaling policy on HasBacklogWithoutCapacity \
                         with its alarm"
                    }
                    None => {
                        "create a step scaling policy on HasBacklogWithoutCapacity with its alarm"
                    }
                },
            )
            .command(cli_commands::put_wake_policy(id, WAKE_POLICY))
            .command(cli_commands::put_alarm_of_new_policy(id, WAKE_POLICY))
            .or_by("deploy the function, in the folder of its source code", facts.deployment()),
        );
    }
}

/// `MinCapacity` after the function's leases and holds have ended.
pub fn min_without_function(variant: &VariantFacts, target: &ScalableTarget, facts: &Facts) -> i32 {
    let records =
        variant.actions.as_deref().map(|actions| Records::read(actions, &variant.id, facts.now));
    match records {
        Some(records) => match MinOwner::of(target, &records) {
            MinOwner::None | MinOwner::Ours | MinOwner::OursEnding => 0,
            MinOwner::Owner => target.min,
        },
        None => target.min,
    }
}

/// Whether the policy may scale in with its alarms.
pub fn may_scale_in(policy: &Policy, facts: &Facts) -> bool {
    evaluation::has_effect(policy, facts, |effect| effect.scales_in, scales_in(policy))
}

/// Whether the policy is configured to scale in.
pub fn scales_in(policy: &Policy) -> bool {
    match &policy.kind {
        PolicyKind::TargetTracking(tracking) => tracking.scales_in,
        PolicyKind::StepScaling(steps) => {
            let exact = steps.adjustment == "ExactCapacity";
            steps.steps.iter().any(|step| *step < 0 || (exact && *step == 0))
        }
        PolicyKind::Other => false,
    }
}

/// The metrics of the policy, from its own configuration or from its alarms.
fn watches<'a>(policy: &'a Policy, alarms: &'a [Alarm]) -> Vec<&'a WatchedMetric> {
    match &policy.kind {
        PolicyKind::TargetTracking(tracking) => match &tracking.metric {
            Tracked::Metric(watched) => vec![watched],
            Tracked::Predefined(_) | Tracked::Math => Vec::new(),
        },
        PolicyKind::StepScaling(_) | PolicyKind::Other => alarms
            .iter()
            .filter(|alarm| policy.alarms.contains(&alarm.name))
            .filter_map(|alarm| alarm.metric.as_ref())
            .collect(),
    }
}

fn watched(policy: &Policy, facts: &Facts, found: &mut Vec<Finding>) {
    if let PolicyKind::TargetTracking(tracking) = &policy.kind
        && let Tracked::Predefined(name) = &tracking.metric
    {
        let what = format!("the policy {} tracks {name}", policy.name);
        found.push(backlog_instead(FindingId::MetricNotPublished, what, policy));
    }
    for watched in watches(policy, facts.alarms()) {
        let Some(fault) = metric::fault(watched, &facts.endpoint.name) else { continue };
        let what = format!("the policy {} uses {watched}", policy.name);
        found.push(backlog_instead(fault, what, policy));
    }
}

/// A finding that is fixed by replacing the policy with the policy of the template.
fn backlog_instead(id: FindingId, what: String, policy: &Policy) -> Finding {
    Finding::new(id, what, "delete the policy, and scale on the backlog of this endpoint")
        .command(cli_commands::delete_policy(&policy.id, &policy.name))
        .command(cli_commands::put_backlog_policy(&policy.id))
}

/// Reports two target tracking policies of which one is probably a duplicate.
fn duplicates(policies: &[Policy], found: &mut Vec<Finding>) {
    let tracked = |policy: &Policy| match &policy.kind {
        PolicyKind::TargetTracking(tracking) => match &tracking.metric {
            Tracked::Metric(watched) => Some(watched.name.clone()),
            Tracked::Predefined(name) => Some(name.clone()),
            Tracked::Math => Some(String::new()),
        },
        PolicyKind::StepScaling(_) | PolicyKind::Other => None,
    };
    let tracking: Vec<(&Policy, String)> =
        policies.iter().filter_map(|policy| Some((policy, tracked(policy)?))).collect();
    for (index, (policy, metric)) in tracking.iter().enumerate() {
        let same = tracking.iter().take(index).find(|(other, name)| {
            name == metric || other.name == BUILT_IN || policy.name == BUILT_IN
        });
        let Some((other, _)) = same else { continue };
        let spare = if other.name == BUILT_IN { other } else { policy };
        let what = format!(
            "the policies {} and {} are both target tracking policies; one may be meant to replace \
             the other",
            other.name, policy.name
        );
        let what_to_do = format!("if {} is the one that you do not want, delete it", spare.name);
        found.push(
            Finding::new(FindingId::TwoPolicies, what, what_to_do)
                .command(cli_commands::delete_policy(&spare.id, &spare.name)),
        );
    }
}

/// Whether something may scale out from zero, as far as doctor can read.
fn leaves_zero(variant: &VariantFacts, policies: &[Policy], facts: &Facts) -> bool {
    let wakes = |policy| evaluation::has_effect(policy, facts, |effect| effect.leaves_zero, true);
    facts.coverage() != Coverage::Unmanaged
        || schedules::may_act(variant, facts, |action| action.min.is_some_and(|min| min > 0))
        || policies.iter().any(wakes)
}
