//! The services that are asked.

use crate::{
    account::{
        alarms::Alarms, arn::Arn, auto_scaling::AutoScaling, configuration, figures::Figures,
        lambda::Lambda, s3::S3, sagemaker::SageMaker,
    },
    doctor::args::DoctorArgs,
};
use scalerctl_common::Failure;

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
    pub figures: Figures,
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
    /// [`Failure::Usage`] without a region, or where the configuration cannot be used.
    pub async fn open(arguments: &DoctorArgs) -> Result<Self, Failure> {
        let of_arn = arguments.function.as_deref().and_then(Arn::of).map(|arn| arn.region);
        let config = configuration(&arguments.account, of_arn).await?;
        let Some(region) = config.region() else {
            return Err(Failure::Usage(
                "no region is set (what to do: use --region NAME, or set AWS_REGION)".to_owned(),
            ));
        };
        Ok(Self {
            region: region.to_string(),
            sagemaker: SageMaker::new(&config),
            scaling: AutoScaling::new(&config),
            alarms: Alarms::new(&config),
            figures: Figures::new(&config),
            lambda: Lambda::new(&config),
            s3: S3::new(&config),
        })
    }
}
