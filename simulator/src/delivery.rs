//! Messages between services of the account: events, notifications, and invocations.

use jiff::Timestamp;
use serde_json::Value;

/// A message on its way to a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// When it arrives.
    pub at: Timestamp,
    /// The ARN of the function (also with an alias or a version), topic, queue, or event bus.
    pub to: String,
    /// The service that sends it, for example `s3.amazonaws.com`.
    pub from: &'static str,
    /// The body: for a function its payload, for an event bus an event, for a topic or a
    /// queue `{"Message": "TEXT"}`, which can also have `Subject` and `MessageAttributes`.
    pub body: Value,
}
