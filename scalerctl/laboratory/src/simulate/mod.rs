//! `scalerctl simulate` and `scalerctl explain`: what a scaling policy does on a workload, before it
//! costs money.
//!
//! | file | contents |
//! |---|---|
//! | `args` | arguments and help |
//! | `workload`, `distribution` | when requests arrive, and how long things take |
//! | `scenario`, `calibration` | what is the same for every candidate: defaults, arguments, measurements |
//! | `candidate_id`, `candidate` | the policies to compare |
//! | `own` | the files of `--own` |
//! | `compare`, `run`, `invocations`, `endpoint` | each candidate on the scenario, in simulated time |
//! | `policy_effects`, `policy_finding` | what is wrong with the policies, whatever the workload is |
//! | `alarm_names` | short names and rules of alarms |
//! | `run_record`, `results` | what happened, and the figures of it |
//! | `table`, `json`, `csv`, `timeline`, `html` | the output |
//! | `assumptions` | the numbers of the model, and where each comes from |
//! | `reported_delays` | what users report, next to what the model computes |
//! | `explanation`, `explanation_json`, `scaling_causes` | what happened line by line, and what triggered scaling |

mod alarm_names;
pub mod args;
mod assumptions;
pub mod calibration;
mod candidate;
mod candidate_id;
mod compare;
mod csv;
mod distribution;
mod endpoint;
mod explanation;
mod explanation_json;
mod html;
mod invocations;
mod json;
mod own;
mod policy_effects;
mod policy_finding;
mod reported_delays;
mod results;
mod run;
mod run_record;
mod scaling_causes;
mod scenario;
mod table;
mod timeline;
mod workload;

pub use candidate::{Candidate, Deployment, built_in};
pub use candidate_id::CandidateId;
pub use distribution::{DurationDistribution, delay, duration};
pub use run::run_candidate;
pub use scenario::Scenario;
pub use workload::{Arrival, Pattern, begin};

use crate::simulate::args::{ExplainArgs, ScenarioArgs, SimulateArgs};
use compare::{Compared, run_all};
use results::Results;
use scalerctl_console::{Failure, chart::ChartWidth, output::print, timeline::svg};

/// `scalerctl simulate`.
///
/// # Errors
///
/// [`Failure::Usage`] if an argument or a file is not valid, [`Failure::NotOk`] if a file cannot be
/// written.
pub fn run(arguments: &SimulateArgs) -> Result<(), Failure> {
    let scenario = Scenario::of(&arguments.scenario)?;
    let candidates = candidates(&arguments.scenario, &scenario)?;
    let compared = run_all(&candidates, &scenario, arguments.price_per_hour)?;
    if let Some(folder) = &arguments.svg {
        for (candidate, record, _) in &compared {
            let title = candidate.title();
            let drawn = svg(&timeline::of(record), ChartWidth::Wide, Some(&title));
            let svg = drawn.map_err(Failure::NotOk)?;
            write(&folder.join(format!("{}.svg", candidate.id)), &svg)?;
        }
    }
    if let Some(file) = &arguments.html {
        let title = format!("Scaling policies: {}", arguments.scenario.workload_name());
        let delays = reported_delays::compare()?;
        let page = html::page(&title, &scenario, &compared, &delays).map_err(Failure::NotOk)?;
        write(file, &page)?;
    }
    let rows: Vec<(Candidate, Results)> =
        compared.into_iter().map(|(candidate, _, results)| (candidate, results)).collect();
    if let Some(file) = &arguments.csv {
        write(file, &csv::of(&rows).map_err(Failure::NotOk)?)?;
    }
    let printed = match arguments.format.is_json() {
        true => json::of(arguments, &scenario, &rows),
        false => table::of(&rows, arguments.price_per_hour.is_some()),
    };
    print(&printed)
}

/// `scalerctl explain`.
///
/// # Errors
///
/// [`Failure::Usage`] if an argument or a file is not valid.
pub fn explain(arguments: &ExplainArgs) -> Result<(), Failure> {
    let scenario = Scenario::of(&arguments.scenario)?;
    let candidates = candidates(&arguments.scenario, &scenario)?;
    let explained = run_all(&candidates, &scenario, None)?;
    print(&match arguments.format.is_json() {
        true => explanation_json::of(&scenario, &explained),
        false => {
            let text = |(candidate, record, results): &Compared| {
                explanation::of(candidate, record, results)
            };
            explained.iter().map(text).collect::<Vec<_>>().join("\n")
        }
    })
}

/// The candidates that the arguments select.
fn candidates(arguments: &ScenarioArgs, scenario: &Scenario) -> Result<Vec<Candidate>, Failure> {
    let deployment = Deployment {
        idle_minutes: arguments.idle_minutes,
        job_minutes: arguments.job_minutes,
        wake_to: arguments.wake_to,
        inputs_per_instance: arguments.inputs_per_instance,
        buffer_seconds: arguments.buffer_seconds,
    };
    let mut all = built_in(deployment);
    if !arguments.own.is_empty() {
        let simulated = (scenario.from, scenario.until);
        all.push(candidate::own(own::user_policies::read(arguments, simulated)?));
    }
    if arguments.policy.is_empty() {
        return Ok(all);
    }
    let select = |id: &CandidateId| {
        all.iter().find(|candidate| candidate.id == *id).cloned().ok_or_else(|| {
            let option = id.required_option().unwrap_or_default();
            Failure::Usage(format!("--policy {id}: requires {option}"))
        })
    };
    arguments.policy.iter().map(select).collect()
}

fn write(file: &std::path::Path, text: &str) -> Result<(), Failure> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(|error| {
            Failure::NotOk(format!("cannot create {}: {error}", folder.display()))
        })?;
    }
    std::fs::write(file, text)
        .map_err(|error| Failure::NotOk(format!("cannot write {}: {error}", file.display())))
}
