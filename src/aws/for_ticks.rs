//! The clients of ticks: fewer attempts, shorter waits, and retries that are counted apart.
//!
//! The SDK keeps a quota of retries for each service and process (AWS SDK for Rust Developer Guide, "Configuring
//! retries"). A tick that is throttled at many endpoints would use it up, and the next input's calls would get one
//! attempt each.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

use super::clients::{Retries, SdkAws};
use crate::rate_limited::CALL;

/// Attempts of one call: the next tick makes the call again.
const ATTEMPTS: u32 = 2;

/// An attempt that takes longer is given up, so that a connection that died while the container was frozen leaves
/// time for the second.
const ATTEMPT: Duration = Duration::from_secs(3);

impl SdkAws {
    /// Clients for ticks, from the SDK's shared configuration. They share credentials and connections with those
    /// of [`SdkAws::new`], and no quota of retries.
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
