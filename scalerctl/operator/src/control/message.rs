//! The message of a command that did not succeed, and what to do.

use reactive_scaler::reason::Reason;

use super::{CommandReport, CommandResult};
use crate::account::cli_commands;
use scalerctl_console::suggested::Suggested;

/// The message if it did not succeed, with what to do.
pub fn of(report: &CommandReport) -> Option<String> {
    let CommandReport { id, next, dry_run, waits, .. } = report;
    let name = &id.endpoint;
    let would = |done: &str| if *dry_run { format!("would be {done}") } else { done.to_owned() };
    let (queued, refused) = (would("queued"), would("refused"));
    Some(match &report.verdict {
        // The failed call is the message.
        CommandResult::Succeeded | CommandResult::Incomplete => return None,
        CommandResult::Queued(Reason::ScalingOutSuspended) => {
            let no_wait = if *waits {
                "; --wait has no effect, because no instance is requested until then"
            } else {
                ""
            };
            format!(
                "{name}: {queued}: a deployed function wakes the endpoint when scaling out is resumed \
                 and the lease or hold is live{no_wait} (what to do: resume it with `{}`)",
                next.resume("out")
            )
        }
        CommandResult::Queued(_) => format!(
            "{name}: {queued}: a deployed function wakes the endpoint when it is InService (what to do: {})",
            when_in_service(
                report,
                "to request the capacity without a function, run the command with --wait"
            )
        ),
        CommandResult::Unregistered => format!(
            "{name}: {refused}: the variant {} is not registered as a scalable target, so nothing \
             would stop its instance (what to do: register it with `{}`)",
            id.variant,
            cli_commands::register_new(id, report.before.desired)
        ),
        CommandResult::Refused(reason) => format!(
            "{name}: {refused}, {}: {} (what to do: {})",
            reason.as_str(),
            reason.meaning(),
            advice(*reason, report)
        ),
        CommandResult::NotReached(why) => format!("{name}: {why}"),
    })
}

/// What the user can do if the endpoint is not `InService`. `wait`: the advice for a command without `--wait`, before
/// the command.
fn when_in_service(report: &CommandReport, wait: &str) -> String {
    match (report.waits, report.dry_run) {
        (false, _) => format!("{wait}: `{}`", Suggested::again("--wait")),
        (true, true) => {
            "nothing: with --wait, the command waits until then, and then tries again".to_owned()
        }
        (true, false) => format!(
            "run the command again when the endpoint is InService; to see its status `{}`",
            report.next.status("")
        ),
    }
}

/// What the user can do about a refusal.
fn advice(reason: Reason, report: &CommandReport) -> String {
    let CommandReport { id, next, .. } = report;
    let advice = match reason {
        Reason::NotRegistered => {
            let command = cli_commands::register_new(id, report.before.desired);
            return format!("register the variant with `{command}`");
        }
        Reason::MinCapacitySet => {
            return format!(
                "set it to 0 with `{}`",
                cli_commands::register(id, "--min-capacity 0")
            );
        }
        Reason::MaxIsZero => {
            return format!(
                "set it to 1 with `{}`",
                cli_commands::register(id, "--max-capacity 1")
            );
        }
        Reason::LeaseLive => {
            return format!("wait until it ends, or end it with `{}`", next.sleep("--force"));
        }
        Reason::WorkOutstanding => {
            return format!(
                "wait until each upload has a result; uploads from before the idle window do not \
                 prevent `{}`",
                next.sleep("--force")
            );
        }
        Reason::Backlog => "wait until the work is done: --force does not ignore a backlog",
        Reason::BacklogUnknown => {
            "wait: at least 3 datapoints of ApproximateBacklogSize, all 0, must cover the idle \
             window, and CloudWatch delays them by 2 to 3 minutes"
        }
        Reason::WorkSlippedIn => "nothing: there is work to do",
        Reason::NotInService | Reason::EndpointBusy => {
            return when_in_service(
                report,
                "run the command with --wait, which waits until the endpoint is InService",
            );
        }
        Reason::ScalingInSuspended => return format!("resume it with `{}`", next.resume("in")),
        Reason::ScalingOutSuspended => return format!("resume it with `{}`", next.resume("out")),
        Reason::EndpointFailed => "delete the endpoint and create it again",
        Reason::NotAsync | Reason::Serverless | Reason::ManagedInstanceScaling => {
            "nothing: the function does not scale such an endpoint"
        }
        _ => return format!("run the command again; to show the state: `{}`", next.status("")),
    };
    advice.to_owned()
}
