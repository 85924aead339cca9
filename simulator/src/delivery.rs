//! Messages between services of the account: events, notifications, and invocations.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message on its way to a resource.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// When it arrives.
    pub at: Timestamp,
    /// The ARN of the function (also with an alias or a version), topic, queue, or event bus.
    pub to: String,
    /// The service that sends it, for example `s3.amazonaws.com`.
    pub from: Cow<'static, str>,
    /// The body: for a function its payload, for an event bus an event, for a queue a message, for a topic the members
    /// of Publish: `Message`, and if it has them `Subject`, `MessageAttributes` and `MessageStructure`.
    pub body: Value,
}
