//! The clients for ticks. They make fewer attempts with shorter time-outs and have their own retry quota.
//!
//! The SDK keeps a retry quota for each service and process (AWS SDK for Rust Developer Guide, "Configuring
//! retries"). If a tick shared it, a tick that is throttled at many endpoints would use it up, and the calls
//! for the next input would get one attempt each.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

use super::{clients::SdkAws, retries::Retries};
use crate::rate_limited::CALL;

/// Attempts for each call. The next tick makes the call again.
const ATTEMPTS: u32 = 2;

/// Time-out of one attempt. It leaves time for a second attempt if a connection was closed while the
/// container was frozen.
const ATTEMPT: Duration = Duration::from_secs(3);

impl SdkAws {
    /// Creates clients for ticks. They share credentials and connections with [`SdkAws::new`], but not the
    /// retry quota.
    pub fn for_ticks(config: &SdkConfig) -> Self {
        let retries = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let timeouts = match config.timeout_config() {
            Some(timeouts) => timeouts.to_builder(),
            None => TimeoutConfig::builder(),
        };
        let config = config
            .to_builder()
            .retry_config(retries.with_max_attempts(ATTEMPTS))
            .timeout_config(
                timeouts.operation_attempt_timeout(ATTEMPT).operation_timeout(CALL).build(),
            )
            .build();
        Self::with(config, Retries::OfTicks)
    }
}
