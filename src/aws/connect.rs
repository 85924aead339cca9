//! The SDK's shared configuration: credentials, retries and time-outs.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

use super::https::{BadBundle, https};

/// Attempts for each call. With the backoff, a throttled call is retried for about as long as an invocation
/// lasts. The deadline of the invocation can end it earlier.
const ATTEMPTS: u32 = 6;

const LONGEST_BACK_OFF: Duration = Duration::from_secs(5);

/// Time-out of one attempt. After it, the call is tried again.
const ATTEMPT: Duration = Duration::from_secs(5);

/// Time-out of a call with all its attempts. The next tick tries again.
const CALL: Duration = Duration::from_secs(20);

/// Reads region, credentials and endpoints from the standard variables and files of AWS tools.
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
