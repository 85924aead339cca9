//! Findings about the effect of each policy and its alarms, from the simulator.

use simulator::{Obstacle, PolicyEffect, PolicyKind, Settings};

use super::{Facts, Finding, FindingId, VariantFacts, alarms, cli_commands, metric};
use crate::account::{alarms::Alarm, auto_scaling::Policy, metrics::SAGEMAKER};

/// The period of the metrics of SageMaker, in seconds.
const METRIC_PERIOD: i32 = 60;

/// Examines each policy with each of its alarms.
pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    for policy in variant.policies.iter().flatten() {
        let alarms = facts.alarms().iter().filter(|alarm| policy.alarms.contains(&alarm.name));
        let alarms: Vec<&Alarm> = alarms.collect();
        let is_known = |alarm: &&Alarm| alarm.model.is_some() && is_of_sagemaker(alarm);
        if policy.model.is_none() || !alarms.iter().all(is_known) {
            found.push(not_evaluated(policy));
        }
        for alarm in alarms {
            if is_too_frequent(alarm) {
                found.push(short_period(alarm));
            } else if !alarms::is_edited(policy, alarm, facts) {
                examine_one(policy, alarm, facts, found);
            }
        }
    }
}

/// The effect of a policy with one of its alarms. `None` if the simulator cannot evaluate it, or if another
/// finding reports it.
pub fn effect(policy: &Policy, alarm: &Alarm, facts: &Facts) -> Option<PolicyEffect> {
    let fault =
        alarm.metric.as_ref().and_then(|watched| metric::fault(watched, &facts.endpoint.name));
    let is_triggered = alarm.actions.iter().any(|action| action.starts_with(&policy.arn));
    if fault.is_some() || !is_triggered || is_too_frequent(alarm) || !is_of_sagemaker(alarm) {
        return None;
    }
    let (kind, spec) = (policy.model.as_ref()?, alarm.model.as_ref()?);
    Some(PolicyEffect::of(&policy.id, &policy.name, kind, spec, &Settings::default()))
}

fn examine_one(policy: &Policy, alarm: &Alarm, facts: &Facts, found: &mut Vec<Finding>) {
    let Some(effect) = effect(policy, alarm, facts) else { return };
    let pair = format!("the policy {} with the alarm {}", policy.name, alarm.name);
    match effect.obstacle {
        None => {}
        Some(Obstacle::ScaleInDisabled) => return,
        Some(obstacle) => {
            found.push(replace(FindingId::PolicyNeverActs, format!("{pair}: {obstacle}"), policy));
            return;
        }
    }
    if let Some(value) = effect.without_step {
        let what = format!("{pair}: no step matches the value {value}");
        found.push(replace(FindingId::ValueWithoutStep, what, policy));
    }
}

/// A finding that is fixed by replacing the policy.
fn replace(id: FindingId, what: String, policy: &Policy) -> Finding {
    match &policy.model {
        Some(PolicyKind::StepScaling(_)) => Finding::new(
            id,
            what,
            "correct the steps or the alarm; to scale out from zero by one instance",
        )
        .command(cli_commands::put_wake_policy(&policy.id, &policy.name))
        .command(cli_commands::put_wake_alarm(policy)),
        _ => Finding::new(id, what, "delete the policy, and scale on the backlog per instance")
            .command(cli_commands::delete_policy(&policy.id, &policy.name))
            .command(cli_commands::put_backlog_policy(&policy.id)),
    }
}

fn not_evaluated(policy: &Policy) -> Finding {
    let what = format!("doctor cannot evaluate the policy {} with its alarms", policy.name);
    Finding::new(FindingId::NotEvaluated, what, "check it yourself")
        .command(cli_commands::show_policy(&policy.id, &policy.name))
}

/// The values of other metrics are not known.
fn is_of_sagemaker(alarm: &Alarm) -> bool {
    alarm.metric.as_ref().is_some_and(|metric| metric.namespace == SAGEMAKER)
}

fn is_too_frequent(alarm: &Alarm) -> bool {
    is_of_sagemaker(alarm) && alarm.period < METRIC_PERIOD
}

fn short_period(alarm: &Alarm) -> Finding {
    Finding::new(
        FindingId::PeriodBelowMetric,
        format!("the alarm {} has a period of {} s", alarm.name, alarm.period),
        format!("set its period to {METRIC_PERIOD} s; to show the alarm"),
    )
    .command(format!(
        "aws cloudwatch describe-alarms --alarm-names {}",
        cli_commands::quoted(&alarm.name)
    ))
}
