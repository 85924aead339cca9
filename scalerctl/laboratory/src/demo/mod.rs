//! `scalerctl demo`: the function's code on a simulated AWS.
//!
//! | file | contents |
//! |---|---|
//! | `args` | arguments and help |
//! | `example` | the endpoint, its route, and the payloads |
//! | `environment` | the function and the simulated AWS |
//! | `upload_run` | an upload, and a tick each minute until the endpoint is back at zero |
//! | `invocation`, `state`, `milestones`, `summary` | what is recorded of it |
//! | `expectations` | the checks of the demo |
//! | `target_tracking` | what target tracking would do with the same upload |
//! | `timeline`, `descriptions` | what happened, line by line |
//! | `text`, `json` | the output |
//! | `replay` | events from files |

pub mod args;
mod descriptions;
mod environment;
mod example;
mod expectations;
mod invocation;
mod json;
mod milestones;
mod replay;
mod state;
mod summary;
mod target_tracking;
mod text;
mod timeline;
mod upload_run;

use crate::demo::{args::DemoArgs, upload_run::Compared};
use scalerctl_console::{Failure, output::print, runtime::block_on};

/// `scalerctl demo`.
///
/// # Errors
///
/// [`Failure::NotOk`] if a check or an invocation failed, [`Failure::Usage`] if a file is not valid.
pub fn run(arguments: &DemoArgs) -> Result<(), Failure> {
    let (printed, problems) = if arguments.events.is_empty() {
        let run = block_on(upload_run::simulate(arguments.results))?;
        let problems = expectations::problems(&run);
        let target_tracking = target_tracking::simulate(run.started_at, run.uploaded_at);
        let without_results = match arguments.results {
            true => Some(block_on(upload_run::simulate(false))?.milestones),
            false => None,
        };
        let compared = Compared { target_tracking, without_results };
        let printed = match arguments.format.is_json() {
            true => json::of_upload_run(&run, &compared, &problems, arguments.verbose),
            false => text::of_upload_run(&run, &compared, &problems, arguments.verbose),
        };
        (printed, problems)
    } else {
        let events = replay::read(&arguments.events)?;
        let replayed = block_on(replay::run(&events))?;
        let problems = replay::problems(&replayed);
        let printed = match arguments.format.is_json() {
            true => json::of_replay(&replayed, &problems, arguments.verbose),
            false => text::of_replay(&replayed, arguments.verbose),
        };
        (printed, problems)
    };
    print(&printed)?;
    match problems.as_slice() {
        [] => Ok(()),
        problems => Err(Failure::NotOk(problems.join("; "))),
    }
}
