//! Findings about the schedule that sends the function a tick each minute.

use super::{Facts, Finding, FindingId, cli_commands};
use crate::{
    account::{
        Function,
        function_schedule::{FunctionSchedule, ScheduleKind, ScheduleProblem},
        schedule_expression::is_each_minute,
    },
    doctor::read_schedules::INVOKED_OF,
};
use scalerctl_console::suggested::Suggested;

pub fn examine(function: &Function, facts: &Facts, found: &mut Vec<Finding>) {
    let Some(schedules) = &facts.schedules else { return };
    if schedules.iter().any(FunctionSchedule::is_enough) {
        return;
    }
    let arn = function.unqualified_arn();
    let finding = match (facts.invoked, schedules.first()) {
        (Some(INVOKED_OF), _) => not_seen(function, &arn),
        (invoked, None) => {
            let invoked = invoked.map_or_else(String::new, |minutes| {
                format!(", and {minutes} of the last {INVOKED_OF} minutes have an invocation")
            });
            let what = format!(
                "no schedule of EventBridge Scheduler and no rule of EventBridge sends ticks to \
                 {arn}{invoked}"
            );
            let todo = "create a rule that invokes it each minute";
            let finding = Finding::new(FindingId::NoSchedule, what, todo);
            cli_commands::create_schedule(&arn).into_iter().fold(finding, Finding::command)
        }
        (_, Some(first)) => {
            let running = schedules.iter().find(|it| it.problem.is_none());
            let all: Vec<String> = schedules.iter().map(described).collect();
            let (id, what) = match running {
                Some(_) => {
                    (FindingId::ScheduleSlow, "no schedule invokes the function each minute")
                }
                None => (FindingId::NoSchedule, "no enabled schedule invokes the function"),
            };
            let what = format!("{what}: {}", all.join(", "));
            remedied(id, what, running.unwrap_or(first), &arn)
        }
    };
    found.push(finding);
}

/// Something invokes the function each minute. It can be uploads, so that it is not known whether there are ticks.
fn not_seen(function: &Function, arn: &str) -> Finding {
    let what = format!(
        "each of the last {INVOKED_OF} minutes has an invocation of {arn}, but doctor found no \
         schedule that invokes it each minute; uploads invoke it, or for example a state machine"
    );
    let show = "show the decisions of ticks, which the function logs while the endpoint is awake";
    let finding = Finding::new(FindingId::ScheduleNotSeen, what, show);
    let finding = match &function.log_group {
        Some(group) => finding.command(Suggested::aws(format!(
            "logs tail {group} --since 1d --filter-pattern '{{ $.signal = \"tick\" }}'"
        ))),
        None => finding,
    };
    let finding = finding.or("if there are none, create a rule that invokes it each minute");
    cli_commands::create_schedule(arn).into_iter().fold(finding, Finding::command)
}

fn described(schedule: &FunctionSchedule) -> String {
    let problem = schedule.problem.as_ref().map(ScheduleProblem::as_str);
    format!("{} ({})", schedule.name, problem.unwrap_or(&schedule.expression))
}

/// With the commands that let this schedule invoke the function each minute, or replace it.
fn remedied(id: FindingId, what: String, schedule: &FunctionSchedule, arn: &str) -> Finding {
    let FunctionSchedule { name, kind, expression, problem, .. } = schedule;
    let is_each_minute = is_each_minute(expression);
    let is_other = matches!(problem, Some(ScheduleProblem::OtherTarget(_)));
    let removal = match kind {
        // Another rate, or enabling it, would change what its other targets do.
        ScheduleKind::Rule { target, is_shared } if is_other || *is_shared => {
            cli_commands::remove_target(name, target)
        }
        ScheduleKind::Scheduler { group } if is_other => cli_commands::delete_schedule(name, group),
        ScheduleKind::Rule { .. } | ScheduleKind::Scheduler { .. } => {
            let command = match kind {
                ScheduleKind::Rule { .. } => cli_commands::run_rule(name, is_each_minute),
                ScheduleKind::Scheduler { group } => {
                    cli_commands::run_schedule(name, group, is_each_minute)
                }
            };
            return Finding::new(id, what, "let it invoke the function each minute")
                .command(command);
        }
    };
    let todo = "replace it with a rule that invokes the function each minute";
    let commands = std::iter::once(removal).chain(cli_commands::create_schedule(arn));
    commands.fold(Finding::new(id, what, todo), Finding::command)
}
