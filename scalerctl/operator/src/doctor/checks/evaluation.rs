//! The evaluation of a policy with its alarms, by the simulator.

use simulator::{PolicyEffect, Settings};

use super::Facts;
use crate::account::{alarms::Alarm, auto_scaling::Policy};

/// The effect of a policy with one of its alarms. `None`: the simulator cannot evaluate it.
pub fn effect(policy: &Policy, alarm: &Alarm) -> Option<PolicyEffect> {
    let (kind, spec) = (policy.model.as_ref()?, alarm.model.as_ref()?);
    Some(PolicyEffect::of(&policy.id, &policy.name, kind, spec, &Settings::default()))
}

/// Whether the effect is known.
pub fn is_known(effect: &PolicyEffect) -> bool {
    effect.is_known || effect.obstacle.is_some()
}

/// Whether the policy has an effect with one of its alarms. If doctor cannot evaluate it, the answer
/// is `otherwise`.
pub fn has_effect(
    policy: &Policy,
    facts: &Facts,
    is_meant: impl Fn(&PolicyEffect) -> bool,
    otherwise: bool,
) -> bool {
    // Alarms that cannot be read are not missing.
    let Some(alarms) = facts.alarms.as_ref().filter(|_| policy.model.is_some()) else {
        return otherwise;
    };
    let mut alarms = alarms.iter().filter(|alarm| policy.alarms.contains(&alarm.name));
    alarms.any(|alarm| match effect(policy, alarm) {
        Some(effect) => is_meant(&effect) || (otherwise && !is_known(&effect)),
        None => otherwise,
    })
}
