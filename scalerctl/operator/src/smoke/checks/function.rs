//! `function`: the function exists and is active, and its settings are valid.

use reactive_scaler::config::Mode;

use super::super::{
    Function,
    check::{Check, CheckId, Findings},
    routes::Routes,
};
use crate::account::cli_commands::set_parameters;
use scalerctl_console::suggested::Suggested;

/// Runs the check.
pub fn examine(function: &Function, routes: &Routes) -> Check {
    let mut findings = Findings::default();
    state(function, &mut findings);
    match routes {
        Routes::Here(routes) => findings.saw(match routes.len() {
            1 => "SCALER_ROUTES has 1 route".to_owned(),
            count => format!("SCALER_ROUTES has {count} routes"),
        }),
        Routes::Stored(place) => {
            findings.saw(format!("SCALER_ROUTES is {place}"));
            findings.note(
                "the function reads stored routes; the check status shows whether it \
                           could",
            );
        }
        Routes::Unusable(problem) => findings.problem(
            problem,
            "correct the stack's parameters EndpointName, InputBucket, InputPrefix, InputSuffix \
             and ExtraRoutes, and deploy again",
        ),
    }
    match Mode::read(|_| function.mode.clone()) {
        Ok(Mode::Act) => findings.saw("SCALER_MODE is act"),
        Ok(Mode::Observe) => {
            findings.saw("SCALER_MODE is observe");
            findings.note(
                "the function only reports what it would do: set the stack's parameter \
                 ScalerMode=act to let it wake the endpoint",
            );
        }
        Err(error) => {
            let set = |mode| set_parameters(&function.arn, &format!("ScalerMode={mode}"));
            let to_act =
                "set the stack's parameter ScalerMode to act, in the folder of the template";
            findings.problem_with_command(error.to_string(), to_act, set("act"));
            findings.or("to change nothing, set it to observe", set("observe"));
        }
    }
    findings.check(CheckId::Function)
}

fn state(function: &Function, findings: &mut Findings) {
    let Function { arn, state, last_update, .. } = function;
    let because = |reason: &Option<String>| {
        reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default()
    };
    match state.as_str() {
        "Active" => findings.saw("State is Active"),
        state => {
            let what = format!("State is {state}, not Active{}", because(&function.state_reason));
            match state {
                "Pending" => findings.problem_with_command(
                    what,
                    "wait for it",
                    Suggested::aws(format!("lambda wait function-active-v2 --function-name {arn}")),
                ),
                "Inactive" => findings.problem(
                    what,
                    "run the command again: an invocation makes the function active",
                ),
                _ => findings.problem(what, "correct the reason, and deploy again"),
            }
        }
    }
    match last_update.as_str() {
        "Successful" => findings.saw("LastUpdateStatus is Successful"),
        status => {
            let reason = because(&function.last_update_reason);
            let what = format!("LastUpdateStatus is {status}, not Successful{reason}");
            match status {
                "InProgress" => findings.problem_with_command(
                    what,
                    "wait for it",
                    Suggested::aws(format!(
                        "lambda wait function-updated-v2 --function-name {arn}"
                    )),
                ),
                _ => findings.problem(what, "correct the reason, and deploy again"),
            }
        }
    }
}
