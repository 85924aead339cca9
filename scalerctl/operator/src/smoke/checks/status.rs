//! `status`: the function can read the endpoint and is allowed to scale it.

use reactive_scaler::port::VariantId;

use super::super::{
    answer::{Decision, Status, decisions},
    check::{Check, CheckId, Findings},
    read::Facts,
};
use crate::account::cli_commands::{register, register_new, set_parameters, show_parameter};

const ID: CheckId = CheckId::Status;

/// Runs the check.
pub fn examine(facts: &Facts) -> Check {
    let (endpoint, answer) = match (&facts.subject.endpoint, &facts.status) {
        (Ok(endpoint), Some(answer)) => (endpoint, answer),
        (Err(why), _) => return Check::skipped(ID, why),
        (_, None) => return Check::skipped(ID, "the function was not asked"),
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
    if decisions.is_empty() && findings.is_good() {
        let function = &facts.function.arn;
        findings.problem_with_command(
            format!("the function's answer does not contain {endpoint}"),
            "if the stack has no endpoint of its own, set its parameter EndpointName, in the folder \
             of the template",
            set_parameters(function, &format!("EndpointName={endpoint}")),
        );
        findings.or(
            "add a route to the stack's parameter ExtraRoutes; to show its value",
            show_parameter(function, "ExtraRoutes"),
        );
    }
    for decision in &decisions {
        match &decision.status {
            Some(status) => of_variant(decision, status, facts, &mut findings),
            None => findings.problem(
                format!("{endpoint}: {}. {}", decision.reason, decision.meaning()),
                "correct this, and run the command again",
            ),
        }
    }
    findings.check(ID)
}

fn of_variant(decision: &Decision, status: &Status, facts: &Facts, findings: &mut Findings) {
    let variant = decision.variant.as_deref().unwrap_or("unknown");
    let id = format!("endpoint/{}/variant/{variant}", decision.endpoint);
    let count = |count: Option<i32>| count.map_or("unknown".to_owned(), |count| count.to_string());
    let Status { endpoint_status, current, desired, .. } = status;
    findings.saw(format!(
        "{id} is {endpoint_status}, with {} instances, {} desired",
        count(*current),
        count(*desired)
    ));
    match endpoint_status.as_str() {
        "InService" => {}
        "Failed" | "Deleting" => findings.problem(
            format!("{} is {endpoint_status}: it cannot be woken", decision.endpoint),
            "create the endpoint again",
        ),
        _ => findings.note("a wake may have to wait until it is InService"),
    }
    let register = |what: &str| register(&VariantId::new(&decision.endpoint, variant), what);
    let (Some(min), Some(max)) = (status.min_capacity, status.max_capacity) else {
        findings.problem_with_command(
            format!(
                "not_registered: {id} is not a scalable target, so it would never scale to zero"
            ),
            "register it",
            register_new(&VariantId::new(&decision.endpoint, variant), *desired),
        );
        findings.or(
            "let the stack register it, in the folder of the template",
            set_parameters(&facts.function.arn, "ScalableTarget=Register"),
        );
        return;
    };
    findings.saw(format!("it is registered with {min} to {max} instances"));
    let lease = status.lease_ends.as_ref().map(|end| format!("lease until {end}"));
    let work = status.work_ends.as_ref().map(|end| format!("work record until {end}"));
    let hold = status.hold_ends.as_ref().map(|end| format!("hold until {end}"));
    let records: Vec<String> = lease.into_iter().chain(work).chain(hold).collect();
    findings.saw(match records.as_slice() {
        [] => "no lease, no hold".to_owned(),
        records => records.join(", "),
    });
    if min >= 1 && records.is_empty() {
        findings.problem_with_command(
            format!("min_capacity_set: MinCapacity is {min}, so it would never scale to zero"),
            "set it to 0",
            register("--min-capacity 0"),
        );
    }
    if max < 1 {
        findings.problem_with_command(
            format!("max_is_zero: MaxCapacity is {max}, so it would never be woken"),
            "set it to 1 or more",
            register("--max-capacity 1"),
        );
    }
}
