//! `permissions`: the function's role has the permissions for all calls, according to the simulation by IAM.

use super::super::{
    check::{Check, CheckId, Findings},
    iam::Simulated,
    read::Facts,
};
use crate::account::cli_commands::{add_to_parameter, set_parameters};

const ID: CheckId = CheckId::Permissions;

/// Runs the check.
pub fn examine(facts: &Facts) -> Check {
    let role = &facts.function.role;
    let simulation = match (&facts.permissions, &facts.subject.endpoint) {
        (Some(Ok(simulation)), _) => simulation,
        (Some(Err(error)), _) if error.kind().is_forbidden() => {
            return Check::skipped(
                ID,
                "you cannot call iam:SimulatePrincipalPolicy: status proves the read permissions, \
                 and the first wake shows the write permissions",
            );
        }
        (Some(Err(error)), _) => {
            let mut findings = Findings::default();
            if error.is("NoSuchEntity") {
                findings.problem(
                    error.to_string(),
                    "deploy again: the function's role was \
                                                     deleted",
                );
            } else {
                findings.refused(error);
            }
            return findings.check(ID);
        }
        (None, Err(why)) => return Check::skipped(ID, why),
        (None, Ok(_)) => return Check::skipped(ID, "IAM was not asked"),
    };
    let mut findings = Findings::default();
    let simulated = &simulation.results;
    let allowed = simulated.iter().filter(|one| one.decision == "allowed").count();
    findings.saw(format!("{role} is allowed {allowed} of {} actions", simulated.len()));
    let mut unknown = Vec::new();
    for one in simulated.iter().filter(|one| one.decision != "allowed") {
        let Simulated { action, resource, decision, missing } = one;
        let why_unknown = if !missing.is_empty() {
            Some(format!(
                "it depends on {}, which the simulation does not know",
                missing.join(", ")
            ))
        } else if !simulation.supports_conditions {
            Some("the simulation of this AWS does not support conditions".to_owned())
        } else {
            None
        };
        if let ("implicitDeny", Some(why)) = (decision.as_str(), why_unknown) {
            unknown.push(action.as_str());
            findings.note(format!("{action} on {resource} is unknown: {why}"));
            continue;
        }
        let what = format!("{action} on {resource} is not allowed ({decision})");
        let function = &facts.function.arn;
        match (decision.as_str(), &facts.subject.endpoint) {
            ("explicitDeny", _) => findings.problem(
                what,
                format!(
                    "find the statement that denies it: in the policies of {role}, its permissions \
                     boundary, or the organization's policies"
                ),
            ),
            (_, Ok(endpoint)) if resource.contains(":endpoint/") => {
                findings.problem_with_command(
                    what,
                    "if the stack has no endpoint of its own, set its parameter EndpointName, in \
                     the folder of the template",
                    set_parameters(function, &format!("EndpointName={endpoint}")),
                );
                findings.or(
                    "add the endpoint's ARN, in lower case, to the stack's parameter \
                     ExtraEndpointArns",
                    add_to_parameter(function, "ExtraEndpointArns", resource),
                );
            }
            _ => findings.problem(what, format!("allow it in the policy of {role}")),
        }
    }
    if simulated.is_empty() {
        return findings.skipped(ID, "IAM returned no result");
    }
    match unknown.as_slice() {
        some if !some.is_empty() && findings.is_good() => {
            let why = format!("unknown for {}", some.join(", "));
            findings.skipped(ID, why)
        }
        _ => findings.check(ID),
    }
}
