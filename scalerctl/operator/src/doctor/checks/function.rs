//! Findings about the function: missing, not active, or with failures.

use reactive_scaler::config::{Mode, SHORTEST_IDLE};

use super::{Facts, Finding, FindingId, FunctionLookup, ticks};
use crate::account::{Function, routes::Routes};
use scalerctl_console::{shell_quoting::quoted, suggested::Suggested};

/// How to leave the mode `observe`.
const SET_MODE: &str = "set the stack's parameter ScalerMode to act, in the folder of the template";

pub fn examine(facts: &Facts, found: &mut Vec<Finding>) {
    let endpoint = &facts.endpoint.name;
    match &facts.deployed {
        FunctionLookup::NotSeen => {}
        // The finding that nothing scales the endpoint already reports it.
        FunctionLookup::None { .. }
            if found
                .iter()
                .any(|it| [FindingId::NoWayOutOfZero, FindingId::NoWayToZero].contains(&it.id)) => {
        }
        FunctionLookup::None { unread } => {
            let unreadable = match unread.as_slice() {
                [] => String::new(),
                some => format!("; doctor cannot read the routes of: {}", some.join(", ")),
            };
            let what = format!("no function in this region has a route for {endpoint}{unreadable}");
            let finding = Finding::new(
                FindingId::NoFunction,
                what,
                "deploy the function, in the folder of its source code",
            );
            let finding = facts.deployment().into_iter().fold(finding, Finding::command);
            let named = |finding: Finding, arn: &String| {
                let name = |it: &str| quoted(it);
                finding.or("if this function covers the endpoint, name it").command(
                    Suggested::scalerctl(format!(
                        "doctor {} --function {}",
                        name(endpoint),
                        name(arn)
                    )),
                )
            };
            found.push(unread.iter().fold(finding, named));
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
            ticks::examine(function, facts, found);
            settings(function, routes, facts, found);
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
    let what = format!(
        "its State is {}, its LastUpdateStatus {}: {}",
        function.state,
        function.last_update,
        reason.unwrap_or("no reason given")
    );
    let (what_to_do, command) = match function.state.as_str() {
        "Pending" => {
            let name = quoted(&function.arn);
            let wait =
                Suggested::aws(format!("lambda wait function-active-v2 --function-name {name}"));
            ("wait until it is Active", Some(wait))
        }
        _ => ("deploy the stack again", None),
    };
    let finding = Finding::new(FindingId::FunctionInactive, what, what_to_do);
    found.push(command.into_iter().fold(finding, Finding::command));
}

fn settings(function: &Function, routes: &Routes, facts: &Facts, found: &mut Vec<Finding>) {
    let endpoint = &facts.endpoint.name;
    let set = |finding: Finding, parameters: &str| {
        facts.set_parameters(parameters).into_iter().fold(finding, Finding::command)
    };
    let mode = Mode::read(|_| function.mode.clone());
    match (routes, &mode) {
        (Routes::Unusable(problem), _) => found.push(Finding::new(
            FindingId::SettingsUnusable,
            problem.clone(),
            "correct the stack's parameters EndpointName, InputBucket and ExtraRoutes",
        )),
        (_, Err(problem)) => {
            let problem = problem.to_string();
            let finding = Finding::new(FindingId::SettingsUnusable, problem, SET_MODE);
            found.push(set(finding, "ScalerMode=act"));
        }
        (Routes::Stored(place), _) => found.push(
            Finding::new(
                FindingId::RoutesNotSeen,
                format!("SCALER_ROUTES is {place}"),
                "use scalerctl smoke, which asks the function itself",
            )
            .command(Suggested::scalerctl(format!(
                "smoke --function {} --endpoint {}",
                quoted(&function.arn),
                quoted(endpoint)
            ))),
        ),
        (Routes::Here(_), _) if routes.covering(endpoint).is_none() => {
            let what = format!("no route of {} covers {endpoint}", function.arn);
            let finding = Finding::new(
                FindingId::NotRouted,
                what,
                "if the stack has no endpoint of its own, set its parameter EndpointName, in the \
                 folder of the template",
            );
            found.push(set(finding, &format!("EndpointName={endpoint}")).or_by(
                "add a route to the stack's parameter ExtraRoutes; to show its value",
                facts.show_parameter("ExtraRoutes"),
            ));
        }
        (Routes::Here(_), _) => {}
    }
    if mode == Ok(Mode::Observe) {
        let finding = Finding::new(FindingId::ObserveMode, "SCALER_MODE is observe", SET_MODE);
        found.push(set(finding, "ScalerMode=act"));
    }
    if let Some(route) = routes.covering(endpoint)
        && !route.results
        && route.window() < SHORTEST_IDLE
    {
        let finding = Finding::new(
            FindingId::IdleBelowMetricLag,
            format!(
                "idle_minutes is {}, and job_minutes {}",
                route.idle_minutes, route.job_minutes
            ),
            "set the stack's parameter IdleMinutes to 5 or more, in the folder of the template",
        );
        found.push(set(finding, "IdleMinutes=5"));
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
            Some(group) => finding.command(Suggested::aws(format!(
                "logs filter-log-events --log-group-name {group} --filter-pattern '{{ $.level \
                 = \"ERROR\" }}'"
            ))),
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
            .command(Suggested::aws(format!(
                "sqs receive-message --queue-url {}",
                Suggested::aws(format!(
                    "sqs get-queue-url --queue-name {queue} --query QueueUrl --output text"
                ))
                .output()
            ))),
        );
    }
}
