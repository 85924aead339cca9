//! The scaler's ports, implemented with the AWS SDK.

mod application_auto_scaling;
mod cloudwatch;
mod connect;
mod failure;
mod for_ticks;
mod https;
mod pages;
mod prewarm;
mod s3_object;
mod sagemaker;
mod stored_text;

use std::sync::OnceLock;

use aws_config::SdkConfig;

pub use connect::connect;
pub use failure::kind_of_error;
use for_ticks::Retries;
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

/// The AWS SDK's clients, each made when it is first needed.
#[derive(Debug)]
pub struct SdkAws {
    config: SdkConfig,
    retries: Retries,
    sagemaker: OnceLock<aws_sdk_sagemaker::Client>,
    scaling: OnceLock<aws_sdk_applicationautoscaling::Client>,
    cloudwatch: OnceLock<aws_sdk_cloudwatch::Client>,
}

impl SdkAws {
    /// Clients from the SDK's shared configuration, see [`connect`].
    pub fn new(config: &SdkConfig) -> Self {
        Self::with(config.clone(), Retries::OfTheService)
    }

    fn with(config: SdkConfig, retries: Retries) -> Self {
        Self {
            config,
            retries,
            sagemaker: OnceLock::new(),
            scaling: OnceLock::new(),
            cloudwatch: OnceLock::new(),
        }
    }

    fn sagemaker(&self) -> &aws_sdk_sagemaker::Client {
        self.sagemaker.get_or_init(|| {
            let mut config = aws_sdk_sagemaker::config::Builder::from(&self.config);
            config.set_retry_partition(self.retries.partition("sagemaker"));
            aws_sdk_sagemaker::Client::from_conf(config.build())
        })
    }

    fn scaling(&self) -> &aws_sdk_applicationautoscaling::Client {
        self.scaling.get_or_init(|| {
            let mut config = aws_sdk_applicationautoscaling::config::Builder::from(&self.config);
            config.set_retry_partition(self.retries.partition("applicationautoscaling"));
            aws_sdk_applicationautoscaling::Client::from_conf(config.build())
        })
    }

    fn cloudwatch(&self) -> &aws_sdk_cloudwatch::Client {
        self.cloudwatch.get_or_init(|| {
            let mut config = aws_sdk_cloudwatch::config::Builder::from(&self.config);
            config.set_retry_partition(self.retries.partition("cloudwatch"));
            aws_sdk_cloudwatch::Client::from_conf(config.build())
        })
    }
}
