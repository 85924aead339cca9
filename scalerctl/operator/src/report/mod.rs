//! `scalerctl report`: totals and latencies of the last weeks.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `read` | everything that is read, from the log or from the metrics |
//! | `figures` | the totals and the latencies; no I/O |
//! | `text`, `json` | the result as text and as JSON |

pub mod args;
mod figures;
mod json;
mod read;
mod text;

use jiff::{SignedDuration, Timestamp};

use crate::{
    monitoring::{Account, Span, Zone, terminal},
    report::args::ReportArgs,
};
use figures::Report;
use scalerctl_console::{Failure, output::print, progress::Progress, runtime::block_on};

/// What is added up unless it is asked for otherwise.
const USUAL: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Reports.
///
/// # Errors
///
/// [`Failure::Usage`] for a span or an endpoint that is not there, [`Failure::NoAccess`] where AWS
/// cannot be asked.
pub fn run(arguments: &ReportArgs) -> Result<(), Failure> {
    let now = arguments.monitoring.time.now.unwrap_or_else(Timestamp::now);
    let span = Span::of(&arguments.span, USUAL, now)?;
    let report = block_on(async {
        let progress = Progress::start();
        progress.asks("CloudWatch: decisions and metrics");
        let account =
            Account::open(&arguments.monitoring.account, &arguments.monitoring.function).await?;
        read::gather(&account, arguments, span, now).await
    })?;
    print(&match arguments.monitoring.format.is_json() {
        true => json::of(&report),
        false => text::of(&report, &Zone::of(&arguments.monitoring.time), terminal::width()),
    })
}
