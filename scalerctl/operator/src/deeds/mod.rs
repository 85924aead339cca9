//! The commands that act: `wake`, `sleep`, `hold`, `release`, `pause`, `resume`.
//!
//! The first four run the function's own scaler in this process, with the person's credentials: one
//! and the same code, in the same order of calls, with the same rules as in Lambda. Only what it
//! remembers of earlier events is missing, as after a cold start, and that only spares calls.
//!
//! | file | idea |
//! |---|---|
//! | `operator` | the scaler, set up for one endpoint; what it is asked and what it answers |
//! | `policy` | idle window and instances of a wake: as given, or the function's |
//! | `until` | when a hold ends |
//! | `verdict` | whether what was asked for is so, and what to do where it is not |
//! | `wait` | following the endpoint until it is in service or at zero |
//! | `pause` | suspending and resuming |
//! | `args` | arguments and help |
//! | `report` | what was asked, done and seen |
//! | `text`, `document` | for people, and as JSON |

pub mod args;
mod document;
mod operator;
mod pause;
mod policy;
mod report;
mod text;
mod until;
mod verdict;
mod wait;

use reactive_scaler::{port::Clock, signal::Command};

pub use pause::{pause, resume};

use crate::deeds::args::{
    DeedArgs, HoldArgs, PolicyArgs, ReleaseArgs, SleepArgs, WaitArgs, WakeArgs,
};
pub use operator::Operator;
use report::Account;
use scalerctl_common::runtime::block_on;
use scalerctl_common::{Failure, output::print};
use verdict::Verdict;
use wait::Goal;

/// What is asked of the scaler.
struct Deed<'a> {
    command: &'static str,
    ask: Command,
    arguments: &'a DeedArgs,
    policy: &'a PolicyArgs,
    /// What is waited for, if anything.
    wait: Option<(&'a WaitArgs, Goal)>,
}

/// `scalerctl wake`.
///
/// # Errors
///
/// [`Failure::Story`] where a rule refuses or the endpoint does not get there; else what keeps it
/// from running.
pub fn wake(arguments: &WakeArgs) -> Result<(), Failure> {
    run(&Deed {
        command: "wake",
        ask: Command::Wake,
        arguments: &arguments.deed,
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
    run(&Deed {
        command: "sleep",
        ask: Command::Sleep { force: arguments.force },
        arguments: &arguments.deed,
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
    let now = arguments.deed.clock.unwrap_or_default().now();
    let minutes = until::minutes(arguments.length, arguments.until.as_deref(), now)
        .map_err(Failure::Usage)?;
    run(&Deed {
        command: "hold",
        ask: Command::Hold { minutes: Some(minutes) },
        arguments: &arguments.deed,
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
    run(&Deed {
        command: "release",
        ask: Command::Release,
        arguments: &arguments.deed,
        policy: &PolicyArgs::default(),
        wait: None,
    })
}

fn run(deed: &Deed<'_>) -> Result<(), Failure> {
    let (account, failure) = block_on(carry_out(deed))?;
    print(&match deed.arguments.format.is_json() {
        true => document::of(&account),
        false => text::of(&account),
    })?;
    match (failure, account.verdict.refusal(&account.id)) {
        (Some(failure), _) => Err(failure),
        (None, Some(refusal)) => Err(Failure::Story(refusal)),
        (None, None) => Ok(()),
    }
}

/// The account, and what AWS refused on the way although something may have been done.
async fn carry_out(deed: &Deed<'_>) -> Result<(Account, Option<Failure>), Failure> {
    let operator = Operator::open(deed.arguments, deed.policy).await?;
    let (id, before) = operator.status().await?;
    let planned = operator.ask(deed.ask, true).await?;
    if let Some(failure) = operator.trouble(&planned).await {
        return Err(failure);
    }
    let mut account = Account {
        command: deed.command,
        region: operator.region().to_owned(),
        verdict: Verdict::of(deed.ask, &planned),
        id,
        at: operator.clock.now(),
        dry_run: deed.arguments.dry_run,
        before,
        planned,
        done: None,
        after: None,
        waited: None,
    };
    if account.dry_run {
        return Ok((account, None));
    }
    let done = operator.ask(deed.ask, false).await?;
    let failure = operator.trouble(&done).await;
    account.verdict = Verdict::of(deed.ask, &done);
    account.done = Some(done);
    if failure.is_none()
        && account.verdict.is_so()
        && let Some((how, goal)) = deed.wait
    {
        let waited = wait::follow(&operator, &account.id, goal, how.timeout).await?;
        account.verdict = account.verdict.after(&waited);
        account.waited = Some(waited);
    }
    // Where the outcome cannot be read, what was done counts all the same.
    account.after = operator.status().await.ok().map(|(_, status)| status);
    Ok((account, failure))
}
