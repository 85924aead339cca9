//! `--events`: payloads from files.

use std::{
    collections::{BTreeMap, BTreeSet},
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
    environment::Environment,
    example,
    invocation::{Invocation, Trigger},
};
use scalerctl_console::{Failure, input_file};

/// Time between two invocations.
const APART: Duration = Duration::from_secs(60);

/// The contents of the files.
#[derive(Debug)]
pub struct Events {
    files: Vec<(String, Value)>,
    routes: Value,
    ids: Vec<VariantId>,
    /// One second after the latest time in the events.
    now: Timestamp,
}

/// What the function did on these events.
#[derive(Debug)]
pub struct Replayed {
    /// The routes, in the format of `SCALER_ROUTES`.
    pub routes: Value,
    /// One for each file, in order.
    pub invocations: Vec<Invocation>,
}

/// Reads the files, and which endpoints and buckets they name.
///
/// # Errors
///
/// If a file cannot be read, is not JSON, or is not an event that the function knows.
pub fn read(paths: &[PathBuf]) -> Result<Events, Failure> {
    let mut files = Vec::new();
    let mut named = Named::default();
    for path in paths {
        let name = path.display().to_string();
        let refuse = |problem: String| Failure::Usage(format!("--events {name}: {problem}"));
        let text = input_file::read("--events", path)?;
        let payload: Value =
            serde_json::from_str(&text).map_err(|error| refuse(format!("is not JSON: {error}")))?;
        let decoded = decode(&payload).map_err(|error| refuse(error.to_string()))?;
        named.add(decoded);
        files.push((name, payload));
    }
    if named.endpoints.is_empty() {
        named.endpoints.insert(example::ENDPOINT.to_owned(), example::VARIANT.to_owned());
    }
    let now = named.latest.map_or(example::at(9, 15, 28), |latest| latest + Duration::from_secs(1));
    let ids = named.endpoints.iter().map(|(name, variant)| VariantId::new(name, variant)).collect();
    Ok(Events { files, routes: named.routes(), ids, now })
}

/// Invokes the function with each file in turn.
///
/// # Errors
///
/// If the environment cannot be created.
pub async fn run(events: &Events) -> Result<Replayed, Failure> {
    let routes: Vec<Route> = example::routes(&events.routes)?;
    let mut environment = Environment::start(events.now, routes, events.ids.clone()).await?;
    for (number, (name, payload)) in events.files.iter().enumerate() {
        if number > 0 {
            environment.sim.advance(APART);
        }
        environment.invoke(Trigger::File(name.clone()), payload).await;
    }
    Ok(Replayed { routes: events.routes.clone(), invocations: environment.invocations })
}

/// A message for each invocation that failed, in whole or for some messages of a queue.
pub fn problems(replayed: &Replayed) -> Vec<String> {
    let failed = |one: &Invocation| {
        let Trigger::File(name) = &one.trigger else { return None };
        match (&one.answer, one.failed_messages().as_slice()) {
            (Err(error), _) => {
                Some(format!("the function failed on {name}: {}: {}", error.kind, error.message))
            }
            (Ok(_), []) => None,
            (Ok(_), messages) => Some(format!(
                "the function reported failed messages of {name} (batchItemFailures): {}",
                messages.join(", ")
            )),
        }
    };
    replayed.invocations.iter().filter_map(failed).collect()
}

/// What the events name.
#[derive(Debug, Default)]
struct Named {
    /// Endpoints with their variants.
    endpoints: BTreeMap<String, String>,
    buckets: BTreeSet<String>,
    latest: Option<Timestamp>,
}

impl Named {
    fn add(&mut self, decoded: Decoded) {
        for signal in decoded.signals {
            match signal.what {
                What::Input { bucket, at, .. } => {
                    self.buckets.insert(bucket);
                    self.latest = self.latest.max(at);
                }
                What::Invocation { endpoints, at } => {
                    for endpoint in endpoints {
                        self.name(endpoint, None);
                    }
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
        let current = self.endpoints.entry(endpoint).or_insert_with(|| example::VARIANT.to_owned());
        if let Some(variant) = variant {
            *current = variant;
        }
    }

    /// A route for each endpoint and bucket. If no event names a bucket, the routes have the bucket
    /// of the example.
    fn routes(&self) -> Value {
        let default = BTreeSet::from([example::BUCKET.to_owned()]);
        let buckets = if self.buckets.is_empty() { &default } else { &self.buckets };
        let routes = self.endpoints.keys().flat_map(|endpoint| {
            buckets.iter().map(move |bucket| {
                json!({
                    "endpoint": endpoint,
                    "bucket": bucket,
                    "job_minutes": example::JOB_MINUTES,
                })
            })
        });
        Value::Array(routes.collect())
    }
}
