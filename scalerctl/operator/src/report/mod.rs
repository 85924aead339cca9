//! `scalerctl report`: totals and latencies of the last weeks.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `read` | everything that is read, from the log or from the metrics |
//! | `totals` | the totals and the latencies; no I/O |
//! | `awake` | each time for which instances were desired; no I/O |
//! | `after_results` | the idle time after the last result of each wake; no I/O |
//! | `fleet` | the sums over all endpoints, and the wakes that took the most; no I/O |
//! | `text`, `json` | the result as text and as JSON |

mod after_results;
pub mod args;
mod awake;
mod fleet;
mod json;
mod read;
mod text;
mod totals;

use jiff::{SignedDuration, Timestamp};

use crate::{
    account::{fleet::FleetReader, name_or_pattern::given},
    monitoring::{Account, TimeRange, TimeZone, args::MonitoringArgs, terminal},
    report::args::ReportArgs,
    watch::Shown,
};
use scalerctl_console::{Failure, progress::Progress, runtime::block_on};
use totals::Report;

/// The default time range.
const DEFAULT_RANGE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Prints the report once, or repeatedly with `--watch`.
///
/// # Errors
///
/// [`Failure::Usage`] if the range is not valid or the endpoint does not exist, [`Failure::NoAccess`] if AWS
/// cannot be reached.
pub fn run(arguments: &ReportArgs) -> Result<(), Failure> {
    let MonitoringArgs { account, function, time, format, .. } = &arguments.monitoring;
    let range_at = |now| TimeRange::of(&arguments.range, time, DEFAULT_RANGE, now);
    let present = || time.now.unwrap_or_else(Timestamp::now);
    // Before AWS is called.
    range_at(present())?;
    block_on(async {
        let mut first = Some(Progress::start());
        let account = Account::open(account, function, &given(&arguments.endpoints)).await?;
        let mut fleet = FleetReader::all(&account.aws, &account.sagemaker);
        let read = async || {
            let progress = first.take().unwrap_or_else(Progress::hidden);
            progress.step("CloudWatch: decisions and metrics");
            let now = present();
            let range = range_at(now)?;
            let report = read::read(&account, &mut fleet, arguments, range, now).await?;
            let text = match format.is_json() {
                true => arguments.watch.json(json::of(&report)),
                false => text::of(&report, &TimeZone::of(time), terminal::width()),
            };
            drop(progress);
            Ok(Shown { text, beside: String::new(), result: Ok(()) })
        };
        arguments.watch.show(format.is_json(), read).await
    })
}
