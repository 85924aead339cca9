//! The retry quotas of the SDK's clients.

use aws_sdk_sagemaker::config::retry::RetryPartition;

/// Which calls share a retry quota.
#[derive(Debug, Clone, Copy)]
pub(super) enum Retries {
    /// All calls to a service. This is the SDK's default.
    OfTheService,
    /// The calls of ticks, for each service.
    OfTicks,
}

impl Retries {
    /// The SDK's retry partition. `None` is its default.
    pub(super) fn partition(self, service: &str) -> Option<RetryPartition> {
        match self {
            Self::OfTheService => None,
            Self::OfTicks => Some(RetryPartition::new(format!("{service} for ticks"))),
        }
    }
}
