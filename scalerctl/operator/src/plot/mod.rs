//! `scalerctl plot`: a chart of an endpoint's last hours.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `facts` | everything that is read from AWS |
//! | `course` | what is drawn; no I/O |
//! | `axis` | round times for the axis |
//! | `lanes`, `text` | on a terminal: one character for each step of time, values in braille |
//! | `picture` | as SVG and PNG |
//! | `page`, `document` | as HTML and as JSON |

pub mod args;
mod axis;
mod course;
mod document;
mod facts;
mod lanes;
mod page;
mod picture;
mod text;

use jiff::{SignedDuration, Timestamp};

use crate::{
    monitoring::{Account, Span, Zone, terminal},
    plot::args::PlotArgs,
};
use scalerctl_console::output::write_file;
use scalerctl_console::{
    Failure, chart::ChartWidth, output::print, progress::Progress, runtime::block_on,
};

/// What is drawn unless it is asked for otherwise.
const USUAL: SignedDuration = SignedDuration::from_hours(6);

/// Draws it.
///
/// # Errors
///
/// [`Failure::Usage`] for a span or an endpoint that is not there, [`Failure::NoAccess`] where AWS
/// cannot be asked, [`Failure::NotOk`] where a file cannot be written.
pub fn run(arguments: &PlotArgs) -> Result<(), Failure> {
    let now = arguments.monitoring.time.now.unwrap_or_else(Timestamp::now);
    let span = Span::of(&arguments.span, USUAL, now)?;
    let zone = Zone::of(&arguments.monitoring.time);
    let course = block_on(async {
        let progress = Progress::start();
        progress.asks("CloudWatch: metrics, alarms and decisions");
        let account =
            Account::open(&arguments.monitoring.account, &arguments.monitoring.function).await?;
        facts::gather(&account, arguments, span, now).await
    })?;
    let mut written = Vec::new();
    if let Some(file) = &arguments.svg {
        write_file(
            file,
            picture::svg(&course, &zone, ChartWidth::Wide).map_err(Failure::NotOk)?.as_bytes(),
        )?;
        written.push(file);
    }
    if let Some(file) = &arguments.png {
        write_file(file, &picture::png(&course, &zone).map_err(Failure::NotOk)?)?;
        written.push(file);
    }
    if let Some(file) = &arguments.html {
        write_file(file, page::of(&course, &zone).map_err(Failure::NotOk)?.as_bytes())?;
        written.push(file);
    }
    if arguments.monitoring.format.is_json() {
        return print(&document::of(&course));
    }
    if written.is_empty() {
        return print(&text::of(&course, &zone, terminal::width()));
    }
    let lines: Vec<String> = written.iter().map(|file| format!("{}\n", file.display())).collect();
    print(&format!("Written:\n{}", lines.concat()))
}
