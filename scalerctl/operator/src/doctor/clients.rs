//! The services that are asked.

use crate::{
    account::{
        alarms::Alarms, arn::Arn, auto_scaling::AutoScaling, configuration, lambda::Lambda,
        metrics::Metrics, s3::S3, sagemaker::SageMaker,
    },
    doctor::args::DoctorArgs,
};
use scalerctl_console::Failure;

/// The services that are asked.
#[derive(Debug)]
pub struct Account {
    /// The AWS Region.
    pub region: String,
    /// Amazon SageMaker.
    pub sagemaker: SageMaker,
    /// Application Auto Scaling.
    pub scaling: AutoScaling,
    /// CloudWatch's alarms.
    pub alarms: Alarms,
    /// CloudWatch's metrics.
    pub metrics: Metrics,
    /// AWS Lambda.
    pub lambda: Lambda,
    /// Amazon S3.
    pub s3: S3,
}

impl Account {
    /// In the region of the function's ARN, unless another is named.
    ///
    /// # Errors
    ///
    /// As [`configuration`].
    pub async fn open(arguments: &DoctorArgs) -> Result<Self, Failure> {
        let of_arn = arguments.function.as_deref().and_then(Arn::of).map(|arn| arn.region);
        let config = configuration(&arguments.account, of_arn).await?;
        Ok(Self {
            region: config.region().map(ToString::to_string).unwrap_or_default(),
            sagemaker: SageMaker::new(&config),
            scaling: AutoScaling::new(&config),
            alarms: Alarms::new(&config),
            metrics: Metrics::new(&config),
            lambda: Lambda::new(&config),
            s3: S3::new(&config),
        })
    }
}
