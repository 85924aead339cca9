//! `observed-input`: the function's answer to an `observe` request states that it would wake the endpoint for
//! the upload.

use reactive_scaler::{port::VariantId, reason::Reason};

use super::super::{
    answer::{Decision, decisions},
    check::{Check, CheckId, Findings},
    read::Facts,
};
use crate::account::cli_commands::register;
use scalerctl_console::suggested::Suggested;

const ID: CheckId = CheckId::ObservedInput;

const OTHER_VERSION: &str = "deploy the version of the function that belongs to this scalerctl";

/// Runs the check.
pub fn examine(facts: &Facts) -> Check {
    let (Ok(endpoint), Ok(upload), Some(answer)) =
        (&facts.subject.endpoint, &facts.subject.upload, &facts.observed)
    else {
        let why = [facts.subject.endpoint.as_ref().err(), facts.subject.upload.as_ref().err()];
        let why = why.into_iter().flatten().next().map_or("the function was not asked", |why| why);
        return Check::skipped(ID, why);
    };
    let mut findings = Findings::default();
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            findings.refused(error);
            return findings.check(ID);
        }
    };
    let decisions = decisions(answer, &facts.function, &mut findings);
    let (ours, others): (Vec<&Decision>, Vec<&Decision>) =
        decisions.iter().partition(|decision| decision.endpoint == *endpoint);
    for decision in &others {
        findings.note(format!(
            "the same upload also matches {}: {} ({})",
            decision.endpoint, decision.action, decision.reason
        ));
    }
    if ours.is_empty() && findings.is_good() {
        findings.problem(
            format!("no route matches s3://{}/{} for {endpoint}", upload.bucket, upload.key),
            "compare the route's bucket, prefix and suffix with the key; if the route covers \
             several endpoints, register the endpoint with MinCapacity 0 and check the route's \
             \"to\"",
        );
    }
    for decision in ours {
        of_endpoint(decision, &mut findings);
    }
    findings.check(ID)
}

fn of_endpoint(decision: &Decision, findings: &mut Findings) {
    let Decision { endpoint, action, reason, .. } = decision;
    let count = |count: Option<i32>| count.map_or("unknown".to_owned(), |count| count.to_string());
    findings.saw(format!(
        "{endpoint}: {action} ({reason}), desired capacity from {} to {}; nothing was written",
        count(decision.from),
        count(decision.to)
    ));
    if decision.name_was_cut {
        findings.note(
            "name_was_cut: the name in the key was truncated, and may match other endpoints \
                   too",
        );
    }
    if let Some(why) = &decision.floor_withheld {
        findings.note(format!("floor_withheld, {why}: a policy may still scale in"));
    }
    if action == "wake" {
        return;
    }
    match decision.known_reason() {
        Some(
            Reason::LeaseFresh
            | Reason::LeaseRenewed
            | Reason::LeaseLive
            | Reason::OnTheWayUp
            | Reason::MinCapacitySet
            | Reason::NotRegistered,
        ) => findings.saw("it is already awake"),
        Some(Reason::EndpointBusy) => findings.note(
            "SageMaker currently accepts no change of capacity; the lease is written, and the next \
             tick wakes the endpoint",
        ),
        known => {
            let what = format!("it would not be woken, {reason}: {}", decision.meaning());
            match known.and_then(|reason| command(reason, decision)) {
                Some((what_to_do, command)) => {
                    findings.problem_with_command(what, what_to_do, command);
                }
                None => findings.problem(what, known.map_or(OTHER_VERSION, advice)),
            }
        }
    }
}

/// The command that lets the function wake an endpoint that it ignores for this reason.
fn command(reason: Reason, decision: &Decision) -> Option<(&'static str, Suggested)> {
    let (what_to_do, options) = match reason {
        Reason::MaxIsZero => ("set it to 1 or more", "--max-capacity 1"),
        Reason::ScalingOutSuspended => {
            ("resume it", "--suspended-state DynamicScalingOutSuspended=false")
        }
        _ => return None,
    };
    let id = VariantId::new(&decision.endpoint, decision.variant.as_deref()?);
    Some((what_to_do, register(&id, options)))
}

/// What to do so that the function can wake an endpoint that it ignores for this reason.
fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::NotAsync => "deploy the endpoint with an AsyncInferenceConfig, or remove its route",
        Reason::Serverless => "remove its route: a serverless variant scales itself",
        Reason::ManagedInstanceScaling => {
            "turn ManagedInstanceScaling off in the endpoint's configuration, or remove its route"
        }
        Reason::EndpointFailed | Reason::EndpointDeleting | Reason::EndpointMissing => {
            "create the endpoint again"
        }
        _ => "see the check status, and run the command again",
    }
}
