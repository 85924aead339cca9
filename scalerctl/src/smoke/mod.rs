//! `scalerctl smoke`: after a deployment, whether an upload reaches the function, and whether the
//! function may do what it must. Nothing is started, and nothing in the account is changed.
//!
//! | file | idea |
//! |---|---|
//! | `account` | the services that are asked; the calls are [`crate::account`]'s |
//! | `subject` | what is tested: whose upload |
//! | `upload_event`, `questions` | its event, and the permissions that it takes |
//! | `facts` | everything that is asked, in order |
//! | `delivery`, `admission` | which way uploads take, and whether the function lets them in |
//! | `decision` | what the function answered |
//! | `judge` | a verdict per check; no I/O |
//! | `check` | what a check comes to |
//! | `text`, `document` | for people, and as JSON |

mod account;
mod admission;
mod check;
mod decision;
mod delivery;
mod document;
mod facts;
mod judge;
mod questions;
mod subject;
mod text;
mod upload_event;

use jiff::Timestamp;

use crate::{
    Failure,
    account::{Function, Refusal, arn, event_bridge, iam, lambda, progress, refusal, routes, s3},
    cli::SmokeArgs,
    output::print,
};
use account::Account;
use check::{Check, Outcome};
use facts::Facts;
use progress::Progress;
use subject::Subject;

/// What a run found.
#[derive(Debug)]
struct Report {
    /// The function's ARN, or what was asked for where there is none.
    function: String,
    /// Whose upload was tested; `None` where there is no function.
    subject: Option<Subject>,
    checks: Vec<Check>,
}

/// Runs the checks.
///
/// # Errors
///
/// [`Failure::Story`] where a check failed, [`Failure::Usage`] where the arguments cannot be used,
/// [`Failure::NoAccess`] where AWS cannot be asked.
pub fn run(arguments: &SmokeArgs) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Story(format!("no runtime: {error}")))?;
    let report = runtime.block_on(test(arguments))?;
    print(&match arguments.format.is_json() {
        true => document::of(&report),
        false => text::of(&report),
    })?;
    let failed: Vec<&str> = report
        .checks
        .iter()
        .filter(|check| check.outcome == Outcome::Failed)
        .map(|check| check.id.as_str())
        .collect();
    match failed.as_slice() {
        [] => Ok(()),
        some => Err(Failure::Story(format!("failed: {}", some.join(", ")))),
    }
}

async fn test(arguments: &SmokeArgs) -> Result<Report, Failure> {
    let progress = Progress::start();
    progress.asks("Lambda: the function");
    let account = Account::open(arguments).await?;
    let function = match account.lambda.function(&arguments.function).await {
        Ok(function) => function,
        Err(refusal) if refusal.is("ResourceNotFoundException") => {
            return Ok(without_function(&arguments.function, &refusal));
        }
        Err(refusal) => return Err(no_access(&refusal)),
    };
    let subject = Subject::of(arguments, &function, Timestamp::now()).map_err(Failure::Usage)?;
    let facts = Facts::gather(&account, function, subject, &progress).await;
    let checks = judge::all(&facts);
    Ok(Report { function: facts.function.arn, subject: Some(facts.subject), checks })
}

fn without_function(name: &str, refusal: &Refusal) -> Report {
    Report { function: name.to_owned(), subject: None, checks: judge::without_function(refusal) }
}

/// The first call shows whether AWS can be asked at all.
fn no_access(refusal: &Refusal) -> Failure {
    Failure::NoAccess(format!("{refusal} (what to do: {})", refusal.advice()))
}
