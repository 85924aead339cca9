//! The user's own policies and alarms, from what the AWS CLI takes and prints.

use std::path::PathBuf;

use reactive_scaler::port::VariantId;
use simulator::{
    AlarmAction, AlarmSpec, PolicyKind, PolicyPut, TrackedMetric, alarms_from_json,
    policies_from_json,
};

use super::endpoint::{ENDPOINT, VARIANT};
use scalerctl_common::Failure;

/// Policies and alarms that the user's files hold, on the laboratory's endpoint whatever theirs is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Own {
    /// Policies by name.
    pub policies: Vec<(String, PolicyKind)>,
    /// Alarms.
    pub alarms: Vec<AlarmSpec>,
}

/// Reads the files: each holds policies or alarms.
///
/// # Errors
///
/// [`Failure::Usage`] with the file and the field that cannot be used.
pub fn read(files: &[PathBuf]) -> Result<Own, Failure> {
    let mut own = Own::default();
    for file in files {
        let refused = |problem: String| Failure::Usage(format!("{}: {problem}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|error| refused(error.to_string()))?;
        // Alarms have a metric where policies have a type.
        if text.contains("\"AlarmName\"") && !text.contains("\"PolicyName\"") {
            let alarms = alarms_from_json(&text).map_err(|error| refused(error.to_string()))?;
            own.alarms.extend(alarms.into_iter().map(on_ours));
        } else {
            let policies = policies_from_json(&text).map_err(|error| refused(error.to_string()))?;
            own.policies.extend(policies.into_iter().map(policy_on_ours));
        }
    }
    Ok(own)
}

fn policy_on_ours(put: PolicyPut) -> (String, PolicyKind) {
    let kind = match put.kind {
        PolicyKind::TargetTracking(mut tracking) => {
            if let TrackedMetric::Customized { endpoint, .. } = &mut tracking.metric {
                ENDPOINT.clone_into(endpoint);
            }
            tracking.into()
        }
        steps @ PolicyKind::StepScaling(_) => steps,
    };
    (put.name, kind)
}

fn on_ours(mut alarm: AlarmSpec) -> AlarmSpec {
    ENDPOINT.clone_into(&mut alarm.endpoint);
    let lists =
        [&mut alarm.alarm_actions, &mut alarm.ok_actions, &mut alarm.insufficient_data_actions];
    for action in lists.into_iter().flatten() {
        if let AlarmAction::Policy { id, .. } = action {
            *id = VariantId::new(ENDPOINT, VARIANT);
        }
    }
    alarm
}
