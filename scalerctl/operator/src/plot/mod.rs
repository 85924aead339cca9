//! `scalerctl plot`: a chart of an endpoint's last hours.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `read` | everything that is read from AWS |
//! | `timeline` | the datapoints, alarm states and decisions in the time range; no I/O |
//! | `axis` | round times for the axis |
//! | `lanes`, `text` | on a terminal: one character for each step of time, values in braille |
//! | `picture` | as SVG and PNG |
//! | `summary` | the paid idle time, and decisions, in words |
//! | `html`, `json` | as an HTML page and as JSON |

pub mod args;
mod axis;
mod html;
mod json;
mod lanes;
mod picture;
mod read;
mod summary;
mod text;
mod timeline;

use jiff::{SignedDuration, Timestamp};

use crate::{
    monitoring::{Account, TimeRange, TimeZone, args::MonitoringArgs, terminal},
    plot::args::PlotArgs,
};
use scalerctl_console::{
    Failure,
    chart::ChartWidth,
    output::{print, write_file},
    progress::Progress,
    runtime::block_on,
};

/// The default time range.
const DEFAULT_RANGE: SignedDuration = SignedDuration::from_hours(6);

/// Draws the chart.
///
/// # Errors
///
/// [`Failure::Usage`] if the range is not valid or the endpoint does not exist, [`Failure::NoAccess`] if AWS
/// cannot be reached, [`Failure::NotOk`] if a file cannot be written.
pub fn run(arguments: &PlotArgs) -> Result<(), Failure> {
    let now = arguments.monitoring.time.now.unwrap_or_else(Timestamp::now);
    let range = TimeRange::of(&arguments.range, &arguments.monitoring.time, DEFAULT_RANGE, now)?;
    let zone = TimeZone::of(&arguments.monitoring.time);
    let timeline = block_on(async {
        let progress = Progress::start();
        progress.step("CloudWatch: metrics, alarms and decisions");
        let endpoint = std::slice::from_ref(&arguments.endpoint);
        let MonitoringArgs { account, function, .. } = &arguments.monitoring;
        let account = Account::open(account, function, endpoint).await?;
        read::read(&account, arguments, range, now).await
    })?;
    let width = ChartWidth::of_file(arguments.narrow);
    let mut written = Vec::new();
    if let Some(file) = &arguments.svg {
        write_file(file, picture::svg_file(&timeline, &zone, width).as_bytes())?;
        written.push(file);
    }
    if let Some(file) = &arguments.png {
        write_file(file, &picture::png_file(&timeline, &zone, width).map_err(Failure::NotOk)?)?;
        written.push(file);
    }
    if let Some(file) = &arguments.html {
        write_file(file, html::of(&timeline, &zone).as_bytes())?;
        written.push(file);
    }
    if arguments.monitoring.format.is_json() {
        return print(&json::of(&timeline));
    }
    if written.is_empty() {
        return print(&text::of(&timeline, &zone, terminal::width()));
    }
    let lines: Vec<String> = written.iter().map(|file| format!("{}\n", file.display())).collect();
    print(&format!("Written:\n{}", lines.concat()))
}
