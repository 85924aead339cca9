//! Retries and time-outs of the calls on the ledger.
//!
//! A record waits for the ledger's write, so a write has less time than other calls. DynamoDB answers in milliseconds.

use std::time::Duration;

use aws_config::{SdkConfig, retry::RetryConfig, timeout::TimeoutConfig};

use super::retries::Retries;

/// The longest time of a call, or of a write that needs several calls.
pub(super) const CALL: Duration = Duration::from_secs(3);

/// Time-out of one attempt. It leaves time for a second attempt if a connection was closed while the container was
/// frozen.
const ATTEMPT: Duration = Duration::from_millis(1400);

/// Attempts for each call of an event. With their pauses they can take longer than [`CALL`], so all of it is used if
/// DynamoDB throttles (`docs/internals/ledger.md`, "Bursts").
const ATTEMPTS: u32 = 14;

/// The first pause before a retry is shorter than this.
const FIRST_BACK_OFF: Duration = Duration::from_millis(50);

const LONGEST_BACK_OFF: Duration = Duration::from_millis(500);

pub(super) fn retries(config: &SdkConfig, of: Retries) -> RetryConfig {
    let retries = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
    let attempts = match of {
        Retries::OfTheService => ATTEMPTS,
        Retries::OfTicks => retries.max_attempts(),
    };
    let (first, longest) = (retries.initial_backoff(), retries.max_backoff());
    retries
        .with_max_attempts(attempts)
        .with_initial_backoff(first.min(FIRST_BACK_OFF))
        .with_max_backoff(longest.min(LONGEST_BACK_OFF))
}

pub(super) fn timeouts(config: &SdkConfig) -> TimeoutConfig {
    let timeouts = match config.timeout_config() {
        Some(timeouts) => timeouts.to_builder(),
        None => TimeoutConfig::builder(),
    };
    timeouts.operation_attempt_timeout(ATTEMPT).operation_timeout(CALL).build()
}
