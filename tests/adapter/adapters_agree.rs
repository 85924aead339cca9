//! The two implementations of the ports. Each contract test runs with both.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_sdk_sagemaker::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_http_client::Builder;
use jiff::Timestamp;
use reactive_scaler::{
    aws::{SdkAws, SdkStore},
    port::{Aws, VariantId},
};
use simulator::{LoopbackAws, Settings, Simulator};

pub const ENDPOINT: &str = "my-endpoint";
pub const VARIANT: &str = "AllTraffic";

/// The total number of attempts of the SDK.
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

/// Each contract test starts with an async endpoint at zero, registered with bounds 0 to 4.
pub fn model() -> Simulator {
    let sim = Simulator::with_settings(start(), Settings::default());
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, 0);
        world.register_target(&id(), 0, 4);
    });
    sim
}

/// The adapter with this endpoint URL.
pub fn adapter(url: &str) -> SdkAws {
    SdkAws::new(&config(url))
}

/// Retries without delay, and timeouts that no test reaches.
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

/// An implementation of the ports: what differs in the failures of its calls.
pub trait Face: Aws {
    /// The error code in CloudWatch's answers, for this code of the other services.
    fn code_of_cloudwatch(code: &str) -> &str;
}

/// In process, the model returns the refusal as it is.
impl Face for Simulator {
    fn code_of_cloudwatch(code: &str) -> &str {
        code
    }
}

/// Over HTTP, CloudWatch has names of its own.
impl Face for SdkAws {
    fn code_of_cloudwatch(code: &str) -> &str {
        match code {
            "InternalServiceFault" => "InternalServiceError",
            "InvalidNextTokenException" => "InvalidNextToken",
            "ValidationException" => "ValidationError",
            code => code,
        }
    }
}

/// The adapter, connected to the model. The server runs until the returned handle is dropped.
pub async fn loopback(sim: &Simulator) -> (SdkAws, LoopbackAws) {
    let server = LoopbackAws::start(sim.clone()).await.unwrap();
    (adapter(&server.url), server)
}

/// The adapter for stored routes, connected to the model.
pub async fn stores_over_loopback(sim: &Simulator) -> (SdkStore, LoopbackAws) {
    let server = LoopbackAws::start(sim.clone()).await.unwrap();
    (SdkStore::new(&config(&server.url)), server)
}

/// Makes two tests of each contract `async fn name(aws: &impl Aws, sim: &Simulator)`. For a port
/// other than [`Aws`], name its adapter first.
macro_rules! contracts {
    (over $adapter:path: $($name:ident,)+) => {
        mod in_process {
            $(#[tokio::test]
            async fn $name() {
                let sim = $crate::adapters_agree::model();
                super::$name(&sim, &sim).await;
            })+
        }

        mod over_loopback {
            $(#[tokio::test]
            async fn $name() {
                let sim = $crate::adapters_agree::model();
                let (aws, _server) = $adapter(&sim).await;
                super::$name(&aws, &sim).await;
            })+
        }
    };
    ($($name:ident,)+) => {
        $crate::adapters_agree::contracts! { over $crate::adapters_agree::loopback: $($name,)+ }
    };
}
pub(crate) use contracts;
