//! The evaluation of a policy with one of its alarms, by the simulator.

use simulator::{PolicyEffect, Settings};

use super::{Facts, metric};
use crate::account::{alarms::Alarm, auto_scaling::Policy, metrics::SAGEMAKER};

/// The period of the metrics of SageMaker, in seconds.
pub const METRIC_PERIOD: i32 = 60;

/// The effect of a policy with one of its alarms. `None`: it is not evaluated, or another finding
/// is about it.
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

/// Whether the metric is one of SageMaker. The values of other metrics are not known.
pub fn is_of_sagemaker(alarm: &Alarm) -> bool {
    alarm.metric.as_ref().is_some_and(|metric| metric.namespace == SAGEMAKER)
}

/// Whether the period is shorter than that of the metric.
pub fn is_too_frequent(alarm: &Alarm) -> bool {
    is_of_sagemaker(alarm) && alarm.period < METRIC_PERIOD
}
