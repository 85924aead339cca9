//! The result of each check, from the facts. No I/O.

mod bucket_events;
mod function;
mod observed_input;
mod permissions;
mod status;
mod upload_rule;

use super::{
    CallError,
    check::{Check, CheckId, Findings},
    read::Facts,
};

/// All checks, in order.
pub fn all(facts: &Facts) -> Vec<Check> {
    vec![
        function::examine(&facts.function, &facts.subject.routes),
        bucket_events::examine(facts),
        upload_rule::examine(facts),
        status::examine(facts),
        observed_input::examine(facts),
        permissions::examine(facts),
    ]
}

/// All checks if the function does not exist.
pub fn without_function(error: &CallError) -> Vec<Check> {
    CheckId::ALL
        .into_iter()
        .map(|id| match id {
            CheckId::Function => {
                let mut findings = Findings::default();
                findings.problem(
                    error.to_string(),
                    "use --function with the stack's output FunctionName, and --region",
                );
                findings.check(id)
            }
            _ => Check::skipped(id, "the function does not exist"),
        })
        .collect()
}
