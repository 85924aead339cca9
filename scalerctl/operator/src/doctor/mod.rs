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
//! | `several`, `several_reports` | several endpoints: which they are, and a line for each |

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
mod several;
mod several_reports;
mod text;

use crate::{account::name_or_pattern::NameOrPattern, doctor::args::DoctorArgs, watch::Shown};
use clients::Account;
use finding::{Finding, Severity};
use function::{Coverage, FunctionLookup};
use read::Facts;
use report::Report;
use scalerctl_console::runtime::block_on;
use scalerctl_console::{Failure, progress::Progress};

/// Examines the endpoints once, or repeatedly with `--watch`.
///
/// # Errors
///
/// [`Failure::ErrorFound`] if there is an error among the findings, [`Failure::NotOk`] if there is a warning,
/// [`Failure::NoAccess`] if an endpoint cannot be read.
pub fn run(arguments: &DoctorArgs) -> Result<(), Failure> {
    let is_json = arguments.format.is_json();
    block_on(async {
        let mut first = Some(Progress::start());
        let account = Account::open(arguments).await?;
        let read = async || {
            let progress = first.take().unwrap_or_else(Progress::hidden);
            let (text, failure) = match arguments.endpoints.as_slice() {
                [NameOrPattern::One(endpoint)] => {
                    let report = diagnose(&account, &endpoint.name, arguments, &progress).await?;
                    let text = if is_json { json::of(&report) } else { text::of(&report) };
                    (text, report.failure())
                }
                _ => {
                    let reports = several::examined(&account, arguments, &progress).await?;
                    let text = if is_json { reports.document() } else { reports.text() };
                    (text, reports.failure())
                }
            };
            let text = if is_json { arguments.watch.json(text) } else { text };
            Ok(Shown { text, beside: String::new(), result: failure.map_or(Ok(()), Err) })
        };
        arguments.watch.show(is_json, read).await
    })
}

async fn diagnose(
    account: &Account,
    endpoint: &str,
    arguments: &DoctorArgs,
    progress: &Progress,
) -> Result<Report, Failure> {
    let facts = Facts::read(account, endpoint, arguments, progress).await?;
    let findings = checks::all(&facts);
    let function = facts.function().map(|function| function.arn.clone());
    let has_none = function.is_none() && facts.coverage() == Coverage::Unmanaged;
    let is_managed = facts.coverage() == Coverage::Managed;
    Ok(Report { endpoint: facts.endpoint.name, function, has_none, is_managed, findings })
}
