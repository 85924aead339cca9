//! The SDK's shared configuration: credentials, retries and time-outs.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

use super::https::{BadBundle, https};

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
///
/// # Errors
///
/// [`BadBundle`], see [`https`].
pub async fn connect() -> Result<SdkConfig, BadBundle> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(https()?)
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
        .await;
    Ok(config)
}
