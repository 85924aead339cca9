//! `scalerctl register` and `scalerctl unregister`: what lets the function scale an endpoint to zero.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `facts` | everything that is read from AWS |
//! | `signal_topic` | the topic that the function listens to |
//! | `register`, `unregister` | the changes, from what was read; no I/O |

pub mod args;
pub mod facts;
pub mod register;
mod signal_topic;
pub mod unregister;

use args::{RegisterArgs, RegistrationArgs, UnregisterArgs};
use facts::Facts;
use scalerctl_console::{Failure, progress::Progress, runtime::block_on};
use scalerctl_operator::account::{
    function_search::{named, named_anywhere},
    name_or_pattern::given,
};

use crate::{
    carry_out::carry_out, change::Change, change_output::finish, change_report::Printed,
    clients::Clients, covering::DeployedFunctions, names,
};

/// `scalerctl register`.
///
/// # Errors
///
/// [`Failure::NotOk`] if a rule refuses an endpoint, [`Failure::NoAccess`] if AWS cannot be reached or rejects a call.
pub fn register(arguments: &RegisterArgs) -> Result<(), Failure> {
    run("register", &arguments.common, |facts| register::plan(facts, &arguments.settings))
}

/// `scalerctl unregister`.
///
/// # Errors
///
/// As [`register`].
pub fn unregister(arguments: &UnregisterArgs) -> Result<(), Failure> {
    run("unregister", &arguments.common, |facts| unregister::plan(facts, arguments.delete_policies))
}

fn run(
    command: &'static str,
    arguments: &RegistrationArgs,
    plan: impl Fn(&Facts) -> Change,
) -> Result<(), Failure> {
    let (region, changes) = block_on(changes(arguments, plan))?;
    let dry_run = arguments.dry_run;
    finish(&Printed { command, region: &region, dry_run, changes: &changes }, arguments.format)
}

async fn changes(
    arguments: &RegistrationArgs,
    plan: impl Fn(&Facts) -> Change,
) -> Result<(String, Vec<Change>), Failure> {
    let progress = Progress::start();
    let option = arguments.function.as_deref();
    let given = given(&arguments.endpoints);
    let endpoints: Vec<_> = given.iter().collect();
    let of_shell = named(option, &arguments.account);
    let of_shell = of_shell.as_ref().map(|named| named.name.as_str());
    let clients = Clients::open(&arguments.account, &endpoints, of_shell).await?;
    let named = named_anywhere(&clients.config, &arguments.account, option).await?;
    progress.step("Lambda: the functions that could cover the endpoints");
    let functions = match &named {
        Some(named) => DeployedFunctions::only(&named.read(&clients.lambda).await?),
        None => DeployedFunctions::all(&clients)
            .await
            .map_err(|error| Failure::NoAccess(error.with_advice()))?,
    };
    let mut changes = Vec::new();
    for endpoint in names::expand(&clients, &arguments.endpoints).await? {
        progress.step("The endpoint, its registration and its alarms");
        let variant = arguments.variant.as_deref();
        let covering = functions.covering(&endpoint);
        let facts = Facts::read(&clients, &endpoint, variant, covering).await;
        let facts = facts.map_err(|error| Failure::NoAccess(error.with_advice()))?;
        changes.push(plan(&facts));
    }
    // All are read before the first is written: what was written is always reported.
    for change in changes.iter_mut().filter(|_| !arguments.dry_run) {
        progress.step("The changes");
        carry_out(&clients, change).await;
    }
    Ok((clients.region, changes))
}
