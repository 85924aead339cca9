//! Address, Region, HTTP client and SDK settings for the simulated AWS on this machine.

use std::{env, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Default port of `scalerctl aws`.
pub const LOCAL_PORT: u16 = 4599;

/// The Region of the simulated AWS: that of the ARNs in its answers.
pub const LOCAL_REGION: &str = "eu-central-1";

/// The maximum time of a call on a loopback port, with its retries.
const CALL: Duration = Duration::from_secs(20);

/// The longest pause between two attempts.
const PAUSE: Duration = Duration::from_secs(5);

/// The address of `scalerctl aws`: `AWS_ENDPOINT_URL`, or its default port.
pub fn local_url() -> String {
    env::var("AWS_ENDPOINT_URL").unwrap_or_else(|_| format!("http://127.0.0.1:{LOCAL_PORT}"))
}

/// An HTTP client for a simulated AWS on this machine. It trusts no certificates, so it can only
/// use plain HTTP. It ignores proxies that the environment sets.
///
/// # Errors
/// If it cannot be created.
pub fn loopback_http() -> Result<SharedHttpClient, String> {
    let trust_nobody = TlsContext::builder().with_trust_store(TrustStore::empty()).build();
    Ok(Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(trust_nobody.map_err(|error| error.to_string())?)
        .build_https())
}

/// The SDK's settings for a function that runs in the process of the simulated AWS at `url`.
///
/// The SDK's own loader would read environment variables, profiles, and instance metadata.
///
/// # Errors
/// If the HTTP client cannot be created.
pub fn loopback_config(url: &str, credentials: Credentials) -> Result<SdkConfig, String> {
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(loopback_http()?)
        .endpoint_url(url)
        .region(Region::from_static(LOCAL_REGION))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        // The attempts and the pauses of the function. A loopback port needs no longer time-out.
        .retry_config(RetryConfig::standard().with_max_attempts(6).with_max_backoff(PAUSE))
        .timeout_config(TimeoutConfig::builder().operation_timeout(CALL).build())
        .build())
}
