//! Several endpoints on the model of AWS, and one container of the function.

use std::time::Duration;

use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler::{self, InvocationError},
    port::VariantId,
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::Simulator;
use tokio::time::Instant;

pub const VARIANT: &str = "AllTraffic";
pub const BUCKET: &str = "sagemaker-eu-west-1-123456789012";
pub const SDK: &str = r#"[{"preset":"sagemaker-sdk","bucket":"sagemaker-eu-west-1-123456789012"}]"#;

pub struct Setup {
    pub sim: Simulator,
    container: Scaler<Simulator, Simulator>,
}

pub fn id(name: &str) -> VariantId {
    VariantId::new(name, VARIANT)
}

impl Setup {
    /// These endpoints at zero, registered with min 0 and max 30.
    pub fn new(routes: &str, endpoints: &[&str]) -> Self {
        let sim = Simulator::new("2030-01-07T14:00:30Z".parse().unwrap());
        let config = Config { routes: routes_from_json(routes).unwrap(), mode: Mode::Act };
        let container = Scaler::new(sim.clone(), sim.clone(), config);
        let setup = Self { sim, container };
        for name in endpoints {
            setup.deploy(name);
        }
        setup
    }

    /// Deploys and registers one more endpoint at zero, a minute after the last.
    pub fn deploy(&self, name: &str) {
        self.sim.advance(Duration::from_secs(60));
        self.sim.with(|world| {
            world.add_async_endpoint(name, VARIANT, 0);
            world.register_target(&id(name), 0, 30);
        });
    }

    pub async fn send(&self, payload: &Value) -> Result<Value, InvocationError> {
        let deadline = Instant::now() + Duration::from_secs(50);
        handler::serve(&self.container, &self.sim, payload, None, deadline, |_| {}).await
    }

    pub async fn upload(&self, bucket: &str, keys: &[&str]) -> Result<Value, InvocationError> {
        let at = self.sim.now().to_string();
        let record = |key: &&str| {
            json!({
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Put",
                "eventTime": at,
                "s3": { "bucket": { "name": bucket }, "object": { "key": key } },
            })
        };
        let records: Vec<Value> = keys.iter().map(record).collect();
        self.send(&json!({ "Records": records })).await
    }

    pub async fn minutes(&self, n: u32) {
        for _ in 0..n {
            self.sim.advance(Duration::from_secs(60));
            self.send(&json!({ "action": "tick" })).await.unwrap();
        }
    }

    pub fn desired(&self, name: &str) -> i32 {
        self.sim.with(|world| world.capacity(&id(name)).1)
    }

    /// The endpoints with a desired capacity above 0.
    pub fn awake<'a>(&self, names: &[&'a str]) -> Vec<&'a str> {
        names.iter().copied().filter(|name| self.desired(name) > 0).collect()
    }
}

/// The key that the SageMaker Python SDK makes for an endpoint.
pub fn sdk_key(endpoint: &str) -> String {
    let cut = endpoint.get(..51).unwrap_or(endpoint);
    format!("async-endpoint-inputs/{cut}-300107-1400/2030-01-07-14-00-30-123-0a1b2c3d-input")
}
