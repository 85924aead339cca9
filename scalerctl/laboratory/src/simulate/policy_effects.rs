//! Findings about the policies of a variant. `scalerctl doctor` reports them by the same names.

use reactive_scaler::port::VariantId;
use simulator::{
    Alarm, MetricName, Obstacle, PerInstanceAtZero, Policy, PolicyEffect, PolicyFindingId, World,
};

use super::{alarm_names::short_name, policy_finding::PolicyFinding};

/// What is wrong with the policies of a variant, each once. `is_alone`: nothing else scales it, and all its policies
/// are here.
pub fn findings(world: &World, id: &VariantId, is_alone: bool) -> Vec<PolicyFinding> {
    let mut found = Vec::new();
    let (mut leaves_zero, mut scales_in, mut count) = (false, false, 0);
    for policy in world.scaling_policies(id) {
        count += 1;
        let alarms = world.alarms_of(policy);
        for alarm in alarms.iter().filter_map(|name| world.alarm(name)) {
            let effect =
                PolicyEffect::of(id, &policy.name, &policy.kind, &alarm.spec, &world.settings);
            leaves_zero |= effect.leaves_zero;
            scales_in |= effect.scales_in;
            of_pair(policy, alarm, &effect, &mut found);
        }
    }
    if count > 0 && is_alone {
        if !leaves_zero {
            let what = format!("no policy scales out at zero instances{}", at_zero(world, id));
            found.push(PolicyFinding::new(PolicyFindingId::NoWayOutOfZero, what));
        }
        if !scales_in {
            let what = "no policy scales in, so an instance that starts is not removed";
            found.push(PolicyFinding::new(PolicyFindingId::NoScaleInPolicy, what));
        }
    }
    let mut once = Vec::new();
    for finding in found {
        if !once.contains(&finding) {
            once.push(finding);
        }
    }
    once
}

fn of_pair(policy: &Policy, alarm: &Alarm, effect: &PolicyEffect, found: &mut Vec<PolicyFinding>) {
    let pair = format!("the policy {} with the alarm {}", policy.name, short_name(alarm));
    if effect.is_too_frequent {
        let what = format!(
            "the alarm {} has a period of {} s, and SageMaker publishes the metric every 60 s",
            short_name(alarm),
            alarm.spec.period.as_secs()
        );
        found.push(PolicyFinding::new(PolicyFindingId::PeriodBelowMetric, what));
    }
    if let Some(obstacle) = &effect.obstacle {
        let what = match obstacle {
            // The same for each alarm of the policy.
            Obstacle::Metric(fault) => format!("the policy {} never acts: {fault}", policy.name),
            obstacle => format!("{pair} never acts: {obstacle}"),
        };
        found.extend(obstacle.finding().map(|id| PolicyFinding::obstacle(id, what)));
        return;
    }
    if let Some(value) = effect.without_step {
        let what = format!("{pair}: no step matches the value {value}");
        found.push(PolicyFinding::new(PolicyFindingId::ValueWithoutStep, what));
    }
}

/// If a policy uses a metric that has no datapoint at zero instances: its name.
fn at_zero(world: &World, id: &VariantId) -> String {
    let per_instance = MetricName::BacklogSizePerInstance;
    let is_absent = world.settings.backlog_per_instance_at_zero == PerInstanceAtZero::Absent;
    let policies = world.scaling_policies(id);
    let alarms = policies.flat_map(|policy| world.alarms_of(policy));
    let mut metrics = alarms.filter_map(|name| world.alarm(&name)?.spec.metric.published());
    match is_absent && metrics.any(|metric| metric == per_instance) {
        true => format!(": {} has no datapoint there", per_instance.as_str()),
        false => String::new(),
    }
}
