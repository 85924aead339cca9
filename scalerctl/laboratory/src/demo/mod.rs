//! `scalerctl demo`: the real function on a simulated AWS.
//!
//! | file | idea |
//! |---|---|
//! | `scene` | who plays |
//! | `laboratory`, `connect`, `virtual_clock` | the function, the loopback AWS, and their time |
//! | `story`, `payload`, `progress` | the upload and every minute after it |
//! | `invocation`, `state`, `course` | what is kept of it |
//! | `check` | what must be true of it |
//! | `target_tracking` | what would have happened without the function |
//! | `timeline`, `summary`, `wording` | the same for people |
//! | `text`, `replay_text`, `style`, `document` | on a terminal, and as JSON |
//! | `replay` | events from files instead of the story |

pub mod args;
mod check;
mod connect;
mod course;
mod document;
mod invocation;
mod laboratory;
mod payload;
mod progress;
mod replay;
mod replay_text;
mod scene;
mod state;
mod story;
mod style;
mod summary;
mod target_tracking;
mod text;
mod timeline;
mod virtual_clock;
mod wording;

use crate::demo::args::DemoArgs;
use scalerctl_common::runtime::block_on;
use scalerctl_common::{Failure, output::print};

/// Runs the demo.
///
/// # Errors
///
/// [`Failure::NotOk`] where something is not as it must be, [`Failure::Usage`] where a file cannot
/// be used.
pub fn run(arguments: &DemoArgs) -> Result<(), Failure> {
    let (printed, problems) = if arguments.events.is_empty() {
        let story = block_on(story::play())?;
        let problems = check::problems(&story);
        let instead = target_tracking::play(story.started_at, story.uploaded_at);
        let printed = match arguments.format.is_json() {
            true => document::of_story(&story, &instead, &problems, arguments.verbose),
            false => text::of_story(&story, &instead, &problems, arguments.verbose),
        };
        (printed, problems)
    } else {
        let events = replay::read(&arguments.events)?;
        let replayed = block_on(replay::play(&events))?;
        let problems = replay::problems(&replayed);
        let printed = match arguments.format.is_json() {
            true => document::of_replay(&replayed, &problems, arguments.verbose),
            false => replay_text::of_replay(&replayed, arguments.verbose),
        };
        (printed, problems)
    };
    print(&printed)?;
    match problems.as_slice() {
        [] => Ok(()),
        problems => Err(Failure::NotOk(problems.join("; "))),
    }
}
