//! The two faces of the model that every contract is run against.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sagemaker::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_http_client::Builder;
use jiff::Timestamp;
use reactive_scaler::{
    aws::{SdkAws, SdkStore},
    port::VariantId,
};
use simulator::{LoopbackAws, Settings, Simulator};

pub const ENDPOINT: &str = "my-endpoint";
pub const VARIANT: &str = "AllTraffic";

/// Attempts that the SDK makes in all.
pub const ATTEMPTS: usize = 2;

pub fn start() -> Timestamp {
    "2030-01-07T14:00:00Z".parse().unwrap()
}

/// This many seconds after the start.
pub fn at(seconds: u64) -> Timestamp {
    start() + Duration::from_secs(seconds)
}

pub fn mins(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, VARIANT)
}

/// Each contract begins with an async endpoint at zero that is registered with 0..=4.
pub fn model() -> Simulator {
    let sim = Simulator::with_settings(start(), Settings::default());
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, 0);
        world.register_target(&id(), 0, 4);
    });
    sim
}

/// The adapter that talks to this address.
pub fn adapter(url: &str) -> SdkAws {
    SdkAws::new(&config(url))
}

/// Its retries do not wait, and its time-outs are long enough never to be met.
pub fn config(url: &str) -> SdkConfig {
    let backoff = Duration::from_millis(1);
    let retries = RetryConfig::standard()
        .with_max_attempts(u32::try_from(ATTEMPTS).unwrap())
        .with_initial_backoff(backoff)
        .with_max_backoff(backoff);
    let minute = Duration::from_secs(60);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            "key", "secret", None, None, "tests",
        )))
        .http_client(Builder::new().build_http())
        .retry_config(retries)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(minute)
                .operation_attempt_timeout(minute)
                .build(),
        )
        .build()
}

/// The adapter on the model. The server lives as long as the returned handle.
pub async fn loopback(sim: &Simulator) -> (SdkAws, LoopbackAws) {
    let server = LoopbackAws::start(sim.clone()).await.unwrap();
    (adapter(&server.url), server)
}

/// The adapter of the stores on the model.
pub async fn stores_over_loopback(sim: &Simulator) -> (SdkStore, LoopbackAws) {
    let server = LoopbackAws::start(sim.clone()).await.unwrap();
    (SdkStore::new(&config(&server.url)), server)
}

/// Makes two tests of each contract `async fn name(aws: &impl Aws, sim: &Simulator)`; of another
/// port than [`Aws`](reactive_scaler::port::Aws) with its adapter named first.
macro_rules! contracts {
    (over $adapter:path: $($name:ident,)+) => {
        mod in_process {
            $(#[tokio::test]
            async fn $name() {
                let sim = $crate::faces::model();
                super::$name(&sim, &sim).await;
            })+
        }

        mod over_loopback {
            $(#[tokio::test]
            async fn $name() {
                let sim = $crate::faces::model();
                let (aws, _server) = $adapter(&sim).await;
                super::$name(&aws, &sim).await;
            })+
        }
    };
    ($($name:ident,)+) => {
        $crate::faces::contracts! { over $crate::faces::loopback: $($name,)+ }
    };
}
pub(crate) use contracts;
