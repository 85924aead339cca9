//! `--events`: payloads from files, instead of the story.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    time::Duration,
};

use jiff::Timestamp;
use reactive_scaler::{
    config::Route,
    port::VariantId,
    signal::{Decoded, What, decode},
};
use serde_json::{Value, json};

use super::{
    invocation::{Invocation, Trigger},
    laboratory::Laboratory,
    scene,
};
use scalerctl_common::Failure;

/// From one file to the next.
const APART: Duration = Duration::from_secs(60);

/// What the files hold.
#[derive(Debug)]
pub struct Events {
    files: Vec<(String, Value)>,
    routes: Value,
    ids: Vec<VariantId>,
    /// Just after the latest time that the events name.
    now: Timestamp,
}

/// What the function did with them.
#[derive(Debug)]
pub struct Replayed {
    /// The routes that were set up, as `SCALER_ROUTES` has them.
    pub routes: Value,
    /// One for each file, in order.
    pub invocations: Vec<Invocation>,
}

/// Reads the files and finds out whom they are about.
///
/// # Errors
///
/// When a file cannot be read, is not JSON, or is of no shape that the function knows.
pub fn read(paths: &[PathBuf]) -> Result<Events, Failure> {
    let mut files = Vec::new();
    let mut cast = Cast::default();
    for path in paths {
        let name = path.display().to_string();
        let refuse = |problem: String| Failure::Usage(format!("--events {name}: {problem}"));
        let text =
            fs::read_to_string(path).map_err(|error| refuse(format!("cannot be read: {error}")))?;
        let payload: Value =
            serde_json::from_str(&text).map_err(|error| refuse(format!("is not JSON: {error}")))?;
        let decoded = decode(&payload).map_err(|error| refuse(error.to_string()))?;
        cast.add(decoded);
        files.push((name, payload));
    }
    if cast.endpoints.is_empty() {
        cast.endpoints.insert(scene::ENDPOINT.to_owned(), scene::VARIANT.to_owned());
    }
    let now = cast.latest.map_or(scene::at(9, 15, 28), |latest| latest + Duration::from_secs(1));
    let ids = cast.endpoints.iter().map(|(name, variant)| VariantId::new(name, variant)).collect();
    Ok(Events { files, routes: cast.routes(), ids, now })
}

/// Invokes the function with each file in turn.
///
/// # Errors
///
/// When the laboratory cannot be set up.
pub async fn play(events: &Events) -> Result<Replayed, Failure> {
    let routes: Vec<Route> = scene::routes(&events.routes)?;
    let mut laboratory = Laboratory::start(events.now, routes, events.ids.clone()).await?;
    for (number, (name, payload)) in events.files.iter().enumerate() {
        if number > 0 {
            laboratory.sim.advance(APART);
        }
        laboratory.invoke(Trigger::File(name.clone()), payload).await;
    }
    Ok(Replayed { routes: events.routes.clone(), invocations: laboratory.invocations })
}

/// The invocations that failed, in sentences.
pub fn problems(replayed: &Replayed) -> Vec<String> {
    let failed = |one: &Invocation| match (&one.trigger, &one.answer) {
        (Trigger::File(name), Err(error)) => {
            Some(format!("the function failed at {name}: {}: {}", error.kind, error.message))
        }
        _ => None,
    };
    replayed.invocations.iter().filter_map(failed).collect()
}

/// Whom events are about.
#[derive(Debug, Default)]
struct Cast {
    /// Endpoints with their variants.
    endpoints: BTreeMap<String, String>,
    buckets: BTreeSet<String>,
    latest: Option<Timestamp>,
}

impl Cast {
    fn add(&mut self, decoded: Decoded) {
        for signal in decoded.signals {
            match signal.what {
                What::Input { bucket, key: _, at } => {
                    self.buckets.insert(bucket);
                    self.latest = self.latest.max(at);
                }
                What::Alarm { endpoints, variant, mentioned: _, at } => {
                    for endpoint in endpoints {
                        self.name(endpoint, variant.clone());
                    }
                    self.latest = self.latest.max(at);
                }
                What::EndpointChanged { endpoint, .. } | What::Result { endpoint, .. } => {
                    self.name(endpoint, None);
                }
                What::Command { endpoint, variant, .. } => self.name(endpoint, variant),
                What::Tick => {}
            }
        }
    }

    fn name(&mut self, endpoint: String, variant: Option<String>) {
        let standing = self.endpoints.entry(endpoint).or_insert_with(|| scene::VARIANT.to_owned());
        if let Some(variant) = variant {
            *standing = variant;
        }
    }

    /// A route for each endpoint and bucket. An endpoint whose bucket no event names has the
    /// usual one.
    fn routes(&self) -> Value {
        let usual = BTreeSet::from([scene::BUCKET.to_owned()]);
        let buckets = if self.buckets.is_empty() { &usual } else { &self.buckets };
        let routes = self.endpoints.keys().flat_map(|endpoint| {
            buckets.iter().map(move |bucket| {
                json!({
                    "endpoint": endpoint,
                    "bucket": bucket,
                    "idle_minutes": scene::IDLE_MINUTES,
                })
            })
        });
        Value::Array(routes.collect())
    }
}
