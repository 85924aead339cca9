//! What the tests share: times, events, the simulator, and the adapter.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    aws::SdkAws,
    ledger::{Location, RequestResult, Upload},
};
use simulator::{LoopbackAws, Simulator};

pub const ENDPOINT: &str = "my-endpoint";

/// The name of the table in the simulator's default settings.
pub const TABLE: &str = "reactive-scaler-ledger";

/// The total number of attempts of the adapter.
pub const ATTEMPTS: usize = 14;

pub fn start() -> Timestamp {
    "2030-01-07T14:00:00Z".parse().unwrap()
}

/// This many seconds after the start.
pub fn at(seconds: i64) -> Timestamp {
    start() + SignedDuration::from_secs(seconds)
}

pub fn location(key: &str) -> Location {
    Location::of_object("my-inputs", key).unwrap()
}

/// An upload of an object that was created at the start.
pub fn upload(id: &str) -> Upload {
    Upload { id: id.into(), created_at: Some(start()) }
}

/// The result of a request that was received a second later.
pub fn result(id: &str) -> RequestResult {
    RequestResult { inference_id: id.into(), received_at: Some(at(1)) }
}

pub fn model() -> Simulator {
    Simulator::new(start())
}

/// Retries without delay.
pub fn config(url: &str) -> SdkConfig {
    let pause = Duration::from_millis(1);
    let retries = RetryConfig::standard().with_initial_backoff(pause).with_max_backoff(pause);
    let key = Credentials::new("key", "secret", None, None, "tests");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-central-1"))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(key))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .retry_config(retries)
        .timeout_config(TimeoutConfig::builder().connect_timeout(Duration::from_secs(60)).build())
        .build()
}

/// The adapter, connected to the model. The server runs until the returned handle is dropped.
pub async fn over_http(sim: &Simulator) -> (SdkAws, LoopbackAws) {
    let server = LoopbackAws::start(sim.clone()).await.unwrap();
    (SdkAws::new(&config(&server.url)).with_ledger(Some(TABLE.into())), server)
}

/// The same with the clients of ticks.
pub async fn over_http_for_ticks(sim: &Simulator) -> (SdkAws, LoopbackAws) {
    let server = LoopbackAws::start(sim.clone()).await.unwrap();
    (SdkAws::for_ticks(&config(&server.url)).with_ledger(Some(TABLE.into())), server)
}
