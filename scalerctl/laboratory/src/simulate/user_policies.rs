//! Policies and alarms of the user, in the JSON format of the AWS CLI.

use std::path::PathBuf;

use reactive_scaler::port::VariantId;
use scalerctl_console::{Failure, input_file};
use simulator::{
    AlarmAction, AlarmSpec, AlarmState, JsonKind, PolicyFindingId, PolicyKind, PolicyPut,
    TrackedMetric, alarms_from_json, kind_of_json, policies_from_json,
};

use super::{
    endpoint::{ENDPOINT, VARIANT},
    policy_finding::PolicyFinding,
};

/// Policies and alarms of the files. They apply to the simulated endpoint.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserPolicies {
    /// Policies by name.
    pub policies: Vec<(String, PolicyKind)>,
    /// Alarms.
    pub alarms: Vec<AlarmSpec>,
    /// Alarms that trigger a policy that is in none of the files.
    pub findings: Vec<PolicyFinding>,
}

/// Reads the files. Each has policies or alarms.
///
/// # Errors
///
/// [`Failure::Usage`] with the file, the entry, and the field that is not valid, or if there is no
/// policy.
pub fn read(files: &[PathBuf]) -> Result<UserPolicies, Failure> {
    let (mut policies, mut alarms) = (Vec::new(), Vec::new());
    for file in files {
        let text = input_file::read("--own", file)?;
        let refused = |error| Failure::Usage(format!("--own {}: {error}", file.display()));
        match kind_of_json(&text).map_err(refused)? {
            JsonKind::Policies => policies.extend(policies_from_json(&text).map_err(refused)?),
            JsonKind::Alarms => alarms.extend(alarms_from_json(&text).map_err(refused)?),
        }
    }
    if policies.is_empty() {
        return Err(Failure::Usage(
            "--own: none of the files has a scaling policy (what to do: also give the output of \
             describe-scaling-policies)"
                .to_owned(),
        ));
    }
    let mut own = UserPolicies::default();
    for alarm in alarms {
        let unknown = |(id, policy): &(&VariantId, &String)| !is_of(&policies, id, policy);
        for (id, policy) in triggered(&alarm).into_iter().filter(unknown) {
            own.findings.push(PolicyFinding::new(
                PolicyFindingId::AlarmWithoutAction,
                format!(
                    "the alarm {} triggers the policy {policy} of {}, which is in none of the files",
                    alarm.name,
                    id.resource_id()
                ),
            ));
        }
        own.alarms.extend(alarm_for_endpoint(alarm, &policies));
    }
    own.policies = policies.into_iter().map(policy_for_endpoint).collect();
    Ok(own)
}

/// The policies that are actions of the alarm.
fn triggered(alarm: &AlarmSpec) -> Vec<(&VariantId, &String)> {
    let states = [AlarmState::Alarm, AlarmState::Ok, AlarmState::InsufficientData];
    let actions = states.into_iter().flat_map(|state| alarm.actions(state));
    let policies = actions.filter_map(|action| match action {
        AlarmAction::Policy { id, policy } => Some((id, policy)),
        AlarmAction::Notify(_) => None,
    });
    policies.collect()
}

fn is_of(policies: &[PolicyPut], id: &VariantId, name: &str) -> bool {
    policies.iter().any(|put| put.id == *id && put.name == name)
}

/// The endpoint that a dimension of a policy of `own` names, in the simulation.
fn simulated(named: &str, own: &str) -> String {
    match named {
        // Without the dimension, there are no datapoints.
        "" => String::new(),
        named if named == own => ENDPOINT.to_owned(),
        ENDPOINT => format!("{ENDPOINT} (another endpoint)"),
        other => other.to_owned(),
    }
}

fn policy_for_endpoint(put: PolicyPut) -> (String, PolicyKind) {
    let kind = match put.kind {
        PolicyKind::TargetTracking(mut tracking) => {
            if let TrackedMetric::Customized { endpoint, .. } = &mut tracking.metric {
                *endpoint = simulated(endpoint, &put.id.endpoint);
            }
            tracking.into()
        }
        steps @ PolicyKind::StepScaling(_) => steps,
    };
    (put.name, kind)
}

/// The alarm on the simulated endpoint. `None`: an alarm of target tracking, which creates its own.
fn alarm_for_endpoint(mut alarm: AlarmSpec, policies: &[PolicyPut]) -> Option<AlarmSpec> {
    let is_tracking = |id: &VariantId, name: &str| {
        policies.iter().any(|put| {
            put.id == *id && put.name == name && matches!(put.kind, PolicyKind::TargetTracking(_))
        })
    };
    let (owner, tracks) = {
        let triggered = triggered(&alarm);
        let known = triggered.iter().find(|(id, policy)| is_of(policies, id, policy));
        let owner = known.map(|(id, _)| id.endpoint.clone());
        (owner, triggered.iter().any(|(id, policy)| is_tracking(id, policy)))
    };
    if tracks {
        return None;
    }
    let first = || policies.first().map(|put| put.id.endpoint.clone());
    let owner = owner.or_else(first).unwrap_or_default();
    alarm.endpoint = simulated(&alarm.endpoint, &owner);
    let lists =
        [&mut alarm.alarm_actions, &mut alarm.ok_actions, &mut alarm.insufficient_data_actions];
    for actions in lists {
        actions.retain(|action| {
            !matches!(action, AlarmAction::Policy { id, policy } if !is_of(policies, id, policy))
        });
        for action in actions {
            if let AlarmAction::Policy { id, .. } = action {
                *id = VariantId::new(ENDPOINT, VARIANT);
            }
        }
    }
    Some(alarm)
}
