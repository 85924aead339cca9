//! The SDK's shared configuration: TLS, retries and time-outs.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::{
    connector_metadata::ConnectorMetadata,
    http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector},
    runtime_components::RuntimeComponents,
};

/// Attempts of one call: with the back-off below, throttling is retried for as long as an
/// invocation usually has; the invocation's own deadline ends it earlier.
const ATTEMPTS: u32 = 6;

const LONGEST_BACK_OFF: Duration = Duration::from_secs(5);

/// An attempt that takes longer is given up and tried again.
const ATTEMPT: Duration = Duration::from_secs(5);

/// A call is given up for good: the next tick goes on.
const CALL: Duration = Duration::from_secs(20);

/// Reads region, credentials and endpoints as every AWS tool does, from the standard variables and
/// files.
pub async fn connect() -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(https())
        .retry_config(
            RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(LONGEST_BACK_OFF),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(2))
                .operation_attempt_timeout(ATTEMPT)
                .operation_timeout(CALL)
                .build(),
        )
        .load()
        .await
}

/// The HTTP client of every call to AWS: TLS by rustls, with the machine's certificates.
pub fn https() -> SharedHttpClient {
    let client = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    SharedHttpClient::new(Unchecked(client))
}

/// An HTTP client that is not tried out beforehand. The SDK's own parses all certificates for each
/// service's client that is made, only to throw the result away, and once more for the first call:
/// that alone is left here.
#[derive(Debug)]
struct Unchecked(SharedHttpClient);

impl HttpClient for Unchecked {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.0.connector_metadata()
    }
}
