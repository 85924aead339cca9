//! `observed-input`: the function's answer to an `observe` request states that it would wake the endpoint for
//! the upload.

use reactive_scaler::{port::VariantId, reason::Reason};

use super::super::{
    answer::{Decision, decisions},
    check::{Check, CheckId, Findings},
    read::Facts,
};
use crate::account::cli_commands::register;

const ID: CheckId = CheckId::ObservedInput;

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
        known => findings.problem(
            format!("it would not be woken, {reason}: {}", decision.meaning()),
            match known {
                Some(reason) => advice(reason, decision),
                None => "deploy the version of the function that belongs to this \
                         scalerctl"
                    .to_owned(),
            },
        ),
    }
}

/// What to do so that the function can wake an endpoint that it ignores for this reason.
fn advice(reason: Reason, decision: &Decision) -> String {
    let register = |what: &str| {
        let variant = decision.variant.as_deref().unwrap_or("VARIANT");
        register(&VariantId::new(&decision.endpoint, variant), what)
    };
    match reason {
        Reason::NotAsync => "deploy the endpoint with an AsyncInferenceConfig, or remove its route",
        Reason::Serverless => "remove its route: a serverless variant scales itself",
        Reason::ManagedInstanceScaling => {
            "turn ManagedInstanceScaling off in the endpoint's configuration, or remove its route"
        }
        Reason::MaxIsZero => return register("--max-capacity 1"),
        Reason::ScalingOutSuspended => {
            return register("--suspended-state DynamicScalingOutSuspended=false");
        }
        Reason::EndpointFailed | Reason::EndpointDeleting | Reason::EndpointMissing => {
            "create the endpoint again"
        }
        _ => "see the check status, and run the command again",
    }
    .to_owned()
}
