//! Policies that can never act, as `scalerctl doctor` reports them.

use reactive_scaler::port::VariantId;
use simulator::{Obstacle, PolicyEffect, World};

use super::alarm_names::short_name;

/// A sentence for each policy and alarm of a variant that can never change the capacity.
pub fn never_act(world: &World, id: &VariantId) -> Vec<String> {
    let without_alarm =
        world.scaling_policies(id).filter(|policy| world.alarms_of(policy).is_empty());
    let without_alarm = without_alarm.map(|policy| {
        format!("the policy {0} never acts: no alarm has the policy {0} as its action", policy.name)
    });
    let pairs = world.scaling_policies(id).flat_map(|policy| {
        let alarms = world.alarms_of(policy).into_iter();
        alarms.filter_map(|name| world.alarm(&name)).map(move |alarm| (policy, alarm))
    });
    let obstacles = pairs.filter_map(|(policy, alarm)| {
        let effect = PolicyEffect::of(id, &policy.name, &policy.kind, &alarm.spec, &world.settings);
        match effect.obstacle? {
            Obstacle::ScaleInDisabled => None,
            obstacle => Some(format!(
                "the policy {} with the alarm {} never acts: {obstacle}",
                policy.name,
                short_name(alarm)
            )),
        }
    });
    without_alarm.chain(obstacles).collect()
}
