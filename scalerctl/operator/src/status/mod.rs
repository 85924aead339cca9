//! `scalerctl status`: the current status of endpoints.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `read` | everything that is read from AWS |
//! | `row` | the status of one variant, and its JSON; no I/O |
//! | `uploads` | what the function's ledger says about an endpoint |
//! | `text` | the rows as text |

pub mod args;
mod read;
mod row;
mod text;
mod uploads;

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    monitoring::{Account, TimeZone, terminal},
    status::args::StatusArgs,
};
use row::StatusReport;
use scalerctl_console::{Failure, output::print, progress::Progress, runtime::block_on};

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
    let account = Account::open(&arguments.monitoring, &arguments.endpoints).await?;
    let source = account.source(&arguments.monitoring.function).await?;
    let zone = TimeZone::of(&arguments.monitoring.time);
    let terminal = console::Term::stdout();
    // Only a terminal can be cleared. In a file, each output follows the previous one.
    let replaces = terminal.is_term() && !arguments.monitoring.format.is_json();
    let mut shown = 0;
    let mut lines = 0;
    loop {
        let progress = (shown == 0).then(Progress::start);
        if let Some(progress) = &progress {
            progress.step("AWS: endpoints, targets, leases, backlogs");
        }
        let now = arguments.monitoring.time.now.unwrap_or_else(Timestamp::now);
        let report = read::read(&account, &arguments.endpoints, &source, now).await?;
        drop(progress);
        let out = match (arguments.monitoring.format.is_json(), arguments.watch) {
            (true, None) => report.json(),
            (true, Some(_)) => report.json_line(),
            (false, _) => text::of(&report, &zone, terminal::width()),
        };
        if replaces && shown > 0 {
            terminal
                .clear_last_lines(lines)
                .map_err(|error| Failure::NotOk(format!("cannot clear the terminal: {error}")))?;
        }
        lines = out.lines().count();
        print(&out)?;
        shown += 1;
        let Some(seconds) = arguments.watch else { return verdict(&report) };
        if arguments.times.is_some_and(|times| shown >= times) {
            return verdict(&report);
        }
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
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
        some => Err(Failure::NotOk(format!(
            "not everything could be read of: \
                                            {}",
            some.join(", ")
        ))),
    }
}
