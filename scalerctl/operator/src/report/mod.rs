//! `scalerctl report`: totals and latencies of the last weeks.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `read` | everything that is read, from the log or from the metrics |
//! | `totals` | the totals and the latencies; no I/O |
//! | `after_results` | the idle time after the last result of each wake; no I/O |
//! | `text`, `json` | the result as text and as JSON |

mod after_results;
pub mod args;
mod json;
mod read;
mod text;
mod totals;

use jiff::{SignedDuration, Timestamp};

use crate::{
    monitoring::{Account, TimeRange, TimeZone, terminal},
    report::args::ReportArgs,
};
use scalerctl_console::{Failure, output::print, progress::Progress, runtime::block_on};
use totals::Report;

/// The default time range.
const DEFAULT_RANGE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Prints the report.
///
/// # Errors
///
/// [`Failure::Usage`] if the range is not valid or the endpoint does not exist, [`Failure::NoAccess`] if AWS
/// cannot be reached.
pub fn run(arguments: &ReportArgs) -> Result<(), Failure> {
    let now = arguments.monitoring.time.now.unwrap_or_else(Timestamp::now);
    let range = TimeRange::of(&arguments.range, &arguments.monitoring.time, DEFAULT_RANGE, now)?;
    let report = block_on(async {
        let progress = Progress::start();
        progress.step("CloudWatch: decisions and metrics");
        let account = Account::open(&arguments.monitoring, &arguments.endpoints).await?;
        read::read(&account, arguments, range, now).await
    })?;
    print(&match arguments.monitoring.format.is_json() {
        true => json::of(&report),
        false => text::of(&report, &TimeZone::of(&arguments.monitoring.time), terminal::width()),
    })
}
