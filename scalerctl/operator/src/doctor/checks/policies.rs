//! The policies: what they watch, and whether they lead out of zero and back.

use super::{Facts, Finding, FindingId, FunctionLookup, VariantFacts, cli_commands, metric};
use crate::account::{
    alarms::Alarm,
    auto_scaling::{Policy, PolicyKind, Tracked},
    watched_metric::WatchedMetric,
};

/// The name that the console gives its policy.
const BUILT_IN: &str = "SageMakerEndpointInvocationScalingPolicy";

pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    let Some(policies) = &variant.policies else { return };
    // Without registration there are none.
    let Some(Some(target)) = &variant.target else { return };
    let id = &variant.id;
    for policy in policies {
        watched(policy, facts, found);
    }
    duplicates(policies, found);
    if target.min == 0 && target.max > 0 && !leaves_zero(variant, policies, facts) {
        found.push(Finding::new(
            FindingId::NoWayOutOfZero,
            "MinCapacity is 0, no policy scales out at zero instances, and no function covers \
             the endpoint",
            format!(
                "deploy the function with a route for {}, or add step scaling on \
                 HasBacklogWithoutCapacity (see \"Autoscale an asynchronous endpoint\" in the \
                 SageMaker guide)",
                id.endpoint
            ),
        ));
    }
    if !policies.iter().any(scales_in) {
        found.push(Finding::new(
            FindingId::NoScaleInPolicy,
            "no policy of the scalable target scales in",
            format!(
                "{} (or the stack's parameter ScalableTarget=Register)",
                cli_commands::put_backlog_policy(id)
            ),
        ));
    }
}

/// Whether the policy takes instances away.
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

/// What the policy watches: by its own specification, or by its alarms.
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
    let id = &policy.id;
    if let PolicyKind::TargetTracking(tracking) = &policy.kind
        && let Tracked::Predefined(name) = &tracking.metric
    {
        found.push(Finding::new(
            FindingId::MetricNotPublished,
            format!("the policy {} tracks {name}", policy.name),
            format!(
                "create a policy on the backlog, and delete this one: {}",
                cli_commands::delete_policy(id, &policy.name)
            ),
        ));
    }
    for watched in watches(policy, facts.alarms()) {
        let Some(fault) = metric::fault(watched, &facts.endpoint.name) else { continue };
        let fix = match fault {
            FindingId::MetricNotPublished => "create a policy on the backlog, and delete this one",
            _ => "update the policy to the dimension",
        };
        let fix = match fault {
            FindingId::MetricNotPublished => {
                format!("{fix}: {}", cli_commands::delete_policy(id, &policy.name))
            }
            _ => format!(
                "{fix} EndpointName={} alone; to show it: {}",
                facts.endpoint.name,
                cli_commands::show_policy(id, &policy.name)
            ),
        };
        let what = format!("the policy {} uses {watched}", policy.name);
        found.push(Finding::new(fault, what, fix));
    }
}

/// Two target tracking policies where one was meant.
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
        found.push(Finding::new(
            FindingId::TwoPolicies,
            format!(
                "the policies {} and {} are both target tracking policies; one may be meant to \
                 replace the other",
                other.name, policy.name
            ),
            format!(
                "delete the one that you do not want, such as {}: {}",
                spare.name,
                cli_commands::delete_policy(&spare.id, &spare.name)
            ),
        ));
    }
}

/// Whether anything scales out at zero instances, as far as is seen.
fn leaves_zero(variant: &VariantFacts, policies: &[Policy], facts: &Facts) -> bool {
    // A function that may cover the endpoint is not said to be missing.
    let function = match &facts.deployed {
        FunctionLookup::None { unseen } => !unseen.is_empty(),
        FunctionLookup::NotSeen | FunctionLookup::Here { .. } => true,
    };
    let scheduled = variant
        .actions
        .as_ref()
        .is_none_or(|actions| actions.iter().any(|action| action.min.is_some_and(|min| min > 0)));
    function || scheduled || policies.iter().any(|policy| wakes(policy, facts))
}

/// Whether the policy may scale out at zero. One with a fault of its own is not blamed twice.
pub fn wakes(policy: &Policy, facts: &Facts) -> bool {
    let watches = watches(policy, facts.alarms());
    let faulty = |watched: &&WatchedMetric| metric::fault(watched, &facts.endpoint.name).is_some();
    let absent = |watched: &&WatchedMetric| watched.name == metric::PER_INSTANCE;
    match &policy.kind {
        PolicyKind::TargetTracking(tracking) => match &tracking.metric {
            Tracked::Metric(watched) => faulty(&watched) || !absent(&watched),
            Tracked::Predefined(_) => true,
            Tracked::Math => true,
        },
        PolicyKind::StepScaling(steps) => {
            let out = steps.steps.iter().any(|step| *step > 0);
            let on_absent_only = !watches.is_empty()
                && watches.iter().all(|watched| absent(watched) && !faulty(watched));
            out && !on_absent_only
        }
        PolicyKind::Other => true,
    }
}
