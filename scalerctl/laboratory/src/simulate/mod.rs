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
//! | `habits`, `results_metric` | the policies of others |
//! | `compare`, `run`, `invocations`, `endpoint` | each candidate on the scenario, in simulated time |
//! | `idle_window` | scaling with an idle window |
//! | `policy_effects`, `policy_finding` | what is wrong with the policies, whatever the workload is |
//! | `alarm_names` | short names and rules of alarms |
//! | `run_record`, `results` | what happened, and the figures of it |
//! | `tariff`, `billing` | what is billed |
//! | `verdict` | which policy wins |
//! | `conditions`, `table`, `json`, `csv`, `html` | the output |
//! | `timeline`, `comparison_chart`, `logarithmic_axis`, `name_places` | its charts |
//! | `assumptions` | the numbers of the model, and where each comes from |
//! | `reported_delays` | what users report, next to what the model computes |
//! | `explanation`, `explanation_json`, `scaling_causes` | what happened line by line, and what triggered scaling |

mod alarm_names;
pub mod args;
mod assumptions;
mod billing;
pub mod calibration;
mod candidate;
mod candidate_id;
mod compare;
mod comparison_chart;
mod conditions;
mod csv;
mod distribution;
mod endpoint;
mod explanation;
mod explanation_json;
mod habits;
mod html;
mod idle_window;
mod invocations;
mod json;
mod logarithmic_axis;
mod name_places;
mod own;
mod policy_effects;
mod policy_finding;
mod reported_delays;
mod results;
mod results_metric;
mod run;
mod run_record;
mod scaling_causes;
mod scenario;
mod table;
mod tariff;
mod timeline;
mod verdict;
mod workload;

pub use candidate::{Candidate, Deployment, built_in};
pub use candidate_id::CandidateId;
pub use distribution::{DurationDistribution, delay, duration};
pub use run::run_candidate;
pub use scenario::Scenario;
pub use workload::{Arrival, Pattern, begin};

use crate::simulate::args::{ExplainArgs, ScenarioArgs, SimulateArgs};
use compare::{Compared, run_all};
use conditions::Conditions;
use results::Results;
use scalerctl_console::{
    Failure,
    chart::{ChartWidth, svg_file},
    output::print,
    timeline::svg,
};
use tariff::Tariff;

/// `scalerctl simulate`.
///
/// # Errors
///
/// [`Failure::Usage`] if an argument or a file is not valid, [`Failure::NotOk`] if a file cannot be
/// written.
pub fn run(arguments: &SimulateArgs) -> Result<(), Failure> {
    let scenario = Scenario::of(&arguments.scenario)?;
    let Selection { candidates, yardstick } = selection(&arguments.scenario, &scenario)?;
    let tariff = arguments.tariff();
    let compared = run_all(&candidates, &scenario, tariff)?;
    if let Some(folder) = &arguments.svg {
        for (candidate, record, _) in &compared {
            let title = candidate.title();
            let width = ChartWidth::of_file(arguments.narrow);
            let drawn = svg(&timeline::of(record), width, Some(&title));
            let file = svg_file(&drawn.map_err(Failure::NotOk)?);
            write(&folder.join(format!("{}.svg", candidate.id)), &file)?;
        }
    }
    let rows: Vec<(Candidate, Results)> = compared
        .iter()
        .map(|(candidate, _, results)| (candidate.clone(), results.clone()))
        .collect();
    let workload = arguments.scenario.workload_name();
    let conditions = Conditions { workload: &workload, scenario: &scenario, tariff };
    let yardstick = match rows.iter().find(|(candidate, _)| candidate.id == yardstick.id) {
        Some(row) => row.clone(),
        None => {
            let mut alone = run_all(std::slice::from_ref(&yardstick), &scenario, tariff)?;
            alone.pop().map(|(candidate, _, results)| (candidate, results)).ok_or_else(|| {
                Failure::NotOk(format!("the policy {} has no result", yardstick.id))
            })?
        }
    };
    let verdict = verdict::of(&rows, &yardstick, tariff);
    if let Some(file) = &arguments.html {
        let delays = reported_delays::compare()?;
        let page = html::page(&conditions, &verdict, &compared, &delays);
        write(file, &page.map_err(Failure::NotOk)?)?;
    }
    if let Some(file) = &arguments.csv {
        write(file, &csv::of(&rows).map_err(Failure::NotOk)?)?;
    }
    let printed = match arguments.format.is_json() {
        true => json::of(arguments, &conditions, &verdict, &rows),
        false => table::of(&verdict.text, &conditions, &rows, arguments.wide),
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
    let Selection { candidates, .. } = selection(&arguments.scenario, &scenario)?;
    let explained = run_all(&candidates, &scenario, Tariff::default())?;
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

/// What the arguments select.
struct Selection {
    candidates: Vec<Candidate>,
    /// What the winner is compared with.
    yardstick: Candidate,
}

fn selection(arguments: &ScenarioArgs, scenario: &Scenario) -> Result<Selection, Failure> {
    let deployment = Deployment {
        idle_minutes: arguments.idle_minutes,
        job_minutes: arguments.job_minutes,
        wake_to: arguments.wake_to,
        inputs_per_instance: arguments.inputs_per_instance,
        buffer_seconds: arguments.buffer_seconds,
    };
    let mut all = built_in(deployment);
    let mut yardstick = candidate::documented_pair();
    if !arguments.own.is_empty() {
        let simulated = (scenario.from, scenario.until);
        yardstick = candidate::own(own::user_policies::read(arguments, simulated)?);
        all.push(yardstick.clone());
    }
    if arguments.policy.is_empty() {
        return Ok(Selection { candidates: all, yardstick });
    }
    all.extend(candidate::on_request());
    let select = |id: &CandidateId| {
        all.iter().find(|candidate| candidate.id == *id).cloned().ok_or_else(|| {
            let option = id.required_option().unwrap_or_default();
            Failure::Usage(format!("--policy {id}: requires {option}"))
        })
    };
    let candidates = arguments.policy.iter().map(select).collect::<Result<_, _>>()?;
    Ok(Selection { candidates, yardstick })
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
