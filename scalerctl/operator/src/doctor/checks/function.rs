//! Findings about the function: missing, not active, or with failures.

use reactive_scaler::config::{Mode, SHORTEST_IDLE};

use super::{Facts, Finding, FindingId, FunctionLookup};
use crate::account::{Function, routes::Routes};

pub fn examine(facts: &Facts, found: &mut Vec<Finding>) {
    let endpoint = &facts.endpoint.name;
    match &facts.deployed {
        FunctionLookup::NotSeen => {}
        // The finding that nothing scales out from zero already reports it.
        FunctionLookup::None { .. }
            if found.iter().any(|it| it.id == FindingId::NoWayOutOfZero) => {}
        FunctionLookup::None { unread } => {
            let unread = match unread.as_slice() {
                [] => String::new(),
                some => format!("; doctor cannot read the routes of: {}", some.join(", ")),
            };
            found.push(Finding::new(
                FindingId::NoFunction,
                format!("no function in this region has a route for {endpoint}{unread}"),
                "deploy the stack, or set the function with --function",
            ));
        }
        FunctionLookup::Here { function, routes, others } => {
            state(function, found);
            if !others.is_empty() {
                found.push(Finding::new(
                    FindingId::TwoFunctions,
                    format!(
                        "{} has a route for {endpoint}, and so has: {}",
                        function.arn,
                        others.join(", ")
                    ),
                    "keep one of the functions, and remove the endpoint from the routes of the \
                     others",
                ));
            }
            settings(function, routes, endpoint, found);
            failures(function, facts, found);
        }
    }
}

fn state(function: &Function, found: &mut Vec<Finding>) {
    // A function becomes inactive if it is not invoked for a long time. The next event activates it.
    if matches!(function.state.as_str(), "Active" | "Inactive") && function.last_update != "Failed"
    {
        return;
    }
    let reason = function.state_reason.as_deref().or(function.last_update_reason.as_deref());
    found.push(Finding::new(
        FindingId::FunctionInactive,
        format!(
            "its State is {}, its LastUpdateStatus {}: {}",
            function.state,
            function.last_update,
            reason.unwrap_or("no reason given")
        ),
        "deploy the stack again, or wait while it is Pending",
    ));
}

fn settings(function: &Function, routes: &Routes, endpoint: &str, found: &mut Vec<Finding>) {
    let mode = Mode::read(|_| function.mode.clone());
    match (routes, &mode) {
        (Routes::Unusable(problem), _) => found.push(Finding::new(
            FindingId::SettingsUnusable,
            problem.clone(),
            "correct the stack's parameters EndpointName, InputBucket and ExtraRoutes",
        )),
        (_, Err(problem)) => found.push(Finding::new(
            FindingId::SettingsUnusable,
            problem.to_string(),
            "set the stack's parameter ScalerMode to act",
        )),
        (Routes::Stored(place), _) => found.push(Finding::new(
            FindingId::RoutesNotSeen,
            format!("SCALER_ROUTES is {place}"),
            "use scalerctl smoke, which asks the function itself",
        )),
        (Routes::Here(_), _) if routes.covering(endpoint).is_none() => found.push(Finding::new(
            FindingId::NotRouted,
            format!("no route of {} covers {endpoint}", function.arn),
            "set the stack's parameter EndpointName, or add a route to ExtraRoutes",
        )),
        (Routes::Here(_), _) => {}
    }
    if mode == Ok(Mode::Observe) {
        found.push(Finding::new(
            FindingId::ObserveMode,
            "SCALER_MODE is observe",
            "set the stack's parameter ScalerMode to act",
        ));
    }
    if let Some(route) = routes.covering(endpoint)
        && route.idle_minutes < SHORTEST_IDLE.as_mins()
    {
        found.push(Finding::new(
            FindingId::IdleBelowMetricLag,
            format!("idle_minutes is {}", route.idle_minutes),
            "set the stack's parameter IdleMinutes to 5 or more",
        ));
    }
}

fn failures(function: &Function, facts: &Facts, found: &mut Vec<Finding>) {
    if facts.function_errors > 0.0 {
        let finding = Finding::new(
            FindingId::FunctionErrors,
            format!("the function failed {} times in the last day", facts.function_errors),
            "read its log",
        );
        found.push(match &function.log_group {
            Some(group) => finding.command(format!(
                "aws logs filter-log-events --log-group-name {group} --filter-pattern '{{ $.level \
                 = \"ERROR\" }}'"
            )),
            None => finding,
        });
    }
    if let Some((queue, count)) = &facts.dead_letters
        && *count > 0.0
    {
        found.push(
            Finding::new(
                FindingId::DeadLetters,
                format!("{count} dead letters are in {queue}"),
                "read one without removing it",
            )
            .command(format!(
                "aws sqs receive-message --queue-url \"$(aws sqs get-queue-url --queue-name \
                 {queue} --query QueueUrl --output text)\""
            )),
        );
    }
}
