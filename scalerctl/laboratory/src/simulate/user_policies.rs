//! Policies and alarms of the user, in the JSON format of the AWS CLI.

use std::path::PathBuf;

use reactive_scaler::port::VariantId;
use simulator::{
    AlarmAction, AlarmSpec, PolicyKind, PolicyPut, TrackedMetric, alarms_from_json,
    policies_from_json,
};

use super::endpoint::{ENDPOINT, VARIANT};
use scalerctl_console::Failure;

/// Policies and alarms of the files. They apply to the simulated endpoint.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserPolicies {
    /// Policies by name.
    pub policies: Vec<(String, PolicyKind)>,
    /// Alarms.
    pub alarms: Vec<AlarmSpec>,
}

/// Reads the files. Each has policies or alarms.
///
/// # Errors
///
/// [`Failure::Usage`] with the file and the field that is not valid.
pub fn read(files: &[PathBuf]) -> Result<UserPolicies, Failure> {
    let mut own = UserPolicies::default();
    for file in files {
        let refused = |problem: String| Failure::Usage(format!("{}: {problem}", file.display()));
        let text = std::fs::read_to_string(file).map_err(|error| refused(error.to_string()))?;
        if text.contains("\"AlarmName\"") && !text.contains("\"PolicyName\"") {
            let alarms = alarms_from_json(&text).map_err(|error| refused(error.to_string()))?;
            own.alarms.extend(alarms.into_iter().map(alarm_for_endpoint));
        } else {
            let policies = policies_from_json(&text).map_err(|error| refused(error.to_string()))?;
            own.policies.extend(policies.into_iter().map(policy_for_endpoint));
        }
    }
    Ok(own)
}

fn policy_for_endpoint(put: PolicyPut) -> (String, PolicyKind) {
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

fn alarm_for_endpoint(mut alarm: AlarmSpec) -> AlarmSpec {
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
