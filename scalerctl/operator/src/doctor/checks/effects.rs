//! Findings about the effect of each policy and its alarms, from the simulator.

use simulator::{Obstacle, PolicyKind};

use super::{
    Facts, Finding, FindingId, VariantFacts, alarms, cli_commands,
    evaluation::{effect, is_known},
};
use crate::account::{alarms::Alarm, auto_scaling::Policy};
use scalerctl_console::{shell_quoting::quoted, suggested::Suggested};

/// Examines each policy with each of its alarms.
pub fn examine(variant: &VariantFacts, facts: &Facts, found: &mut Vec<Finding>) {
    for policy in variant.policies.iter().flatten() {
        let alarms = facts.alarms().iter().filter(|alarm| policy.alarms.contains(&alarm.name));
        let alarms: Vec<&Alarm> = alarms.collect();
        let is_evaluated = |alarm: &&Alarm| effect(policy, alarm).is_some_and(|it| is_known(&it));
        if policy.model.is_none() || !alarms.iter().all(is_evaluated) {
            found.push(not_evaluated(policy));
        }
        for alarm in alarms {
            if !alarms::is_edited(policy, alarm, facts) {
                examine_one(policy, alarm, found);
            }
        }
    }
}

fn examine_one(policy: &Policy, alarm: &Alarm, found: &mut Vec<Finding>) {
    let Some(effect) = effect(policy, alarm) else { return };
    if effect.is_too_frequent {
        found.push(short_period(alarm));
    }
    let pair = format!("the policy {} with the alarm {}", policy.name, alarm.name);
    match effect.obstacle {
        None => {}
        // Intended, or another finding is about it.
        Some(
            Obstacle::ScaleInDisabled
            | Obstacle::ActionsDisabled
            | Obstacle::NotAnAction
            | Obstacle::Metric(_),
        ) => return,
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

fn short_period(alarm: &Alarm) -> Finding {
    Finding::new(
        FindingId::PeriodBelowMetric,
        format!("the alarm {} has a period of {} s", alarm.name, alarm.period),
        "set its period to 60 s; to show the alarm",
    )
    .command(Suggested::aws(format!(
        "cloudwatch describe-alarms --alarm-names {}",
        quoted(&alarm.name)
    )))
}
