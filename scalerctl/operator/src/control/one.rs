//! A command on one endpoint: planned, then carried out.

use jiff::Timestamp;
use reactive_scaler::{decide::Action, port::Clock, signal::Command};

use super::{
    args::WaitArgs,
    message,
    report::CommandReport,
    result::CommandResult,
    wait::{self, Ended, Goal, Waited},
};
use crate::local_scaler::{LocalScaler, Need, args::PolicyArgs};
use scalerctl_console::{Failure, times::moment::Moment};

/// A command for the scaler.
#[derive(Debug, Clone, Copy)]
pub struct CommandRequest<'a> {
    pub command: &'static str,
    pub ask: Command,
    pub dry_run: bool,
    pub policy: &'a PolicyArgs,
    /// What it needs of a deployed function.
    pub need: Need,
    /// Whether a variant that is not registered may be woken.
    pub wakes_unregistered: bool,
    /// The state to wait for, if any.
    pub wait: Option<(&'a WaitArgs, Goal)>,
    /// The end of a hold.
    pub end: Option<&'a Moment>,
}

/// What the command would do. Nothing is written.
///
/// # Errors
///
/// If the endpoint cannot be read.
pub async fn plan(
    scaler: &LocalScaler,
    request: &CommandRequest<'_>,
) -> Result<CommandReport, Failure> {
    let (id, before) = scaler.status().await?;
    let planned = scaler.ask(request.ask, true).await?;
    if let Some(failure) = scaler.trouble(&planned).await {
        return Err(failure);
    }
    let mut report = CommandReport {
        command: request.command,
        region: scaler.region().to_owned(),
        verdict: CommandResult::of(request.ask, &planned, scaler.clock.now()),
        id,
        next: scaler.same_variant(request.policy),
        at: scaler.clock.now(),
        dry_run: request.dry_run,
        waits: request.wait.is_some(),
        function: scaler.function.clone(),
        asked: request.end.cloned(),
        before,
        planned,
        done: None,
        after: None,
        waited: None,
    };
    let is_registered = report.before.min_capacity.is_some();
    if report.planned.action == Action::Wake && !is_registered && !request.wakes_unregistered {
        report.verdict = CommandResult::Unregistered;
    }
    Ok(report)
}

/// Carries out what was planned. Returns the failure of a call after which something may have been changed.
///
/// # Errors
///
/// If there is no decision.
pub async fn carry_out(
    scaler: &LocalScaler,
    request: &CommandRequest<'_>,
    report: &mut CommandReport,
) -> Result<Option<Failure>, Failure> {
    if report.dry_run || report.verdict == CommandResult::Unregistered {
        return Ok(None);
    }
    let mut failure = act(scaler, request.ask, report).await?;
    if failure.is_none()
        && let Some((how, goal)) = request.wait
    {
        let until = scaler.clock.now() + how.timeout;
        if report.verdict.waits_for_update()
            && wait(scaler, Goal::Changeable, until, report).await?
        {
            failure = act(scaler, request.ask, report).await?;
        }
        if failure.is_none() && report.verdict.succeeded() {
            wait(scaler, goal, until, report).await?;
        }
    }
    // The result is reported even if the state afterward cannot be read.
    report.after = scaler.status().await.ok().map(|(_, status)| status);
    Ok(failure)
}

/// The failure of the command: that of a call, or that it did not succeed.
pub fn failure(of_call: Option<Failure>, report: &CommandReport) -> Option<Failure> {
    of_call.or_else(|| message::of(report).map(Failure::NotOk))
}

/// Carries out the command. Returns the failure that stopped it.
async fn act(
    scaler: &LocalScaler,
    command: Command,
    report: &mut CommandReport,
) -> Result<Option<Failure>, Failure> {
    let done = scaler.ask(command, false).await?;
    let failure = scaler.trouble(&done).await;
    report.verdict = match failure {
        Some(_) => CommandResult::Incomplete,
        None => CommandResult::of(command, &done, scaler.clock.now()),
    };
    report.done = Some(done);
    Ok(failure)
}

/// Waits until the goal is reached. Returns whether it was.
async fn wait(
    scaler: &LocalScaler,
    goal: Goal,
    until: Timestamp,
    report: &mut CommandReport,
) -> Result<bool, Failure> {
    let waited = wait::follow(scaler, &report.id, &report.next, goal, until).await?;
    let reached = waited.ended == Ended::Reached;
    report.verdict = report.verdict.clone().after(&waited);
    let before = report.waited.take().map(|before| before.time).unwrap_or_default();
    report.waited = Some(Waited { time: before + waited.time, ..waited });
    Ok(reached)
}
