//! The model of AWS, where answers take their time, and a container of the function on it. Time is virtual:
//! tokio's paused clock.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler::{self, InvocationError},
    lease::Record,
    port::{
        AwsResult, Datapoint, Endpoint, Endpoints, Metrics, ScalableTarget, Scaling,
        ScheduledAction, VariantId, WithLedger,
    },
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::Simulator;
use tokio::time::{Duration, Instant, sleep};

use crate::setup::{VARIANT, id};

/// Longer than any invocation.
pub const NEVER: Duration = Duration::from_secs(3600);

/// Entries of a page of a listing.
const PAGE: usize = 50;

type Delay = dyn Fn(&str, &str) -> Duration + Send + Sync;

#[derive(Clone)]
struct SlowAws {
    sim: Simulator,
    begun: Instant,
    /// How long the answer to this operation on this resource takes.
    delay: Arc<Delay>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// A call, and when it was made.
#[derive(Debug, Clone)]
pub struct Asked {
    pub after: Duration,
    pub operation: &'static str,
    pub resource: String,
}

impl SlowAws {
    async fn call(&self, operation: &'static str, resource: &str) {
        let after = self.begun.elapsed();
        let resource = resource.to_owned();
        let delay = (self.delay)(operation, &resource);
        self.asked.lock().unwrap().push(Asked { after, operation, resource });
        sleep(delay).await;
    }
}

impl Endpoints for SlowAws {
    async fn endpoint(&self, name: &str) -> AwsResult<Option<Endpoint>> {
        self.call("DescribeEndpoint", name).await;
        self.sim.endpoint(name).await
    }

    async fn models(&self, endpoint_config: &str) -> AwsResult<Option<Vec<String>>> {
        self.call("DescribeEndpointConfig", endpoint_config).await;
        self.sim.models(endpoint_config).await
    }

    async fn set_capacity(&self, id: &VariantId, desired: i32) -> AwsResult<()> {
        self.call("UpdateEndpointWeightsAndCapacities", &id.endpoint).await;
        self.sim.set_capacity(id, desired).await
    }
}

impl Scaling for SlowAws {
    async fn target(&self, id: &VariantId) -> AwsResult<Option<ScalableTarget>> {
        self.call("DescribeScalableTargets", &id.endpoint).await;
        self.sim.target(id).await
    }

    async fn targets(&self) -> AwsResult<Vec<ScalableTarget>> {
        let targets = self.sim.targets().await;
        for _ in 0..targets.as_ref().map_or(1, |targets| targets.len().div_ceil(PAGE)) {
            self.call("DescribeScalableTargets", "*").await;
        }
        targets
    }

    async fn actions(&self, id: &VariantId) -> AwsResult<Vec<ScheduledAction>> {
        self.call("DescribeScheduledActions", &id.endpoint).await;
        self.sim.actions(id).await
    }

    async fn all_actions(&self) -> AwsResult<Vec<ScheduledAction>> {
        self.call("DescribeScheduledActions", "*").await;
        self.sim.all_actions().await
    }

    async fn put_record(&self, id: &VariantId, name: &str, record: Record) -> AwsResult<()> {
        self.call("PutScheduledAction", &id.endpoint).await;
        self.sim.put_record(id, name, record).await
    }

    async fn delete_action(&self, id: &VariantId, name: &str) -> AwsResult<()> {
        self.call("DeleteScheduledAction", &id.endpoint).await;
        self.sim.delete_action(id, name).await
    }

    async fn set_min(&self, id: &VariantId, min: i32) -> AwsResult<()> {
        self.call("RegisterScalableTarget", &id.endpoint).await;
        self.sim.set_min(id, min).await
    }
}

impl WithLedger for SlowAws {
    type Ledger = Simulator;

    fn ledger(&self) -> &Simulator {
        &self.sim
    }
}

impl Metrics for SlowAws {
    async fn backlogs(
        &self,
        endpoints: &[&str],
        from: Timestamp,
        until: Timestamp,
    ) -> Vec<AwsResult<Vec<Datapoint>>> {
        self.call("GetMetricData", &endpoints.join(",")).await;
        self.sim.backlogs(endpoints, from, until).await
    }
}

pub struct Slow {
    pub sim: Simulator,
    aws: SlowAws,
    container: Scaler<SlowAws, Simulator>,
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
        let asked = Arc::default();
        let aws =
            SlowAws { sim: sim.clone(), begun: Instant::now(), delay: Arc::new(delay), asked };
        let config = Config { routes: routes_from_json(routes).unwrap(), mode: Mode::Act };
        let container = Scaler::new(aws.clone(), sim.clone(), config);
        Self { sim, aws, container }
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
        self.aws.asked.lock().unwrap().clone()
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

/// `PREFIX-0` to `PREFIX-N`, in the alphabet's order.
pub fn names(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}-{number:03}")).collect()
}
