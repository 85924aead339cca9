//! `scalerctl smoke`: after a deployment, whether an upload reaches the function, and whether the
//! function may do what it must. Nothing is started, and nothing in the account is changed.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `clients` | the AWS clients; the calls are in [`crate::account`] |
//! | `upload` | the endpoint and the upload that are tested, and the upload's event |
//! | `permissions` | the permissions that the function needs |
//! | `read` | everything that is read from AWS, in order |
//! | `delivery` | how S3 events of the bucket reach the function |
//! | `resource_policy` | whether the function's policy allows the event source to invoke it |
//! | `answer` | what the function answered to a status request |
//! | `checks` | one file for each check; no I/O |
//! | `check` | the result of a check |
//! | `report` | the result of a run |
//! | `text`, `json` | the result as text and as JSON |

mod answer;
pub mod args;
mod check;
mod checks;
mod clients;
mod delivery;
mod json;
mod permissions;
mod read;
mod report;
pub mod resource_policy;
mod text;
mod upload;

use jiff::Timestamp;

use crate::{
    account::{
        CallError, Function, arn, call_error, event_bridge, function_search::NamedFunction, iam,
        lambda, routes, s3,
    },
    smoke::args::SmokeArgs,
};
use check::Outcome;
use clients::Account;
use read::Facts;
use report::Report;
use scalerctl_console::runtime::block_on;
use scalerctl_console::{Failure, output::print, progress::Progress};
use upload::TestedUpload;

/// Runs the checks.
///
/// # Errors
///
/// [`Failure::NotOk`] if a check failed, [`Failure::Usage`] if the arguments are not valid,
/// [`Failure::NoAccess`] if AWS cannot be reached.
pub fn run(arguments: &SmokeArgs) -> Result<(), Failure> {
    let checked = block_on(checked(arguments))?;
    print(&checked.output)?;
    checked.failure.map_or(Ok(()), Err)
}

/// The output of a run, and its failure.
#[derive(Debug)]
pub struct Checked {
    /// Text, or a JSON document.
    pub output: String,
    /// The checks that failed.
    pub failure: Option<Failure>,
}

/// Runs the checks without printing.
///
/// # Errors
///
/// [`Failure::Usage`] if the arguments are not valid, [`Failure::NoAccess`] if AWS cannot be reached.
pub async fn checked(arguments: &SmokeArgs) -> Result<Checked, Failure> {
    let report = test(arguments).await?;
    let output = match arguments.format.is_json() {
        true => json::of(&report),
        false => text::of(&report),
    };
    let failed: Vec<&str> = report
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Failed)
        .map(|check| check.id.as_str())
        .collect();
    let failure = match failed.as_slice() {
        [] => None,
        some => Some(Failure::NotOk(format!("failed: {}", some.join(", ")))),
    };
    Ok(Checked { output, failure })
}

async fn test(arguments: &SmokeArgs) -> Result<Report, Failure> {
    let progress = Progress::start();
    progress.step("Lambda: the function");
    let account = Account::open(arguments).await?;
    let named = account.function(arguments).await?;
    let function = match account.lambda.function(&named.name).await {
        Ok(function) => function,
        Err(error) if error.is("ResourceNotFoundException") => {
            return Ok(without_function(&named, &error));
        }
        Err(error) => return Err(no_access(&error)),
    };
    let subject = TestedUpload::of(arguments, &function, &account, Timestamp::now()).await?;
    let facts = Facts::read(&account, function, subject, &progress).await;
    let checks = checks::all(&facts);
    Ok(Report { function: facts.function.arn, subject: Some(facts.subject), checks })
}

fn without_function(named: &NamedFunction, error: &CallError) -> Report {
    let checks = checks::without_function(named, error);
    Report { function: named.name.clone(), subject: None, checks }
}

/// The error of the first call. It shows whether AWS can be reached.
fn no_access(error: &CallError) -> Failure {
    Failure::NoAccess(error.with_advice())
}
