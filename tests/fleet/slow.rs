//! The model of AWS, where answers take their time, and a container of the function on it. Time is virtual:
//! tokio's paused clock.

use std::sync::{Arc, Mutex};

use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler::{self, InvocationError},
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::Simulator;
use tokio::time::{Duration, Instant, sleep};

use crate::setup::{VARIANT, id};

/// Longer than any invocation.
pub const NEVER: Duration = Duration::from_secs(3600);

/// A call, and when it was made.
#[derive(Debug, Clone)]
pub struct Asked {
    pub after: Duration,
    pub operation: &'static str,
    pub resource: String,
}

pub struct Slow {
    pub sim: Simulator,
    asked: Arc<Mutex<Vec<Asked>>>,
    container: Scaler<Simulator, Simulator>,
}

impl Slow {
    /// These endpoints at zero, registered with min 0 and max 30, each created a minute after the one before.
    pub fn new(
        routes: &str,
        endpoints: &[String],
        delay: impl Fn(&str, &str) -> Duration + Send + Sync + 'static,
    ) -> Self {
        let sim = Simulator::new("2030-01-07T14:00:30Z".parse().unwrap());
        for name in endpoints {
            sim.advance(Duration::from_secs(60));
            sim.with(|world| {
                world.add_async_endpoint(name, VARIANT, 0);
                world.register_target(&id(name), 0, 30);
            });
        }
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let (calls, begun) = (asked.clone(), Instant::now());
        let aws = sim.behind(move |operation, resource| {
            let (after, operation) = (begun.elapsed(), operation.as_str());
            let resource = endpoint_of(resource).to_owned();
            let delay = delay(operation, &resource);
            calls.lock().unwrap().push(Asked { after, operation, resource });
            Box::pin(async move {
                sleep(delay).await;
                Ok(())
            })
        });
        let config = Config { routes: routes_from_json(routes).unwrap(), mode: Mode::Act };
        let container = Scaler::new(aws, sim.clone(), config);
        Self { sim, asked, container }
    }

    /// One invocation with uploads, and so much time.
    pub async fn upload_within(
        &self,
        limit: Duration,
        bucket: &str,
        keys: &[String],
    ) -> Result<Value, InvocationError> {
        let at = self.sim.now().to_string();
        let record = |key: &String| {
            json!({
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "eventTime": at,
                "s3": { "bucket": { "name": bucket }, "object": { "key": key } },
            })
        };
        let records: Vec<Value> = keys.iter().map(record).collect();
        self.send_within(limit, &json!({ "Records": records })).await
    }

    pub async fn upload(&self, bucket: &str, keys: &[String]) -> Result<Value, InvocationError> {
        self.upload_within(Duration::from_secs(50), bucket, keys).await
    }

    pub async fn send_within(
        &self,
        limit: Duration,
        payload: &Value,
    ) -> Result<Value, InvocationError> {
        let deadline = Instant::now() + limit;
        handler::serve(&self.container, &self.sim, payload, None, deadline, |_| {}).await
    }

    /// The calls so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How many calls of this operation there were.
    pub fn calls(&self, operation: &str) -> usize {
        self.asked().iter().filter(|asked| asked.operation == operation).count()
    }

    /// When capacity was first asked for.
    pub fn capacity_after(&self, name: &str) -> Option<Duration> {
        let asked = self.asked();
        let mut of_endpoint = asked.iter().filter(|asked| asked.resource == name);
        of_endpoint
            .find(|asked| asked.operation == "UpdateEndpointWeightsAndCapacities")
            .map(|asked| asked.after)
    }

    pub fn desired(&self, name: &str) -> i32 {
        self.sim.with(|world| world.capacity(&id(name)).1)
    }

    pub fn min(&self, name: &str) -> i32 {
        self.sim.with(|world| world.target(&id(name)).unwrap().min)
    }

    /// Whether the lease is live.
    pub fn has_lease(&self, name: &str) -> bool {
        self.sim.with(|world| {
            let runs_at = world
                .action(&id(name), reactive_scaler::lease::LEASE)
                .and_then(|action| action.runs_at);
            runs_at.is_some_and(|at| at - reactive_scaler::lease::WATCH > world.now())
        })
    }
}

/// The endpoint of a resource id such as `endpoint/NAME/variant/VARIANT`.
fn endpoint_of(resource: &str) -> &str {
    let name = resource.strip_prefix("endpoint/").and_then(|rest| rest.split('/').next());
    name.unwrap_or(resource)
}

/// `PREFIX-0` to `PREFIX-N`, in the alphabet's order.
pub fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}-{number:03}")).collect()
}
