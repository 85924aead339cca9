//! `scalerctl simulate` and `scalerctl explain`: what a scaling policy does to a workload, before it
//! costs money.
//!
//! | file | idea |
//! |---|---|
//! | `workload`, `spread` | what arrives, when, and how long things take |
//! | `conditions`, `calibration` | what is the same for every policy, given or measured |
//! | `contender`, `own` | the policies that are compared |
//! | `play`, `function` | one policy through the workload, in simulated time |
//! | `args` | arguments and help |
//! | `compare`, `endpoint` | all policies, on one endpoint |
//! | `alarms` | names and rules of alarms, in short |
//! | `course`, `outcome` | what happened, and what it came to |
//! | `table`, `document`, `picture`, `report` | for people and machines |
//! | `assumptions` | what the figures rest on |
//! | `published` | what people report, beside what the model makes of it |
//! | `story`, `trigger` | the same, line by line, and what triggers scaling |

mod alarms;
pub mod args;
mod assumptions;
pub mod calibration;
mod compare;
mod conditions;
mod contender;
mod course;
mod document;
mod endpoint;
mod function;
mod outcome;
mod own;
mod picture;
mod play;
mod progress;
mod published;
mod report;
mod spread;
mod story;
mod table;
mod trigger;
mod workload;

pub use conditions::Conditions;
pub use contender::{Contender, Deployment, built_in};
pub use play::play;
pub use spread::{Spread, delay, duration};
pub use workload::{Arrival, Pattern, begin};

use crate::simulate::args::{ExplainArgs, SceneArgs, SimulateArgs};
use compare::play_all;
use outcome::Outcome;
use scalerctl_common::{Failure, output::print, page::Shape};

/// Runs the comparison.
///
/// # Errors
///
/// [`Failure::Usage`] where an argument or a file cannot be used, [`Failure::NotOk`] where something
/// cannot be written.
pub fn run(arguments: &SimulateArgs) -> Result<(), Failure> {
    let conditions = Conditions::of(&arguments.scene)?;
    let contenders = contenders(&arguments.scene)?;
    let rows = play_all(&contenders, &conditions, arguments.price_per_hour)?;
    if let Some(folder) = &arguments.svg {
        for (contender, course, _) in &rows {
            let title = format!("{} {}", contender.key, contender.name);
            let svg = picture::svg(course, Shape::Wide, Some(&title)).map_err(Failure::NotOk)?;
            write(&folder.join(format!("{}.svg", contender.key)), &svg)?;
        }
    }
    if let Some(file) = &arguments.html {
        let title = format!("Scaling policies: {}", arguments.scene.workload_name());
        let published = published::play()?;
        let page = report::html(&title, &conditions, &rows, &published).map_err(Failure::NotOk)?;
        write(file, &page)?;
    }
    let rows: Vec<(Contender, Outcome)> =
        rows.into_iter().map(|(contender, _, outcome)| (contender, outcome)).collect();
    if let Some(file) = &arguments.csv {
        write(file, &document::csv(&rows).map_err(Failure::NotOk)?)?;
    }
    let printed = match arguments.format.is_json() {
        true => document::json(arguments, &conditions, &rows),
        false => table::of(&rows, arguments.price_per_hour.is_some()),
    };
    print(&printed)
}

/// Tells each policy's course as a story.
///
/// # Errors
///
/// [`Failure::Usage`] where an argument or a file cannot be used.
pub fn explain(arguments: &ExplainArgs) -> Result<(), Failure> {
    let conditions = Conditions::of(&arguments.scene)?;
    let contenders = contenders(&arguments.scene)?;
    let stories: Vec<String> = play_all(&contenders, &conditions, None)?
        .iter()
        .map(|(contender, course, outcome)| story::of(contender, course, outcome))
        .collect();
    print(&stories.join("\n"))
}

fn contenders(arguments: &SceneArgs) -> Result<Vec<Contender>, Failure> {
    let deployment = Deployment {
        idle_minutes: arguments.idle_minutes,
        wake_to: arguments.wake_to,
        inputs_per_instance: arguments.inputs_per_instance,
        buffer_seconds: arguments.buffer_seconds,
    };
    let mut built_in = contender::built_in(deployment);
    if !arguments.own.is_empty() {
        built_in.push(contender::own(own::read(&arguments.own)?));
    }
    if arguments.policy.is_empty() {
        return Ok(built_in);
    }
    arguments
        .policy
        .iter()
        .map(|key| {
            built_in.iter().find(|contender| contender.key == *key).cloned().ok_or_else(|| {
                let keys: Vec<&str> = built_in.iter().map(|c| c.key.as_str()).collect();
                Failure::Usage(format!("--policy {key}: there are {}", keys.join(", ")))
            })
        })
        .collect()
}

fn write(file: &std::path::Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::NotOk(format!("cannot make {}: {error}", folder.display()))
        })?;
    }
    std::fs::write(file, text)
        .map_err(|error| Failure::NotOk(format!("cannot write {}: {error}", file.display())))
}
