//! Implements the traits of [`crate::port`] with the AWS SDK.

mod application_auto_scaling;
mod clients;
mod cloudwatch;
mod connect;
mod failure;
mod for_ticks;
mod https;
mod ledger;
mod ledger_attributes;
mod ledger_bounds;
mod ledger_expressions;
mod no_answer;
mod pages;
mod prewarm;
mod retries;
mod s3_object;
mod sagemaker;
mod stored_text;

pub use clients::SdkAws;
pub use connect::connect;
pub use failure::kind_of_error;
pub use https::{BadBundle, https};
pub use no_answer::{REQUEST_ID, no_answer, of_causes as no_answer_of_causes};
pub use prewarm::Prewarming;
pub use stored_text::SdkStore;

/// All API operations that the function calls, as IAM actions.
pub const ACTIONS: &[&str] = &[
    "application-autoscaling:DeleteScheduledAction",
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScheduledActions",
    "application-autoscaling:PutScheduledAction",
    "application-autoscaling:RegisterScalableTarget",
    "cloudwatch:GetMetricData",
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:UpdateEndpointWeightsAndCapacities",
];

/// The additional IAM actions if there is a ledger.
pub const LEDGER_ACTIONS: &[&str] =
    &["dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:UpdateItem"];

/// The additional IAM actions if routes are stored: one of the two, depending on the location.
pub const ROUTES_ACTIONS: &[&str] = &["s3:GetObject", "ssm:GetParameter"];
