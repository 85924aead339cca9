//! SNS topics of the account: their subscriptions. The model delivers no messages.

/// A subscription of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// `Protocol`, for example `lambda` or `sqs`.
    pub protocol: String,
    /// `Endpoint`: the ARN of the function or of the queue, or an address.
    pub endpoint: String,
}

impl Subscription {
    /// A subscription.
    pub fn new(protocol: impl Into<String>, endpoint: impl Into<String>) -> Self {
        Self { protocol: protocol.into(), endpoint: endpoint.into() }
    }
}
