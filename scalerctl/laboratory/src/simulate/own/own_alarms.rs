//! The alarms that belong to the policies, and how many others the files have.

use reactive_scaler::port::VariantId;
use scalerctl_console::Failure;
use simulator::{AlarmAction, AlarmSpec, PolicyFindingId, PolicyKind, PolicyPut};

use super::entry::Entry;
use crate::simulate::policy_finding::PolicyFinding;

/// The alarms of the policies.
#[derive(Default)]
pub struct OwnAlarms {
    /// Those that trigger step scaling, with their place in a file.
    pub alarms: Vec<(Entry, AlarmSpec)>,
    /// Alarms that trigger a policy of the endpoint that is in none of the files.
    pub findings: Vec<PolicyFinding>,
    /// The number of alarms that target tracking made.
    pub of_tracking: usize,
    /// The number of alarms that trigger none of the policies.
    pub others: usize,
}

/// Sorts the alarms of the files. Only those of step scaling are read in full.
///
/// # Errors
///
/// [`Failure::Usage`] if one of those is not valid.
pub fn of(policies: &[PolicyPut], alarms: Vec<Entry>) -> Result<OwnAlarms, Failure> {
    let mut own = OwnAlarms::default();
    for entry in alarms {
        let actions = entry.actions();
        let triggered: Vec<(&VariantId, &String)> = actions
            .iter()
            .filter_map(|action| match action {
                AlarmAction::Policy { id, policy } => Some((id, policy)),
                AlarmAction::Notify(_) => None,
            })
            .collect();
        let is_tracking = |put: &&PolicyPut| matches!(put.kind, PolicyKind::TargetTracking(_));
        let known = |(id, name): &(&VariantId, &String)| {
            policies.iter().find(|put| put.id == **id && put.name == **name)
        };
        let policies_of: Vec<&PolicyPut> = triggered.iter().filter_map(known).collect();
        let of_endpoint = |id: &VariantId| policies.iter().any(|put| put.id == *id);
        let missing = triggered.iter().filter(|it| known(it).is_none() && of_endpoint(it.0));
        own.findings.extend(missing.map(|(id, policy)| {
            let name = entry.text("AlarmName").unwrap_or_default();
            let what = format!(
                "the alarm {name} triggers the policy {policy} of {}, which is in none of the files",
                id.resource_id()
            );
            PolicyFinding::new(PolicyFindingId::AlarmWithoutAction, what)
        }));
        if policies_of.is_empty() {
            own.others += 1;
        } else if policies_of.iter().all(is_tracking) {
            own.of_tracking += 1;
        } else {
            let alarm = entry.alarm()?;
            own.alarms.push((entry, alarm));
        }
    }
    Ok(own)
}
