//! `scalerctl status`: the current status of endpoints.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `read` | everything that is read from AWS |
//! | `row` | the status of one variant, and its JSON; no I/O |
//! | `uploads` | what the function's ledger says about an endpoint |
//! | `value` | the values of a row as text |
//! | `text` | one endpoint as a block, and what cannot be read |
//! | `table` | several endpoints, with one line for each |

pub mod args;
mod read;
mod row;
mod table;
mod text;
mod uploads;
mod value;

use jiff::Timestamp;

use crate::{
    account::{fleet::FleetReader, name_or_pattern::given},
    monitoring::{Account, TimeZone, terminal},
    status::args::{StatusArgs, StatusFormat},
    watch::Shown,
};
use row::StatusReport;
use scalerctl_console::{Failure, progress::Progress, runtime::block_on};

/// Shows the status once, or repeatedly with `--watch`.
///
/// # Errors
///
/// [`Failure::NotOk`] if a value of an endpoint could not be read, [`Failure::Usage`] if an
/// endpoint does not exist, [`Failure::NoAccess`] if AWS cannot be reached.
pub fn run(arguments: &StatusArgs) -> Result<(), Failure> {
    block_on(show(arguments))
}

async fn show(arguments: &StatusArgs) -> Result<(), Failure> {
    let endpoints = given(&arguments.endpoints);
    let account = Account::open(&arguments.account, &arguments.function, &endpoints).await?;
    let mut fleet = FleetReader::all(&account.aws, &account.sagemaker);
    let format = arguments.format.format();
    let mut first = Some(Progress::start());
    let read = async || {
        let progress = first.take().unwrap_or_else(Progress::hidden);
        progress.step("AWS: endpoints, targets, leases, backlogs");
        let now = arguments.time.now.unwrap_or_else(Timestamp::now);
        let report = read::read(&account, &mut fleet, arguments, now).await?;
        drop(progress);
        let (text, beside) = match format {
            StatusFormat::Json => (arguments.watch.json(report.json()), String::new()),
            StatusFormat::Text | StatusFormat::Wide => {
                let text = text_of(&report, arguments, format == StatusFormat::Wide);
                // A table goes to stdout alone, so that other programs can read it.
                match text.is_table && arguments.watch.watch.is_none() {
                    true => (text.body, text.beside),
                    false => (text.joined(), String::new()),
                }
            }
        };
        Ok(Shown { text, beside, result: verdict(&report) })
    };
    arguments.watch.show(format == StatusFormat::Json, read).await
}

/// The output, and what is said beside it.
struct Text {
    /// The time of the report.
    head: String,
    /// The lines of the endpoints.
    body: String,
    /// Problems, notes, and totals.
    beside: String,
    /// Whether the lines are a table, which other programs may read.
    is_table: bool,
}

impl Text {
    fn joined(&self) -> String {
        let gap = if self.is_table { "\n" } else { "" };
        format!("{}{gap}{}{}", self.head, self.body, self.beside)
    }
}

fn text_of(report: &StatusReport, arguments: &StatusArgs, wide: bool) -> Text {
    let zone = TimeZone::of(&arguments.time);
    let head = text::head(report, &zone);
    if report.rows.len() == 1 && !wide || report.rows.is_empty() {
        let beside = text::beside(report, None);
        return Text { head, body: text::blocks(report, &zone), beside, is_table: false };
    }
    let table = match wide {
        true => table::wide(report, &zone),
        false => table::that_fits(report, &zone, terminal::width()),
    };
    let beside = text::beside(report, Some(&table));
    Text { head, body: table.text, beside, is_table: true }
}

fn verdict(report: &StatusReport) -> Result<(), Failure> {
    let unread: Vec<&str> = report
        .rows
        .iter()
        .filter(|row| !row.problems.is_empty())
        .map(|row| row.endpoint.as_str())
        .collect();
    match unread.as_slice() {
        [] => Ok(()),
        some => {
            let names = text::some_names(some);
            Err(Failure::NotOk(format!("not everything could be read of: {names}")))
        }
    }
}
