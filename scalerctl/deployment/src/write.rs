//! The writes of the commands.

use aws_sdk_s3::types::NotificationConfiguration;
use reactive_scaler::port::VariantId;

/// One write, or two that belong together.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// Sets the tag of an endpoint.
    Tag {
        /// The endpoint's ARN.
        arn: String,
        /// The tag's value.
        value: String,
    },
    /// Removes the tag of an endpoint.
    Untag {
        /// The endpoint's ARN.
        arn: String,
    },
    /// Lets a topic invoke the function, and subscribes the function to it.
    Connect {
        /// The function's ARN.
        function: String,
        /// The topic's ARN.
        topic: String,
    },
    /// The reverse.
    Disconnect {
        /// The function's ARN.
        function: String,
        /// The topic's ARN.
        topic: String,
        /// The subscription's ARN, if there is one.
        subscription: Option<String>,
    },
    /// Creates the backstop alarm of an endpoint.
    PutBackstop {
        /// The endpoint's name.
        endpoint: String,
        /// The ARN of the topic that the alarm publishes to.
        topic: String,
    },
    /// Deletes the backstop alarm of an endpoint.
    DeleteBackstop {
        /// The endpoint's name.
        endpoint: String,
    },
    /// Registers the variant, or changes its bounds.
    Register {
        /// The variant.
        id: VariantId,
        /// `MinCapacity`.
        min: Option<i32>,
        /// `MaxCapacity`.
        max: Option<i32>,
    },
    /// Deregisters the variant.
    Deregister {
        /// The variant.
        id: VariantId,
    },
    /// Creates or changes the policy.
    PutPolicy {
        /// The variant.
        id: VariantId,
        /// Requests in the backlog per instance.
        per_instance: u32,
    },
    /// Deletes a scheduled action of the function.
    DeleteAction {
        /// The variant.
        id: VariantId,
        /// The action's name.
        name: String,
    },
    /// Stops all invocations of the function.
    Stop {
        /// The function's ARN.
        function: String,
    },
    /// Replaces the notification configuration of a bucket.
    Notify {
        /// The bucket's name.
        bucket: String,
        /// The complete new configuration.
        configuration: Box<NotificationConfiguration>,
    },
}
