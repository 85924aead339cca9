//! `scalerctl logs`: the function's decisions as they are made.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `line` | a decision as a line; no I/O |
//! | `news` | the decisions of a read that an earlier one did not have; no I/O |

pub mod args;
mod line;
mod news;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{
    account::decision_log::LoggedDecision,
    logs::args::LogsArgs,
    monitoring::{Account, TimeRange, TimeZone, args::MonitoringArgs, no_access},
};
use news::News;
use scalerctl_console::{Failure, output::print_to_reader, progress::Progress, runtime::block_on};

/// The default time range.
const DEFAULT_RANGE: SignedDuration = SignedDuration::from_hours(1);

/// The time between two reads.
const POLL: Duration = Duration::from_secs(5);

/// Reads that fail one after the other before the command gives up: a minute.
const MOST_FAILURES: u32 = 12;

/// How far ahead of the clock of this machine the clock of AWS may be, as with `scalerctl aws --speed`.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Shows the decisions.
///
/// # Errors
///
/// [`Failure::Usage`] if no function is known or the range is not valid, [`Failure::NoAccess`] if AWS cannot be
/// reached.
pub fn run(arguments: &LogsArgs) -> Result<(), Failure> {
    block_on(async {
        tokio::select! {
            done = show(arguments) => done,
            interrupted = tokio::signal::ctrl_c() => {
                interrupted.map_err(|error| Failure::NotOk(format!("cannot wait: {error}")))
            }
        }
    })
}

async fn show(arguments: &LogsArgs) -> Result<(), Failure> {
    let MonitoringArgs { account, function, time, format } = &arguments.monitoring;
    let now = time.now.unwrap_or_else(Timestamp::now);
    let range = TimeRange::of(&arguments.range, time, DEFAULT_RANGE, now)?;
    let endpoint = arguments.endpoint.as_ref();
    let progress = Progress::start();
    progress.step("Lambda and CloudWatch Logs: the function's decisions");
    let account = Account::open(account, function, arguments.endpoint.as_slice()).await?;
    let names: Vec<String> = endpoint.iter().map(|endpoint| endpoint.name.clone()).collect();
    let source = account.source(function, &names).await?;
    let Some(group) = source.log_group else {
        let why = source.notes.first().map_or("no function is known", String::as_str);
        return Err(source.refused.unwrap_or_else(|| {
            Failure::Usage(format!(
                "{why} (what to do: name the function with --function, or its log group with --log-group)"
            ))
        }));
    };
    let read = async |from: Timestamp, until: Timestamp| {
        let only = endpoint.map(|endpoint| endpoint.name.as_str());
        account.decisions.read(&group, only, (from, until)).await
    };
    let zone = TimeZone::of(time);
    let lines = |decisions: &[LoggedDecision]| -> String {
        let line = |decided| match format.is_json() {
            true => line::document(decided),
            false => line::text(decided, &zone),
        };
        let is_shown = |decided: &&LoggedDecision| {
            !arguments.changes || decided.action != "none" || decided.errors > 0
        };
        decisions.iter().filter(is_shown).map(line).collect()
    };
    let until = match arguments.range.until {
        Some(_) => range.until,
        None => range.until + AHEAD,
    };
    let first = read(range.from, until).await.map_err(no_access)?;
    drop(progress);
    // stdout has only decisions.
    for note in &source.notes {
        anstream::eprintln!("{note}");
    }
    let mut news = News::since(range.from);
    let mut is_read = print_to_reader(&lines(&news.of(first)))?;
    let mut failures = 0;
    while arguments.follow && is_read {
        tokio::time::sleep(POLL).await;
        let now = time.now.unwrap_or_else(Timestamp::now);
        match read(news.from(), now + AHEAD).await {
            Ok(decisions) => {
                failures = 0;
                is_read = print_to_reader(&lines(&news.of(decisions)))?;
            }
            Err(error) => {
                failures += 1;
                if failures >= MOST_FAILURES {
                    return Err(no_access(error));
                }
                anstream::eprintln!("scalerctl: {error}; trying again");
            }
        }
    }
    Ok(())
}
