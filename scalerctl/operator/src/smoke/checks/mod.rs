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
use crate::account::function_search::{NamedBy, NamedFunction};

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
pub fn without_function(named: &NamedFunction, error: &CallError) -> Vec<Check> {
    let (problem, remedy) = match &named.by {
        NamedBy::Option => (
            error.to_string(),
            "use --function with the stack's output FunctionName, and --region".to_owned(),
        ),
        by => (
            format!("{by} names {}: {error}", named.name),
            format!("correct {by}, or set the function's region with --region"),
        ),
    };
    CheckId::ALL
        .into_iter()
        .map(|id| match id {
            CheckId::Function => {
                let mut findings = Findings::default();
                findings.problem(problem.clone(), remedy.as_str());
                findings.check(id)
            }
            _ => Check::skipped(id, "the function does not exist"),
        })
        .collect()
}
