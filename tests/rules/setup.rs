//! One endpoint on the model of AWS, and containers of the function that are invoked with events.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler::{self, InvocationError},
    lease::{LEASE, WATCH},
    port::VariantId,
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::{Call, Operation, Settings, Simulator, World};
use tokio::time::Instant;

pub const ENDPOINT: &str = "my-endpoint";
pub const CAPACITY: &str = "UpdateEndpointWeightsAndCapacities";
pub const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs"}]"#;

pub type Answer = Result<Value, InvocationError>;

/// A container of the function: its memory lasts as long as it does.
pub type Container = Scaler<Simulator, Simulator>;

pub struct Setup {
    pub sim: Simulator,
    pub container: Container,
    routes: String,
}

pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, "AllTraffic")
}

/// The S3 notification of an upload.
pub fn input(at: Timestamp) -> Value {
    json!({ "Records": [{
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "eventTime": at.to_string(),
        "s3": { "bucket": { "name": "my-inputs" }, "object": { "key": "in/a.json" } },
    }]})
}

pub fn tick() -> Value {
    json!({ "action": "tick" })
}

impl Setup {
    /// An async endpoint at zero, registered with min 0 and max 4, in the middle of a minute.
    pub fn at_zero() -> Self {
        Self::with_routes(ROUTES)
    }

    pub fn with_routes(routes: &str) -> Self {
        Self::on(routes, Settings::default())
    }

    /// A setup with other settings of the model.
    pub fn with_settings(settings: Settings) -> Self {
        Self::on(ROUTES, settings)
    }

    pub fn on(routes: &str, settings: Settings) -> Self {
        let start = "2030-01-07T14:00:30Z".parse().unwrap();
        let sim = Simulator::with_settings(start, settings);
        sim.with(|world| {
            world.add_async_endpoint(ENDPOINT, "AllTraffic", 0);
            world.register_target(&id(), 0, 4);
            world.advance(Duration::from_secs(10 * 60));
        });
        let container = container(&sim, routes);
        Self { sim, container, routes: routes.to_owned() }
    }

    /// The same, awake in service, with a lease that has ended `ago` before now, its floor, and no
    /// work: what the next tick puts to sleep.
    pub fn ready_to_sleep() -> Self {
        Self::at_zero().ready_to_sleep_with(1)
    }

    /// The same with so many instances.
    pub fn ready_to_sleep_with(self, instances: i32) -> Self {
        self.sim.with(|world| {
            world.scale_by_person(&id(), instances).unwrap();
            world.advance(Duration::from_secs(30 * 60));
            world.set_bounds(&id(), 1, 4);
            plant_lease(world, -Duration::from_secs(60).as_secs().cast_signed());
            world.clear_calls();
        });
        self
    }

    /// A container with an empty memory.
    pub fn cold(&self) -> Container {
        container(&self.sim, &self.routes)
    }

    /// From now on, events are handled by a container with an empty memory.
    pub fn restart(&mut self) {
        self.container = self.cold();
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        self.sim.with(look)
    }

    pub async fn send(&self, payload: &Value) -> Answer {
        serve(&self.container, &self.sim, payload).await
    }

    /// An input is uploaded, its request queued, and the function told of it.
    pub async fn upload(&self) -> Answer {
        self.with(|world| world.upload(ENDPOINT));
        self.send(&input(self.sim.now())).await
    }

    pub async fn tick(&self) -> Answer {
        self.send(&tick()).await
    }

    /// So many minutes pass, each with its tick.
    pub async fn minutes(&self, n: u32) {
        for _ in 0..n {
            self.sim.advance(Duration::from_secs(60));
            let _ = self.tick().await;
        }
    }

    /// Ticks, at most so many, until the condition holds; whether it does.
    pub async fn within(&self, ticks: u32, holds: impl Fn(&mut World) -> bool) -> bool {
        for _ in 0..ticks {
            self.minutes(1).await;
            if self.with(&holds) {
                return true;
            }
        }
        self.with(&holds)
    }

    pub fn desired(&self) -> i32 {
        self.with(|world| world.capacity(&id()).1)
    }

    pub fn min(&self) -> i32 {
        self.with(|world| world.target(&id()).unwrap().min)
    }

    /// L of the lease, if it exists.
    pub fn lease_ends(&self) -> Option<Timestamp> {
        self.with(|world| {
            let runs_at = world.action(&id(), LEASE)?.runs_at?;
            (runs_at > world.now()).then_some(runs_at - WATCH)
        })
    }

    /// The calls that write, in a short form.
    pub fn writes(&self) -> Vec<(Operation, String)> {
        self.with(|world| {
            world.writes().iter().map(|call| (call.operation, call.arguments.clone())).collect()
        })
    }

    pub fn calls(&self) -> Vec<Call> {
        self.with(|world| world.journal.calls().cloned().collect())
    }
}

/// A lease that ends so many seconds from now, negative for one that has ended.
pub fn plant_lease(world: &mut World, ends_in: i64) {
    let ends = world.now() + jiff::SignedDuration::from_secs(ends_in);
    let put = simulator::ActionPut::once(LEASE, ends + WATCH, Some(0), None);
    world.plant_action(&id(), &put);
}

pub fn container(sim: &Simulator, routes: &str) -> Container {
    let config = Config { routes: routes_from_json(routes).unwrap(), mode: Mode::Act };
    Scaler::new(sim.clone(), sim.clone(), config)
}

pub async fn serve(container: &Container, sim: &Simulator, payload: &Value) -> Answer {
    let deadline = Instant::now() + Duration::from_secs(50);
    handler::serve(container, sim, payload, None, deadline, |_| {}).await
}

/// Action and reason of the only decision.
pub fn decision(answer: &Answer) -> (String, String) {
    let answer = answer.as_ref().expect("the invocation succeeds");
    let decisions = answer["decisions"].as_array().unwrap();
    assert_eq!(decisions.len(), 1, "{answer}");
    let text = |field: &str| decisions[0][field].as_str().unwrap().to_owned();
    (text("action"), text("reason"))
}
