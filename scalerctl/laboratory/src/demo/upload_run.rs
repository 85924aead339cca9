//! An upload to an endpoint at zero instances, and a tick each minute until it is back at zero.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::{
    lease::WATCH,
    signal::{What, decode},
};
use serde_json::{Value, json};
use simulator::{Entry, JobState};

use super::{
    environment::Environment,
    example::{self, WINDOW_MINUTES},
    invocation::{Invocation, Trigger},
    milestones::Milestones,
    state::State,
};
use crate::{function::RESULT_DELIVERY, progress};
use scalerctl_console::Failure;

/// Time from an upload until the S3 event invokes the function. The model has no S3, so this is an
/// assumption: S3 documents "typically seconds".
pub const EVENT_DELIVERY: Duration = Duration::from_secs(1);

/// Ticks after the endpoint is back at zero.
const QUIET_TICKS: usize = 2;

/// Maximum number of ticks. A run that is not finished by then does not finish.
const MOST_TICKS: usize = 180;

const TICK: Duration = Duration::from_secs(60);

/// What the run is compared with: the same upload, scaled in another way.
#[derive(Debug, Clone, Copy)]
pub struct Compared {
    /// By target tracking.
    pub target_tracking: Milestones,
    /// By the function without results, if the run has them.
    pub without_results: Option<Milestones>,
}

/// A finished run.
#[derive(Debug, Clone)]
pub struct UploadRun {
    /// The route of the function.
    pub route: Value,
    /// Whether the results are connected.
    pub has_results: bool,
    /// Start of simulated time.
    pub started_at: Timestamp,
    /// The input, as `s3://BUCKET/KEY`.
    pub input: String,
    /// When the input was uploaded.
    pub uploaded_at: Timestamp,
    /// End of simulated time.
    pub ended_at: Timestamp,
    /// What the function did.
    pub invocations: Vec<Invocation>,
    /// The journal of the simulated AWS.
    pub journal: Vec<Entry>,
    /// The milestones after the upload.
    pub milestones: Milestones,
    /// Requests that were not completed.
    pub lost: usize,
    /// State of the variant at the end.
    pub end: Option<State>,
    /// Delay of metrics, from the settings of the model.
    pub metric_lag: Duration,
}

impl UploadRun {
    /// The invocations from the upload on.
    pub fn since_upload(&self) -> impl Iterator<Item = &Invocation> {
        self.invocations.iter().filter(|invocation| invocation.at >= self.uploaded_at)
    }
}

/// Runs the simulation.
///
/// # Errors
///
/// If the environment cannot be created.
pub async fn simulate(has_results: bool) -> Result<UploadRun, Failure> {
    let started_at = example::at(9, 11, 30);
    let uploaded_at = example::at(9, 15, 27);
    let route = if has_results { example::route_with_results() } else { example::route() };
    let routes = example::routes(&json!([route]))?;
    let mut environment = Environment::start(started_at, routes, vec![example::id()]).await?;
    let pace = environment.sim.with(|world| world.settings.pace.clone());
    let expected = pace.provisioning + TICK * u32::try_from(WINDOW_MINUTES).unwrap_or_default();
    let minutes = (expected + WATCH.unsigned_abs()).as_secs() / TICK.as_secs();
    let progress = progress::bar(minutes, "simulated time {msg} UTC {bar:40}");

    while next_minute(environment.sim.now()) < uploaded_at {
        tick(&mut environment).await?;
    }
    environment.sim.advance_to(uploaded_at);
    environment.sim.with(|world| world.upload(example::ENDPOINT));
    environment.sim.advance(EVENT_DELIVERY);
    let payload = example::upload(uploaded_at).map_err(Failure::NotOk)?;
    environment.invoke(Trigger::Upload, &payload).await;

    let (mut quiet, mut is_told) = (0, !has_results);
    for _ in 0..MOST_TICKS {
        if !is_told {
            is_told = result(&mut environment, uploaded_at).await?;
        }
        tick(&mut environment).await?;
        progress.set_message(clock(environment.sim.now()));
        progress.inc(1);
        let at_rest = environment.states().iter().all(State::at_rest);
        quiet = if at_rest { quiet + 1 } else { 0 };
        if quiet > QUIET_TICKS {
            break;
        }
    }
    progress.finish_and_clear();

    let id = example::id();
    let run = environment.sim.with(|world| UploadRun {
        route,
        has_results,
        started_at,
        input: input_of(&payload),
        uploaded_at,
        ended_at: world.now(),
        invocations: std::mem::take(&mut environment.invocations),
        journal: world.journal.entries().to_vec(),
        milestones: Milestones::read(world, &id, uploaded_at),
        lost: world
            .jobs()
            .iter()
            .filter(|job| !matches!(job.state, JobState::Completed(_)))
            .count(),
        end: State::of(world, &id),
        metric_lag: world.settings.metric_lag,
    });
    Ok(run)
}

/// Delivers the message of the result if the request is completed before the next full minute. Returns whether it was.
async fn result(environment: &mut Environment, received: Timestamp) -> Result<bool, Failure> {
    let second = Duration::from_secs(1);
    while environment.sim.now() + second + RESULT_DELIVERY < next_minute(environment.sim.now()) {
        environment.sim.advance(second);
        let completed = environment.sim.with(|world| world.completed(example::ENDPOINT) > 0);
        if completed {
            environment.sim.advance(RESULT_DELIVERY);
            let payload = example::result(received, environment.sim.now());
            let payload = payload.map_err(Failure::NotOk)?;
            environment.invoke(Trigger::Result, &payload).await;
            return Ok(true);
        }
    }
    Ok(false)
}

async fn tick(environment: &mut Environment) -> Result<(), Failure> {
    let at = next_minute(environment.sim.now());
    environment.sim.advance_to(at);
    let payload = example::tick(at).map_err(Failure::NotOk)?;
    environment.invoke(Trigger::Tick, &payload).await;
    Ok(())
}

/// The object of an S3 notification, read as the function reads it.
fn input_of(payload: &Value) -> String {
    let signals = decode(payload).map(|decoded| decoded.signals).unwrap_or_default();
    let input = signals.into_iter().find_map(|signal| match signal.what {
        What::Input { bucket, key, .. } => Some(format!("s3://{bucket}/{key}")),
        _ => None,
    });
    input.unwrap_or_default()
}

/// The first full minute after this time.
pub fn next_minute(time: Timestamp) -> Timestamp {
    let into_minute = time.as_second().rem_euclid(60);
    time + Duration::from_secs(60) - Duration::from_secs(into_minute.unsigned_abs())
}

/// The time of day, in UTC.
pub fn clock(time: Timestamp) -> String {
    time.strftime("%H:%M:%S").to_string()
}
