//! The commands that act: `wake`, `sleep`, `hold`, `release`, `pause`, `resume`.
//!
//! The first four run the function's own scaler in this process, with the person's credentials: one
//! and the same code, in the same order of calls, with the same rules as in Lambda. Only what it
//! remembers of earlier events is missing, as after a cold start, and that only spares calls.
//!
//! | file | idea |
//! |---|---|
//! | `scaler` | the scaler, set up for one endpoint; what it is asked and what it answers |
//! | `policy` | idle window and instances of a wake: as given, or the function's |
//! | `until` | when a hold ends |
//! | `verdict` | whether what was asked for is so, and what to do where it is not |
//! | `wait` | following the endpoint until it is in service or at zero |
//! | `pause` | suspending and resuming |
//! | `args` | arguments and help |
//! | `report` | what was asked, done and seen |
//! | `text`, `document` | for people, and as JSON |

pub mod args;
mod hold_end;
mod json;
mod pause;
mod report;
mod result;
mod text;
mod wait;

use reactive_scaler::{port::Clock, signal::Command};

pub use pause::{pause, resume};

use crate::{
    control::args::{HoldArgs, ReleaseArgs, SleepArgs, WaitArgs, WakeArgs},
    local_scaler::{
        LocalScaler,
        args::{CommonArgs, PolicyArgs},
    },
};
use report::Account;
use result::CommandResult;
use scalerctl_common::runtime::block_on;
use scalerctl_common::{Failure, output::print};
use wait::Goal;

/// What is asked of the scaler.
struct CommandRequest<'a> {
    command: &'static str,
    ask: Command,
    arguments: &'a CommonArgs,
    policy: &'a PolicyArgs,
    /// What is waited for, if anything.
    wait: Option<(&'a WaitArgs, Goal)>,
}

/// `scalerctl wake`.
///
/// # Errors
///
/// [`Failure::NotOk`] where a rule refuses or the endpoint does not get there; else what keeps it
/// from running.
pub fn wake(arguments: &WakeArgs) -> Result<(), Failure> {
    run(&CommandRequest {
        command: "wake",
        ask: Command::Wake,
        arguments: &arguments.common,
        policy: &arguments.policy,
        wait: arguments.wait.wait.then_some((&arguments.wait, Goal::InService)),
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
        arguments: &arguments.common,
        policy: &arguments.policy,
        wait: arguments.wait.wait.then_some((&arguments.wait, Goal::AtZero)),
    })
}

/// `scalerctl hold`.
///
/// # Errors
///
/// As [`wake`].
pub fn hold(arguments: &HoldArgs) -> Result<(), Failure> {
    let now = arguments.common.clock.unwrap_or_default().now();
    let minutes = hold_end::minutes(arguments.length, arguments.until.as_deref(), now)
        .map_err(Failure::Usage)?;
    run(&CommandRequest {
        command: "hold",
        ask: Command::Hold { minutes: Some(minutes) },
        arguments: &arguments.common,
        policy: &arguments.policy,
        wait: arguments.wait.wait.then_some((&arguments.wait, Goal::InService)),
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
        arguments: &arguments.common,
        policy: &PolicyArgs::default(),
        wait: None,
    })
}

fn run(request: &CommandRequest<'_>) -> Result<(), Failure> {
    let (account, failure) = block_on(carry_out(request))?;
    print(&match request.arguments.format.is_json() {
        true => json::of(&account),
        false => text::of(&account),
    })?;
    match (failure, account.verdict.refusal(&account.id)) {
        (Some(failure), _) => Err(failure),
        (None, Some(refusal)) => Err(Failure::NotOk(refusal)),
        (None, None) => Ok(()),
    }
}

/// The account, and what AWS refused on the way although something may have been done.
async fn carry_out(request: &CommandRequest<'_>) -> Result<(Account, Option<Failure>), Failure> {
    let scaler = LocalScaler::open(request.arguments, request.policy).await?;
    let (id, before) = scaler.status().await?;
    let planned = scaler.ask(request.ask, true).await?;
    if let Some(failure) = scaler.trouble(&planned).await {
        return Err(failure);
    }
    let mut account = Account {
        command: request.command,
        region: scaler.region().to_owned(),
        verdict: CommandResult::of(request.ask, &planned),
        id,
        at: scaler.clock.now(),
        dry_run: request.arguments.dry_run,
        before,
        planned,
        done: None,
        after: None,
        waited: None,
    };
    if account.dry_run {
        return Ok((account, None));
    }
    let done = scaler.ask(request.ask, false).await?;
    let failure = scaler.trouble(&done).await;
    account.verdict = CommandResult::of(request.ask, &done);
    account.done = Some(done);
    if failure.is_none()
        && account.verdict.is_so()
        && let Some((how, goal)) = request.wait
    {
        let waited = wait::follow(&scaler, &account.id, goal, how.timeout).await?;
        account.verdict = account.verdict.after(&waited);
        account.waited = Some(waited);
    }
    // Where the outcome cannot be read, what was done counts all the same.
    account.after = scaler.status().await.ok().map(|(_, status)| status);
    Ok((account, failure))
}
