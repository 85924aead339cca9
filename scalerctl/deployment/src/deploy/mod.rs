//! `scalerctl deploy`: the stack, its bucket, and the registration of an endpoint.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `release` | the packaged template |
//! | `facts` | what is read from the account |
//! | `parameter`, `proposal` | the parameters of a new stack, with reasons; no I/O |
//! | `monthly_cost` | what it costs |
//! | `plan` | what will be done; no I/O |
//! | `plan_text` | the plan as text and as JSON |
//! | `after_stack` | bucket, registration and checks |

mod after_stack;
pub mod args;
mod facts;
mod monthly_cost;
mod parameter;
mod plan;
mod plan_text;
mod proposal;
mod release;

use args::DeployArgs;
use facts::Facts;
use plan::Plan;
use scalerctl_console::{
    Failure, confirmation::confirmed, output::print, progress::Progress, runtime::block_on,
    suggested::Suggested,
};
use serde_json::json;

use crate::{clients::Clients, program, sam::Sam};

/// The default name of the stack.
pub const STACK: &str = "reactive-scaler";

/// `scalerctl deploy`.
///
/// # Errors
///
/// [`Failure::NotOk`] if a rule refuses, `sam deploy` fails, or a check fails; [`Failure::Usage`] if the arguments are not
/// valid, or there is no SAM CLI; [`Failure::NoAccess`] if AWS cannot be reached or rejects a call.
pub fn run(arguments: &DeployArgs) -> Result<(), Failure> {
    block_on(deploy(arguments))
}

async fn deploy(arguments: &DeployArgs) -> Result<(), Failure> {
    let is_json = arguments.format.is_json();
    let template = release::template(arguments.template.as_deref())?;
    let endpoints: Vec<_> = arguments.endpoint.iter().collect();
    let clients = Clients::open(&arguments.account, &endpoints, None).await?;
    let plan = {
        let progress = Progress::start();
        let facts = Facts::read(&clients, arguments, &progress).await?;
        plan::plan(arguments, &facts, template).map_err(Failure::NotOk)?
    };
    if !is_json {
        print(&plan_text::text(&plan))?;
    }
    if arguments.plan {
        return match is_json {
            true => print(&format!("{:#}\n", json!({ "plan": plan_text::document(&plan) }))),
            false => Ok(()),
        };
    }
    let sam = Sam::find(&program::path()?, &arguments.account, &clients.region)?;
    if !plan.exists && sam.has_stack(&plan.stack)? {
        return Err(Failure::NotOk(of_somebody_else(&plan)));
    }
    confirmed(arguments.yes, "nothing was deployed")?;
    let is_up_to_date = sam.run(&command(&plan))?;
    if !is_json {
        let what = if is_up_to_date { "nothing to change" } else { "deployed" };
        print(&format!("stack {}: {what}\n", plan.stack))?;
    }
    let done = after_stack::finish(&clients, arguments, &plan).await?;
    if is_json {
        let stack = json!({ "name": plan.stack, "changed": !is_up_to_date });
        let document = json!({
            "plan": plan_text::document(&plan),
            "stack": stack,
            "ok": done.failure.is_none(),
            "function": done.function,
            "steps": done.documents,
        });
        print(&format!("{document:#}\n"))?;
    }
    done.failure.map_or(Ok(()), Err)
}

/// The stack exists, and is not known to be ours.
fn of_somebody_else(plan: &Plan) -> String {
    let Plan { stack, region, .. } = plan;
    format!(
        "a stack {stack} exists in {region}, and it has no function with SCALER_ROUTES: a deployment would replace its \
         resources (what to do: use another name with --stack, or delete it if it is left from a deployment that failed: \
         `{}`)",
        Suggested::sam(format!("delete --stack-name {stack}"))
    )
}

/// The arguments of the SAM CLI.
fn command(plan: &Plan) -> Vec<String> {
    let template = plan.template.display().to_string();
    let fixed = [
        "deploy",
        "--template-file",
        &template,
        "--stack-name",
        &plan.stack,
        "--capabilities",
        "CAPABILITY_IAM",
        "--resolve-s3",
        "--no-confirm-changeset",
        "--no-fail-on-empty-changeset",
    ];
    let mut all: Vec<String> = fixed.map(str::to_owned).into();
    if !plan.parameters.is_empty() {
        all.push("--parameter-overrides".to_owned());
        all.extend(plan.parameters.iter().map(parameter::Parameter::argument));
    }
    all
}
