//! The AWS clients of doctor.

use crate::{
    account::{
        alarms::Alarms, arn::Arn, auto_scaling::AutoScaling, configuration, lambda::Lambda,
        metrics::Metrics, s3::S3, sagemaker::SageMaker,
    },
    doctor::args::DoctorArgs,
};
use scalerctl_console::Failure;

/// The AWS clients of doctor.
#[derive(Debug)]
pub struct Account {
    /// The AWS Region.
    pub region: String,
    /// Amazon SageMaker.
    pub sagemaker: SageMaker,
    /// Application Auto Scaling.
    pub scaling: AutoScaling,
    /// CloudWatch alarms.
    pub alarms: Alarms,
    /// CloudWatch metrics.
    pub metrics: Metrics,
    /// AWS Lambda.
    pub lambda: Lambda,
    /// Amazon S3.
    pub s3: S3,
}

impl Account {
    /// Creates the clients in the region of `--region`, or of the function's ARN.
    ///
    /// # Errors
    ///
    /// See [`configuration`].
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
