//! The scaler's ports, implemented with the AWS SDK.

mod application_auto_scaling;
mod cloudwatch;
mod connect;
mod failure;
mod https;
mod pages;
mod prewarm;
mod sagemaker;
mod stored_text;

use std::sync::OnceLock;

use aws_config::SdkConfig;

pub use connect::connect;
pub use failure::kind_of_error;
pub use https::{BadBundle, https};
pub use prewarm::Prewarming;
pub use stored_text::SdkStore;

/// Every API operation that the function calls, as the IAM action that allows it.
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

/// What it calls on top where the routes are stored: one of the two, by where they lie.
pub const ROUTES_ACTIONS: &[&str] = &["s3:GetObject", "ssm:GetParameter"];

/// The AWS SDK's clients. CloudWatch's is made when the first tick has to judge: a wake needs none.
#[derive(Debug)]
pub struct SdkAws {
    config: SdkConfig,
    sagemaker: aws_sdk_sagemaker::Client,
    scaling: aws_sdk_applicationautoscaling::Client,
    cloudwatch: OnceLock<aws_sdk_cloudwatch::Client>,
}

impl SdkAws {
    /// Clients from the SDK's shared configuration, see [`connect`].
    pub fn new(config: &SdkConfig) -> Self {
        Self {
            sagemaker: aws_sdk_sagemaker::Client::new(config),
            scaling: aws_sdk_applicationautoscaling::Client::new(config),
            cloudwatch: OnceLock::new(),
            config: config.clone(),
        }
    }

    fn cloudwatch(&self) -> &aws_sdk_cloudwatch::Client {
        self.cloudwatch.get_or_init(|| aws_sdk_cloudwatch::Client::new(&self.config))
    }
}
