//! What is known about uploads and results, and about how long a request takes.

use reactive_scaler::ledger::Item;

use crate::account::sns::Subscription;

/// Uploads, results, and how long a request takes.
#[derive(Debug, Default)]
pub struct ResultFacts {
    /// The maximum of `ModelLatency` over the last day, in microseconds.
    pub longest_request: f64,
    /// The time that the containers allow for a request.
    pub timeouts: Vec<ContainerTimeout>,
    /// The topics of the endpoint configuration whose subscriptions are known.
    pub topics: Vec<Topic>,
    /// The ARNs of the queues that the function reads, if a topic has a queue; `None`: not known.
    pub queues: Option<Vec<String>>,
    /// The items of the endpoint in the ledger.
    pub items: Vec<Item>,
    /// Whether the ledger has more items than the function reads.
    pub too_large: bool,
    /// `NotificationFailures` over the last day.
    pub not_published: f64,
}

/// A timeout in the environment of a model.
#[derive(Debug)]
pub struct ContainerTimeout {
    pub model: String,
    pub variable: String,
    pub seconds: u64,
}

/// A topic for results.
#[derive(Debug)]
pub struct Topic {
    /// `SuccessTopic` or `ErrorTopic`.
    pub name: &'static str,
    pub arn: String,
    /// `None`: the topic does not exist.
    pub subscriptions: Option<Vec<Subscription>>,
}
