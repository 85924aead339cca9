//! The story: an upload for an endpoint at zero, and every minute until all is quiet again.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::{
    lease::WATCH,
    signal::{What, decode},
};
use serde_json::{Value, json};
use simulator::{Entry, JobState};

use super::{
    course::Course,
    invocation::{Invocation, Trigger},
    laboratory::Laboratory,
    payload, progress,
    scene::{self, IDLE_MINUTES},
    state::State,
};
use scalerctl_common::Failure;

/// From an upload until S3's event invokes the function. S3 promises "typically seconds"; the model
/// has no S3, so this is the demo's assumption.
pub const EVENT_DELIVERY: Duration = Duration::from_secs(1);

/// Ticks that are watched once everything is quiet.
const QUIET_TICKS: usize = 2;

/// A story that is not over by then will not be.
const MOST_TICKS: usize = 180;

const TICK: Duration = Duration::from_secs(60);

/// What happened.
#[derive(Debug, Clone)]
pub struct Story {
    /// When the simulated time began.
    pub started_at: Timestamp,
    /// The input, as `s3://BUCKET/KEY`.
    pub input: String,
    /// When the input was uploaded.
    pub uploaded_at: Timestamp,
    /// When the simulated time ended.
    pub ended_at: Timestamp,
    /// What the function did.
    pub invocations: Vec<Invocation>,
    /// Everything that happened.
    pub journal: Vec<Entry>,
    /// The milestones after the upload.
    pub course: Course,
    /// Jobs that did not come to a good end.
    pub lost: usize,
    /// How the variant stands at the end.
    pub end: Option<State>,
    /// How late a metric can be seen, of the model's settings.
    pub metric_lag: Duration,
}

impl Story {
    /// The invocations from the upload on.
    pub fn since_upload(&self) -> impl Iterator<Item = &Invocation> {
        self.invocations.iter().filter(|invocation| invocation.at >= self.uploaded_at)
    }
}

/// Plays the story.
///
/// # Errors
///
/// When the laboratory cannot be set up.
pub async fn play() -> Result<Story, Failure> {
    let started_at = scene::at(9, 11, 30);
    let uploaded_at = scene::at(9, 15, 27);
    let routes = scene::routes(&json!([scene::route()]))?;
    let mut laboratory = Laboratory::start(started_at, routes, vec![scene::id()]).await?;
    let pace = laboratory.sim.with(|world| world.settings.pace.clone());
    let expected = pace.provisioning + TICK * u32::try_from(IDLE_MINUTES).unwrap_or_default();
    let progress = progress::bar((expected + WATCH.unsigned_abs()).as_secs() / TICK.as_secs());

    while next_minute(laboratory.sim.now()) < uploaded_at {
        tick(&mut laboratory).await?;
    }
    laboratory.sim.advance_to(uploaded_at);
    laboratory.sim.with(|world| world.upload(scene::ENDPOINT));
    laboratory.sim.advance(EVENT_DELIVERY);
    let payload = payload::upload(uploaded_at).map_err(Failure::NotOk)?;
    laboratory.invoke(Trigger::Upload, &payload).await;

    let mut quiet = 0;
    for _ in 0..MOST_TICKS {
        tick(&mut laboratory).await?;
        progress.set_message(clock(laboratory.sim.now()));
        progress.inc(1);
        let at_rest = laboratory.states().iter().all(State::at_rest);
        quiet = if at_rest { quiet + 1 } else { 0 };
        if quiet > QUIET_TICKS {
            break;
        }
    }
    progress.finish_and_clear();

    let id = scene::id();
    let story = laboratory.sim.with(|world| Story {
        started_at,
        input: input_of(&payload),
        uploaded_at,
        ended_at: world.now(),
        invocations: std::mem::take(&mut laboratory.invocations),
        journal: world.journal.entries().to_vec(),
        course: Course::read(world, &id, uploaded_at),
        lost: world
            .jobs()
            .iter()
            .filter(|job| !matches!(job.state, JobState::Completed(_)))
            .count(),
        end: State::of(world, &id),
        metric_lag: world.settings.metric_lag,
    });
    Ok(story)
}

async fn tick(laboratory: &mut Laboratory) -> Result<(), Failure> {
    let at = next_minute(laboratory.sim.now());
    laboratory.sim.advance_to(at);
    let payload = payload::tick(at).map_err(Failure::NotOk)?;
    laboratory.invoke(Trigger::Tick, &payload).await;
    Ok(())
}

/// The object that an S3 notification tells of, as the function reads it.
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
