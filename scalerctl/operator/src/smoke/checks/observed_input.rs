//! `observed-input`: the function's answer to an `observe` request states that it would wake the endpoint for
//! the upload.

use reactive_scaler::{port::VariantId, reason::Reason};

use super::super::{
    answer::{Decision, decisions},
    check::{Check, CheckId, Findings},
    read::Facts,
};
use crate::account::cli_commands::{register, resume, show_config, show_routes};
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
        let function = &facts.function.arn;
        findings.problem_with_command(
            format!("no route matches s3://{}/{} for {endpoint}", upload.bucket, upload.key),
            "compare the route's bucket, prefix and suffix with the key; to show the routes",
            show_routes(function),
        );
        findings.or(
            "if the route covers several endpoints, check the route's \"to\", and whether the endpoint \
             is registered",
            Suggested::scalerctl(format!("doctor {endpoint} --function {function}")),
        );
    }
    for decision in ours {
        of_endpoint(decision, facts, &mut findings);
    }
    findings.check(ID)
}

fn of_endpoint(decision: &Decision, facts: &Facts, findings: &mut Findings) {
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
            match known {
                Some(reason) => not_woken(what, reason, decision, facts, findings),
                None => findings.problem(what, OTHER_VERSION),
            }
        }
    }
}

/// Adds the problem that the function ignores the endpoint for this reason.
fn not_woken(
    what: String,
    reason: Reason,
    decision: &Decision,
    facts: &Facts,
    findings: &mut Findings,
) {
    const REMOVE: &str = "remove its route; to show the routes";
    let endpoint = &decision.endpoint;
    let id = decision.variant.as_ref().map(|variant| VariantId::new(endpoint, variant));
    let routes = show_routes(&facts.function.arn);
    match (reason, id) {
        (Reason::NotAsync, _) => {
            let create = "create the endpoint again with an AsyncInferenceConfig; to show its \
                          configuration";
            findings.problem_with_command(what, create, show_config(endpoint));
            findings.or(REMOVE, routes);
        }
        (Reason::ManagedInstanceScaling, _) => {
            let update = "update the endpoint to a configuration without ManagedInstanceScaling; to \
                          show the present one";
            findings.problem_with_command(what, update, show_config(endpoint));
            findings.or(REMOVE, routes);
        }
        (Reason::Serverless, _) => findings.problem_with_command(what, REMOVE, routes),
        (Reason::MaxIsZero, Some(id)) => findings.problem_with_command(
            what,
            "set MaxCapacity to 1 or more",
            register(&id, "--max-capacity 1"),
        ),
        (Reason::ScalingOutSuspended, Some(id)) => findings.problem_with_command(
            what,
            "resume scaling out",
            resume(&id, "DynamicScalingOutSuspended"),
        ),
        (Reason::EndpointFailed | Reason::EndpointDeleting | Reason::EndpointMissing, _) => {
            findings.problem(what, "create the endpoint again");
        }
        _ => findings.problem(what, "see the check status, and run the command again"),
    }
}
