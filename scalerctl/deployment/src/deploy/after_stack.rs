//! What deploy does after the stack: the bucket, the registration, and the checks of smoke.

use scalerctl_console::{Failure, output::print};
use scalerctl_operator::{
    account::CallError,
    smoke::{self, args::SmokeArgs},
};
use serde_json::Value;

use super::{args::DeployArgs, plan::Plan};
use crate::{
    carry_out::carry_out,
    change::Change,
    change_json,
    change_report::Printed,
    change_text,
    clients::Clients,
    connect_bucket,
    covering::DeployedFunctions,
    registration::{args::Settings, facts::Facts, register},
    stacks,
};

/// The result.
#[derive(Debug)]
pub struct Finished {
    /// The function's name.
    pub function: String,
    /// The results of the steps, for JSON.
    pub documents: Vec<Value>,
    /// Why it is not done.
    pub failure: Option<Failure>,
}

/// Connects the buckets, registers the endpoint, and checks the deployment. Prints text as it goes.
///
/// # Errors
///
/// If a call fails, or the stack has no function.
pub async fn finish(
    clients: &Clients,
    arguments: &DeployArgs,
    plan: &Plan,
) -> Result<Finished, Failure> {
    let function = function(clients, &plan.stack).await?;
    let mut finished = Finished {
        function: function.rsplit(':').next().unwrap_or(&function).to_owned(),
        documents: Vec::new(),
        failure: None,
    };
    let buckets = connect(clients, plan, &function).await?;
    report(arguments, plan, "connect-bucket", &buckets, &mut finished)?;
    let Some(endpoint) = plan.endpoint.as_deref().filter(|_| finished.failure.is_none()) else {
        return Ok(finished);
    };
    let change = registered(clients, arguments, endpoint, &function).await?;
    report(arguments, plan, "register", &[change], &mut finished)?;
    if finished.failure.is_none() {
        check(arguments, &function, &mut finished).await?;
    }
    Ok(finished)
}

/// The ARN of the stack's function.
async fn function(clients: &Clients, stack: &str) -> Result<String, Failure> {
    let deployed = stacks::all(clients).await.map_err(no_access)?;
    let of_stack = deployed.into_iter().find(|it| it.stack.as_deref() == Some(stack));
    of_stack.map(|it| it.function).ok_or_else(|| {
        Failure::NotOk(format!(
            "the stack {stack} was deployed, but no function of it is found in {} (what to do: run the command again)",
            clients.region
        ))
    })
}

async fn connect(clients: &Clients, plan: &Plan, function: &str) -> Result<Vec<Change>, Failure> {
    let notifications = clients.notifications().await.map_err(no_access)?;
    let ours = targets(function, &plan.stack);
    let mut changes = Vec::new();
    for bucket in &plan.buckets {
        let change = connect_bucket::plan_for(&notifications, bucket, &ours).await;
        changes.push(change.map_err(no_access)?);
    }
    for change in &mut changes {
        carry_out(clients, change).await;
    }
    Ok(changes)
}

/// What a bucket of the template notifies: the function, or the queue of `BufferUploads`.
fn targets(function: &str, stack: &str) -> [String; 2] {
    let account = function.split(":function:").next().unwrap_or(function);
    let account = account.replace(":lambda:", ":sqs:");
    [function.to_owned(), format!("{account}:{stack}-UploadBuffer-")]
}

async fn registered(
    clients: &Clients,
    arguments: &DeployArgs,
    endpoint: &str,
    function: &str,
) -> Result<Change, Failure> {
    let function = clients.lambda.function(function).await.map_err(no_access)?;
    let covering = DeployedFunctions::only(&function).covering(endpoint);
    let facts = Facts::read(clients, endpoint, None, covering).await.map_err(no_access)?;
    let settings = Settings {
        max_capacity: arguments.max_capacity,
        allow_zero: arguments.allow_zero,
        ..Settings::default()
    };
    let mut change = register::plan(&facts, &settings);
    carry_out(clients, &mut change).await;
    Ok(change)
}

async fn check(
    arguments: &DeployArgs,
    function: &str,
    finished: &mut Finished,
) -> Result<(), Failure> {
    let smoke = SmokeArgs {
        function: Some(function.to_owned()),
        endpoint: arguments.endpoint.clone(),
        bucket: None,
        key: None,
        account: arguments.account.clone(),
        format: arguments.format,
    };
    let checked = smoke::checked(&smoke).await?;
    match arguments.format.is_json() {
        true => finished.documents.push(serde_json::from_str(&checked.output).unwrap_or_default()),
        false => print(&checked.output)?,
    }
    finished.failure = checked.failure;
    Ok(())
}

/// Prints a step, or keeps it for the JSON document.
fn report(
    arguments: &DeployArgs,
    plan: &Plan,
    command: &'static str,
    changes: &[Change],
    finished: &mut Finished,
) -> Result<(), Failure> {
    if changes.is_empty() {
        return Ok(());
    }
    let printed = Printed { command, region: &plan.region, dry_run: false, changes };
    match arguments.format.is_json() {
        true => {
            let document = change_json::of(&printed);
            finished.documents.push(serde_json::from_str(&document).unwrap_or_default());
        }
        false => print(&change_text::of(&printed))?,
    }
    finished.failure = printed.failure();
    Ok(())
}

fn no_access(error: CallError) -> Failure {
    Failure::NoAccess(error.with_advice())
}
