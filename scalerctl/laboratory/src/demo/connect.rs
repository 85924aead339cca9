//! The AWS SDK, pointed at the loopback AWS and at nothing else.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};

use scalerctl_common::loopback::loopback_http;

/// Configures the SDK for the AWS at `url`.
///
/// Built by hand instead of with the SDK's loader, which would read the person's environment,
/// profiles and instance metadata.
///
/// # Errors
///
/// When the HTTP client cannot be made.
pub fn connect(url: &str) -> Result<SdkConfig, String> {
    let credentials = Credentials::new("AKIADEMO", "demo", None, None, "scalerctl demo");
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(loopback_http()?)
        .endpoint_url(url)
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        // The function's attempts. Its time-outs are longer; a loopback port needs none of that.
        .retry_config(RetryConfig::standard().with_max_attempts(6))
        .timeout_config(TimeoutConfig::builder().operation_timeout(Duration::from_secs(20)).build())
        .build())
}
