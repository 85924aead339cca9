//! The commands that change an endpoint: `wake`, `sleep`, `hold`, `release`, `pause`, `resume`.
//! The first four run the function's own scaler in this process with the user's credentials: the
//! same code, rules and order of calls as in Lambda. Only the memory of earlier events is missing,
//! as after a cold start. The memory only saves calls.
//!
//! | file | content |
//! |---|---|
//! | `hold_end` | the end of a hold |
//! | `one` | a command on one endpoint |
//! | `several` | which endpoints a command has, and the question before it starts instances |
//! | `several_scalers` | `hold` and `release` on several endpoints |
//! | `outcome` | the results on several endpoints: a line for each, and totals; no I/O |
//! | `result` | whether the command succeeded |
//! | `message` | what to do if it did not succeed |
//! | `wait` | waits until the endpoint is in service or at zero |
//! | `pause`, `pause_report` | `pause` and `resume`, and their result |
//! | `args` | arguments and help |
//! | `report` | the result |
//! | `text`, `json` | the result as text and as JSON |

pub mod args;
mod hold_end;
mod json;
mod message;
mod one;
mod outcome;
mod pause;
mod pause_report;
mod report;
mod result;
mod several;
mod several_scalers;
mod text;
mod wait;

use reactive_scaler::{port::Clock, signal::Command};

pub use pause::{pause, resume};

use crate::{
    control::args::{HoldArgs, ReleaseArgs, SleepArgs, WakeArgs},
    local_scaler::{
        LocalScaler, Need,
        args::{PolicyArgs, ScalerArgs, SeveralArgs},
    },
};
use hold_end::HoldEnd;
use one::CommandRequest;
use report::CommandReport;
use result::CommandResult;
use scalerctl_console::runtime::block_on;
use scalerctl_console::{Failure, output::print, times::local_zone};
use wait::Goal;

/// `scalerctl wake`.
///
/// # Errors
///
/// [`Failure::NotOk`] if a rule refuses the command or the endpoint does not reach the state in
/// time; else the failure that stopped it.
pub fn wake(arguments: &WakeArgs) -> Result<(), Failure> {
    let request = CommandRequest {
        command: "wake",
        ask: Command::Wake,
        dry_run: arguments.scaler.options.dry_run,
        policy: &arguments.policy,
        need: Need::Settings,
        wakes_unregistered: arguments.yes,
        wait: arguments.wait.wait.then_some((&arguments.wait, Goal::InService)),
        end: None,
    };
    on_one(&request, &arguments.scaler)
}

/// `scalerctl sleep`.
///
/// # Errors
///
/// As [`wake`].
pub fn sleep(arguments: &SleepArgs) -> Result<(), Failure> {
    let request = CommandRequest {
        command: "sleep",
        ask: Command::Sleep { force: arguments.force },
        dry_run: arguments.scaler.options.dry_run,
        policy: &arguments.policy,
        need: Need::Ledger,
        wakes_unregistered: false,
        wait: arguments.wait.wait.then_some((&arguments.wait, Goal::AtZero)),
        end: None,
    };
    on_one(&request, &arguments.scaler)
}

/// `scalerctl hold`.
///
/// # Errors
///
/// As [`wake`].
pub fn hold(arguments: &HoldArgs) -> Result<(), Failure> {
    let now = arguments.scaler.options.clock.unwrap_or_default().now();
    let until = arguments.until.as_deref();
    let end = HoldEnd::of(arguments.length, until, now, &local_zone::of_input());
    let HoldEnd { minutes, asked } = end.map_err(Failure::Usage)?;
    let request = CommandRequest {
        command: "hold",
        ask: Command::Hold { minutes: Some(minutes) },
        dry_run: arguments.scaler.options.dry_run,
        policy: &arguments.policy,
        need: Need::Settings,
        wakes_unregistered: false,
        wait: arguments.wait.wait.then_some((&arguments.wait, Goal::InService)),
        end: Some(&asked),
    };
    on_any(&request, &arguments.scaler)
}

/// `scalerctl release`.
///
/// # Errors
///
/// As [`wake`].
pub fn release(arguments: &ReleaseArgs) -> Result<(), Failure> {
    let request = CommandRequest {
        command: "release",
        ask: Command::Release,
        dry_run: arguments.scaler.options.dry_run,
        policy: &PolicyArgs::default(),
        need: Need::Nothing,
        wakes_unregistered: false,
        wait: None,
        end: None,
    };
    on_any(&request, &arguments.scaler)
}

fn on_any(request: &CommandRequest<'_>, arguments: &SeveralArgs) -> Result<(), Failure> {
    match several::only(arguments)? {
        Some(one) => on_one(request, &one),
        None => several_scalers::run(request, arguments),
    }
}

fn on_one(request: &CommandRequest<'_>, arguments: &ScalerArgs) -> Result<(), Failure> {
    let (report, failure) = block_on(async {
        let function = request.policy.function.as_deref();
        let scaler = LocalScaler::open(arguments, request.policy, function, request.need).await?;
        let mut report = one::plan(&scaler, request).await?;
        let failure = one::carry_out(&scaler, request, &mut report).await?;
        Ok((report, failure))
    })?;
    print(&match arguments.options.format.is_json() {
        true => json::of(&report),
        false => text::of(&report),
    })?;
    one::failure(failure, &report).map_or(Ok(()), Err)
}
