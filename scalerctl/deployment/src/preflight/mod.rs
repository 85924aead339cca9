//! `scalerctl preflight`: before a deployment, whether the function can scale an endpoint. Only reads.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `facts` | everything that is read from AWS |
//! | `check` | the result of a check |
//! | `checks` | the checks; no I/O |
//! | `report` | the result of a run |
//! | `text`, `json` | the result as text and as JSON |

pub mod args;
pub mod check;
pub mod checks;
pub mod facts;
mod json;
mod report;
mod text;

use args::PreflightArgs;
use facts::Facts;
use report::Report;
use scalerctl_console::{Failure, output::print, progress::Progress, runtime::block_on};

use crate::clients::Clients;

/// Runs the checks.
///
/// # Errors
///
/// [`Failure::NotOk`] if there is a problem, [`Failure::NoAccess`] if AWS cannot be reached.
pub fn run(arguments: &PreflightArgs) -> Result<(), Failure> {
    let report = block_on(check(arguments))?;
    print(&match arguments.format.is_json() {
        true => json::of(&report),
        false => text::of(&report),
    })?;
    match report.problems().as_slice() {
        [] => Ok(()),
        some => Err(Failure::NotOk(format!("problems: {}", some.join(", ")))),
    }
}

async fn check(arguments: &PreflightArgs) -> Result<Report, Failure> {
    let progress = Progress::start();
    let name = &arguments.endpoint.name;
    let clients = Clients::open(&arguments.account, &[&arguments.endpoint], None).await?;
    let facts = Facts::read(&clients, name, &progress).await?;
    let variant = facts.as_ref().and_then(Facts::variant).map(|variant| variant.name.clone());
    let checks = match &facts {
        Some(facts) => checks::all(facts, arguments.max_capacity),
        None => checks::without_endpoint(name, &clients.region),
    };
    Ok(Report { endpoint: name.clone(), variant, region: clients.region, checks })
}
