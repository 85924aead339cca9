//! The AWS clients of smoke.

use super::{event_bridge::EventBridge, iam::Iam, lambda::Lambda, s3::S3};
use crate::{
    account::{configuration, sagemaker::SageMaker},
    smoke::args::SmokeArgs,
};
use scalerctl_console::Failure;

/// The AWS clients of smoke.
#[derive(Debug)]
pub struct Account {
    /// AWS Lambda.
    pub lambda: Lambda,
    /// Amazon S3.
    pub s3: S3,
    /// Amazon EventBridge.
    pub event_bridge: EventBridge,
    /// IAM.
    pub iam: Iam,
    /// Amazon SageMaker.
    pub sagemaker: SageMaker,
}

impl Account {
    /// Creates the clients in the region of `--region`, or of the ARNs.
    ///
    /// # Errors
    ///
    /// If the configuration cannot be used.
    pub async fn open(arguments: &SmokeArgs) -> Result<Self, Failure> {
        let endpoints: Vec<_> = arguments.endpoint.iter().collect();
        let config =
            configuration(&arguments.account, &endpoints, Some(&arguments.function)).await?;
        Ok(Self {
            lambda: Lambda::new(&config),
            s3: S3::new(&config),
            event_bridge: EventBridge::new(&config),
            iam: Iam::new(&config),
            sagemaker: SageMaker::new(&config),
        })
    }
}
