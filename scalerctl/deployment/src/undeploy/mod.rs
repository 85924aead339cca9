//! `scalerctl undeploy`: deletes the stack, and what belongs to it.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `facts` | the endpoints that the stack scales |
//! | `plan` | what is changed; no I/O |

pub mod args;
mod facts;
mod plan;

use args::{EndpointAt, UndeployArgs};
use clap::ValueEnum;
use scalerctl_console::{
    Failure,
    confirmation::{answer, confirmed},
    output::print,
    progress::Progress,
    runtime::block_on,
    suggested::Suggested,
};
use serde_json::{Value, json};

use crate::{
    carry_out::carry_out,
    change::Change,
    change_json,
    change_report::Printed,
    change_text,
    clients::Clients,
    program,
    registration::facts::Facts,
    sam::Sam,
    stacks::{self, Deployed},
};

/// `scalerctl undeploy`.
///
/// # Errors
///
/// [`Failure::NotOk`] if a rule refuses or `sam delete` fails; [`Failure::Usage`] if the arguments are not valid, or there
/// is no SAM CLI; [`Failure::NoAccess`] if AWS cannot be reached or rejects a call.
pub fn run(arguments: &UndeployArgs) -> Result<(), Failure> {
    block_on(undeploy(arguments))
}

async fn undeploy(arguments: &UndeployArgs) -> Result<(), Failure> {
    let clients = Clients::open(&arguments.account, &[], None).await?;
    let (deployed, endpoints) = {
        let progress = Progress::start();
        progress.step("Lambda: functions and their stacks");
        let found = stacks::all(&clients).await;
        let found = found.map_err(|error| Failure::NoAccess(error.with_advice()))?;
        let of_stack = |it: &Deployed| it.stack.as_deref() == Some(arguments.stack.as_str());
        let Some(deployed) = found.into_iter().find(of_stack) else {
            drop(progress);
            return nothing(arguments, &clients.region);
        };
        progress.step("The endpoints that the stack scales");
        let endpoints = facts::endpoints(&clients, &deployed.function).await?;
        (deployed, endpoints)
    };
    let mut changes = vec![plan::function(&arguments.stack, &deployed.function)];
    if !endpoints.is_empty() {
        let at = endpoint_at(arguments, &endpoints)?;
        changes.extend(endpoints.iter().map(|facts| plan::endpoint(facts, at)));
    }
    let planned = printed(&clients.region, true, &changes);
    let refused = planned.failure();
    if arguments.dry_run || refused.is_some() {
        show(arguments, &planned, &deployed, false)?;
        return refused.map_or(Ok(()), Err);
    }
    let sam = Sam::find(&program::path()?, &arguments.account, &clients.region)?;
    if !arguments.yes {
        anstream::eprint!("{}", change_text::of(&planned));
    }
    confirmed(arguments.yes, "nothing was changed")?;
    for change in &mut changes {
        carry_out(&clients, change).await;
        if change.failure.is_some() {
            break;
        }
    }
    let done = printed(&clients.region, false, &changes);
    let delete = ["delete", "--stack-name", &arguments.stack, "--no-prompts"];
    let deleted = match done.failure() {
        Some(failure) => Err(failure),
        None => sam.run(&delete.map(str::to_owned)).map(|_| ()),
    };
    show(arguments, &done, &deployed, deleted.is_ok())?;
    deleted
}

fn printed<'a>(region: &'a str, dry_run: bool, changes: &'a [Change]) -> Printed<'a> {
    Printed { command: "undeploy", region, dry_run, changes }
}

/// Where the endpoints are to be.
fn endpoint_at(arguments: &UndeployArgs, endpoints: &[Facts]) -> Result<EndpointAt, Failure> {
    if let Some(at) = arguments.endpoint_at {
        return Ok(at);
    }
    let names: Vec<&str> = endpoints.iter().map(|facts| facts.name.as_str()).collect();
    let names = names.join(", ");
    let question = format!(
        "What is to become of {names}?\n  minimum-1  an instance runs all the time, and costs money\n  zero       it \
         stays at zero, and nothing wakes it\nType minimum-1 or zero: "
    );
    let typed = answer(&question);
    typed.and_then(|typed| EndpointAt::from_str(&typed, false).ok()).ok_or_else(|| {
        Failure::Usage(format!(
            "nothing was changed: it is not known what is to become of {names} (what to do: add --endpoint-at minimum-1, \
             which keeps an instance running, or --endpoint-at zero, where nothing wakes the endpoint)"
        ))
    })
}

fn show(
    arguments: &UndeployArgs,
    printed: &Printed<'_>,
    deployed: &Deployed,
    is_deleted: bool,
) -> Result<(), Failure> {
    let buckets = deployed.buckets();
    if arguments.format.is_json() {
        let mut document: Value =
            serde_json::from_str(&change_json::of(printed)).unwrap_or_default();
        document["stack"] = json!({ "name": arguments.stack, "deleted": is_deleted });
        document["event_bridge_stays_on_for"] = json!(buckets);
        return print(&format!("{document:#}\n"));
    }
    let stack = match (is_deleted, printed.dry_run) {
        (true, _) => "deleted",
        (false, true) => "would be deleted",
        (false, false) => "not deleted",
    };
    let mut text = change_text::of(printed);
    text.push_str(&format!("stack {}: {stack}\n", arguments.stack));
    if !is_deleted && printed.changes.iter().any(Change::has_changed) {
        let start = Suggested::aws(format!(
            "lambda delete-function-concurrency --function-name {}",
            deployed.function
        ));
        text.push_str(&format!(
            "the function stays stopped: run the command again, or start it:\n  {start}\n"
        ));
    }
    if !buckets.is_empty() {
        text.push_str(&format!("EventBridge stays on for {}\n", buckets.join(", ")));
    }
    print(&text)
}

/// There is no function of the stack.
fn nothing(arguments: &UndeployArgs, region: &str) -> Result<(), Failure> {
    let stack = &arguments.stack;
    let delete = Suggested::sam(format!("delete --stack-name {stack}"));
    if arguments.format.is_json() {
        let document = json!({
            "scalerctl": env!("CARGO_PKG_VERSION"),
            "command": "undeploy",
            "region": region,
            "dry_run": arguments.dry_run,
            "ok": true,
            "changes": [],
            "stack": { "name": stack, "deleted": false },
        });
        return print(&format!("{document:#}\n"));
    }
    print(&format!(
        "nothing to change: no function of a stack {stack} is in {region}\n  if such a stack exists without its \
         function, delete it: {delete}\n"
    ))
}
