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
//! | `screen` | the output of `--watch` on a terminal |

pub mod args;
mod read;
mod row;
mod screen;
mod table;
mod text;
mod uploads;
mod value;

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    account::{fleet::FleetReader, name_or_pattern::given},
    monitoring::{Account, TimeZone, terminal},
    status::args::{StatusArgs, StatusFormat},
};
use row::StatusReport;
use scalerctl_console::{Failure, output::print, progress::Progress, runtime::block_on};
use screen::Screen;

/// Shows the status once, or repeatedly with `--watch`.
///
/// # Errors
///
/// [`Failure::NotOk`] if a value of an endpoint could not be read, [`Failure::Usage`] if an
/// endpoint does not exist, [`Failure::NoAccess`] if AWS cannot be reached.
pub fn run(arguments: &StatusArgs) -> Result<(), Failure> {
    block_on(async {
        tokio::select! {
            done = show(arguments) => done,
            interrupted = tokio::signal::ctrl_c() => {
                interrupted.map_err(|error| Failure::NotOk(format!("cannot wait: {error}")))
            }
        }
    })
}

async fn show(arguments: &StatusArgs) -> Result<(), Failure> {
    let endpoints = given(&arguments.endpoints);
    let account = Account::open(&arguments.account, &arguments.function, &endpoints).await?;
    let mut fleet = FleetReader::all(&account.aws, &account.sagemaker);
    let format = arguments.format.format();
    let mut screen = Screen::new(arguments.watch.is_some() && format != StatusFormat::Json);
    let mut shown = 0;
    loop {
        let progress = (shown == 0).then(Progress::start);
        if let Some(progress) = &progress {
            progress.step("AWS: endpoints, targets, leases, backlogs");
        }
        let now = arguments.time.now.unwrap_or_else(Timestamp::now);
        let report = read::read(&account, &mut fleet, arguments, now).await?;
        drop(progress);
        match (format, arguments.watch) {
            (StatusFormat::Json, None) => print(&report.json())?,
            (StatusFormat::Json, Some(_)) => print(&report.json_line())?,
            (StatusFormat::Text | StatusFormat::Wide, watch) => {
                let text = text_of(&report, arguments, format == StatusFormat::Wide);
                match watch {
                    None => print_once(&text)?,
                    Some(_) => screen.show(&text.joined())?,
                }
            }
        }
        shown += 1;
        let Some(seconds) = arguments.watch else { return verdict(&report) };
        if arguments.times.is_some_and(|times| shown >= times) {
            return verdict(&report);
        }
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
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

/// A table goes to stdout alone, so that other programs can read it. What else is to be said goes to stderr.
fn print_once(text: &Text) -> Result<(), Failure> {
    if !text.is_table {
        return print(&text.joined());
    }
    print(&text.body)?;
    anstream::eprint!("{}", text.beside);
    Ok(())
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
