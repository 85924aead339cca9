//! A verdict per check, from what was gathered. No I/O.

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

/// Every check, in order.
pub fn all(facts: &Facts) -> Vec<Check> {
    vec![
        function::judge(&facts.function, &facts.subject.routes),
        bucket_events::judge(facts),
        upload_rule::judge(facts),
        status::judge(facts),
        observed_input::judge(facts),
        permissions::judge(facts),
    ]
}

/// Every check where there is no function.
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
