//! `scalerctl doctor`: why an endpoint does not scale as it should. Only reads.
//!
//! | file | idea |
//! |---|---|
//! | `account` | the services that are asked |
//! | `deployed` | which function covers the endpoint |
//! | `facts` | everything that is read, in order |
//! | `finding` | every finding, with its severity and why it matters |
//! | `examine` | the findings, from what was read; no I/O |
//! | `remedy` | the commands that mend it, with the real names filled in |
//! | `text`, `document` | for people, and as JSON |

mod account;
mod deployed;
mod document;
mod examine;
mod facts;
mod finding;
mod remedy;
mod text;

use crate::{Failure, account::progress::Progress, cli::DoctorArgs, output::print};
use account::Account;
use deployed::Deployed;
use facts::Facts;
use finding::{Finding, Severity};

/// What a run found.
#[derive(Debug)]
struct Report {
    endpoint: String,
    /// The function's ARN, where one is known.
    function: Option<String>,
    findings: Vec<Finding>,
}

impl Report {
    fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity() == severity).count()
    }

    /// `1 error, 0 warnings, 2 notes`.
    fn tally(&self) -> String {
        let counted = |severity: Severity| {
            let count = self.count(severity);
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {}{plural}", severity.as_str())
        };
        Severity::ALL.map(counted).join(", ")
    }
}

/// Examines the endpoint.
///
/// # Errors
///
/// [`Failure::Grave`] with an error among the findings, [`Failure::Story`] with a warning,
/// [`Failure::NoAccess`] where the endpoint cannot be read.
pub fn run(arguments: &DoctorArgs) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Story(format!("no runtime: {error}")))?;
    let report = runtime.block_on(diagnose(arguments))?;
    print(&match arguments.format.is_json() {
        true => document::of(&report),
        false => text::of(&report),
    })?;
    match report.findings.iter().map(Finding::severity).max() {
        None | Some(Severity::Note) => Ok(()),
        Some(Severity::Warning) => Err(Failure::Story(report.tally())),
        Some(Severity::Error) => Err(Failure::Grave(report.tally())),
    }
}

async fn diagnose(arguments: &DoctorArgs) -> Result<Report, Failure> {
    let progress = Progress::start();
    let account = Account::open(arguments).await?;
    let facts = Facts::gather(&account, arguments, &progress).await?;
    let findings = examine::all(&facts);
    let function = facts.function().map(|function| function.arn.clone());
    Ok(Report { endpoint: facts.endpoint.name, function, findings })
}
