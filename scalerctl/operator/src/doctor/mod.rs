//! `scalerctl doctor`: why an endpoint does not scale as it should. Only reads.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `clients` | the AWS clients |
//! | `function` | which function covers the endpoint |
//! | `read` | everything that is read from AWS, in order |
//! | `read_log`, `log_facts` | the part about the function's log and the newest datapoint, and what was read |
//! | `read_schedules` | the part about the function's schedule |
//! | `read_results`, `result_facts` | the part about uploads and results, and what was read |
//! | `finding` | every finding, with its severity and why it matters |
//! | `checks` | the findings, from what was read; no I/O |
//! | `report` | the result |
//! | `text`, `json` | the result as text and as JSON |

pub mod args;
mod checks;
mod clients;
mod finding;
mod function;
mod json;
mod log_facts;
mod read;
mod read_log;
mod read_results;
mod read_schedules;
mod report;
mod result_facts;
mod text;

use crate::doctor::args::DoctorArgs;
use clients::Account;
use finding::{Finding, Severity};
use function::{Coverage, FunctionLookup};
use read::Facts;
use report::Report;
use scalerctl_console::runtime::block_on;
use scalerctl_console::{Failure, output::print, progress::Progress};

/// Examines the endpoint.
///
/// # Errors
///
/// [`Failure::ErrorFound`] if there is an error among the findings, [`Failure::NotOk`] if there is a warning,
/// [`Failure::NoAccess`] if the endpoint cannot be read.
pub fn run(arguments: &DoctorArgs) -> Result<(), Failure> {
    let report = block_on(diagnose(arguments))?;
    print(&match arguments.format.is_json() {
        true => json::of(&report),
        false => text::of(&report),
    })?;
    match report.findings.iter().map(Finding::severity).max() {
        None | Some(Severity::Note) => Ok(()),
        Some(Severity::Warning) => Err(Failure::NotOk(report.tally())),
        Some(Severity::Error) => Err(Failure::ErrorFound(report.tally())),
    }
}

async fn diagnose(arguments: &DoctorArgs) -> Result<Report, Failure> {
    let progress = Progress::start();
    let account = Account::open(arguments).await?;
    let facts = Facts::read(&account, arguments, &progress).await?;
    let findings = checks::all(&facts);
    let function = facts.function().map(|function| function.arn.clone());
    let has_none = function.is_none() && facts.coverage() == Coverage::Unmanaged;
    let is_managed = facts.coverage() == Coverage::Managed;
    Ok(Report { endpoint: facts.endpoint.name, function, has_none, is_managed, findings })
}
