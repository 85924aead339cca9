//! The commands that change an endpoint: `wake`, `sleep`, `hold`, `release`, `pause`, `resume`.
//! The first four run the function's own scaler in this process with the user's credentials: the
//! same code, rules and order of calls as in Lambda. Only the memory of earlier events is missing,
//! as after a cold start. The memory only saves calls.
//!
//! | file | content |
//! |---|---|
//! | `hold_end` | the end of a hold |
//! | `result` | whether the command succeeded |
//! | `message` | what to do if it did not succeed |
//! | `wait` | waits until the endpoint is in service or at zero |
//! | `pause` | `pause` and `resume` |
//! | `args` | arguments and help |
//! | `report` | the result |
//! | `text`, `json` | the result as text and as JSON |

pub mod args;
mod hold_end;
mod json;
mod message;
mod pause;
mod report;
mod result;
mod text;
mod wait;

use jiff::Timestamp;
use reactive_scaler::{decide::Action, port::Clock, signal::Command};

pub use pause::{pause, resume};

use crate::{
    control::args::{HoldArgs, ReleaseArgs, SleepArgs, WaitArgs, WakeArgs},
    local_scaler::{
        LocalScaler,
        args::{PolicyArgs, ScalerArgs},
    },
};
use hold_end::HoldEnd;
use report::CommandReport;
use result::CommandResult;
use scalerctl_console::runtime::block_on;
use scalerctl_console::{
    Failure,
    output::print,
    times::{local_zone, moment::Moment},
};
use wait::{Ended, Goal, Waited};

/// A command for the scaler.
struct CommandRequest<'a> {
    command: &'static str,
    ask: Command,
    arguments: &'a ScalerArgs,
    policy: &'a PolicyArgs,
    /// Whether a variant that is not registered may be woken.
    wakes_unregistered: bool,
    /// The state to wait for, if any.
    wait: Option<(&'a WaitArgs, Goal)>,
    /// The end of a hold.
    end: Option<Moment>,
}

/// `scalerctl wake`.
///
/// # Errors
///
/// [`Failure::NotOk`] if a rule refuses the command or the endpoint does not reach the state in
/// time; else the failure that stopped it.
pub fn wake(arguments: &WakeArgs) -> Result<(), Failure> {
    run(&CommandRequest {
        command: "wake",
        ask: Command::Wake,
        arguments: &arguments.scaler,
        policy: &arguments.policy,
        wakes_unregistered: arguments.yes,
        wait: arguments.wait.wait.then_some((&arguments.wait, Goal::InService)),
        end: None,
    })
}

/// `scalerctl sleep`.
///
/// # Errors
///
/// As [`wake`].
pub fn sleep(arguments: &SleepArgs) -> Result<(), Failure> {
    run(&CommandRequest {
        command: "sleep",
        ask: Command::Sleep { force: arguments.force },
        arguments: &arguments.scaler,
        policy: &arguments.policy,
        wakes_unregistered: false,
        wait: arguments.wait.wait.then_some((&arguments.wait, Goal::AtZero)),
        end: None,
    })
}

/// `scalerctl hold`.
///
/// # Errors
///
/// As [`wake`].
pub fn hold(arguments: &HoldArgs) -> Result<(), Failure> {
    let now = arguments.scaler.clock.unwrap_or_default().now();
    let until = arguments.until.as_deref();
    let end = HoldEnd::of(arguments.length, until, now, &local_zone::of_input());
    let HoldEnd { minutes, asked } = end.map_err(Failure::Usage)?;
    run(&CommandRequest {
        command: "hold",
        ask: Command::Hold { minutes: Some(minutes) },
        arguments: &arguments.scaler,
        policy: &arguments.policy,
        wakes_unregistered: false,
        wait: arguments.wait.wait.then_some((&arguments.wait, Goal::InService)),
        end: Some(asked),
    })
}

/// `scalerctl release`.
///
/// # Errors
///
/// As [`wake`].
pub fn release(arguments: &ReleaseArgs) -> Result<(), Failure> {
    run(&CommandRequest {
        command: "release",
        ask: Command::Release,
        arguments: &arguments.scaler,
        policy: &PolicyArgs::default(),
        wakes_unregistered: false,
        wait: None,
        end: None,
    })
}

fn run(request: &CommandRequest<'_>) -> Result<(), Failure> {
    let (report, failure) = block_on(carry_out(request))?;
    print(&match request.arguments.format.is_json() {
        true => json::of(&report),
        false => text::of(&report),
    })?;
    match (failure, message::of(&report)) {
        (Some(failure), _) => Err(failure),
        (None, Some(message)) => Err(Failure::NotOk(message)),
        (None, None) => Ok(()),
    }
}

/// The result, and the failure of a call after which something may have been changed.
async fn carry_out(
    request: &CommandRequest<'_>,
) -> Result<(CommandReport, Option<Failure>), Failure> {
    let scaler =
        LocalScaler::open(request.arguments, request.policy, request.policy.function.as_deref())
            .await?;
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
        dry_run: request.arguments.dry_run,
        waits: request.wait.is_some(),
        function: scaler.function.clone(),
        asked: request.end.clone(),
        before,
        planned,
        done: None,
        after: None,
        waited: None,
    };
    let is_registered = report.before.min_capacity.is_some();
    if report.planned.action == Action::Wake && !is_registered && !request.wakes_unregistered {
        report.verdict = CommandResult::Unregistered;
        return Ok((report, None));
    }
    if report.dry_run {
        return Ok((report, None));
    }
    let mut failure = act(&scaler, request.ask, &mut report).await?;
    if failure.is_none()
        && let Some((how, goal)) = request.wait
    {
        let until = scaler.clock.now() + how.timeout;
        if report.verdict.waits_for_update()
            && wait(&scaler, Goal::Changeable, until, &mut report).await?
        {
            failure = act(&scaler, request.ask, &mut report).await?;
        }
        if failure.is_none() && report.verdict.is_so() {
            wait(&scaler, goal, until, &mut report).await?;
        }
    }
    // The result is reported even if the state afterward cannot be read.
    report.after = scaler.status().await.ok().map(|(_, status)| status);
    Ok((report, failure))
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
