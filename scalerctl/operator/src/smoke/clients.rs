//! The AWS clients of smoke.

use aws_config::SdkConfig;

use super::{event_bridge::EventBridge, iam::Iam, lambda::Lambda, s3::S3};
use crate::{
    account::{
        configuration,
        function_search::{FunctionSearch, NamedBy, NamedFunction, named, names},
        sagemaker::SageMaker,
    },
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
    config: SdkConfig,
}

impl Account {
    /// Creates the clients in the region of `--region`, or of the ARNs.
    ///
    /// # Errors
    ///
    /// If the configuration cannot be used.
    pub async fn open(arguments: &SmokeArgs) -> Result<Self, Failure> {
        let endpoints: Vec<_> = arguments.endpoint.iter().collect();
        let of_shell = named(arguments.function.as_deref(), &arguments.account);
        let of_shell = of_shell.as_ref().map(|named| named.name.as_str());
        let config = configuration(&arguments.account, &endpoints, of_shell).await?;
        Ok(Self {
            lambda: Lambda::new(&config),
            s3: S3::new(&config),
            event_bridge: EventBridge::new(&config),
            iam: Iam::new(&config),
            sagemaker: SageMaker::new(&config),
            config,
        })
    }

    /// The function that is tested. Found in the region, it is as if an option named it.
    ///
    /// # Errors
    ///
    /// [`Failure::Usage`] if the user named none and there is not exactly one, [`Failure::NoAccess`] if they cannot be
    /// listed.
    pub async fn function(&self, arguments: &SmokeArgs) -> Result<NamedFunction, Failure> {
        let endpoints: Vec<String> =
            arguments.endpoint.iter().map(|endpoint| endpoint.name.clone()).collect();
        let option = arguments.function.as_deref();
        match FunctionSearch::of(&self.config, &arguments.account, option, &endpoints).await? {
            FunctionSearch::Named(named) => Ok(named),
            FunctionSearch::Found { arn } => Ok(NamedFunction { name: arn, by: NamedBy::Option }),
            FunctionSearch::Several(arns) => Err(Failure::Usage(format!(
                "there are several functions with SCALER_ROUTES in this region: {} (what to do: name one with \
                 --function)",
                names(&arns)
            ))),
            FunctionSearch::Nowhere => Err(Failure::Usage(
                "no function of this region has SCALER_ROUTES for this (what to do: name the function with --function, \
                 or set its region with --region)"
                    .to_owned(),
            )),
            FunctionSearch::Unknown { why, what_to_do } => {
                Err(Failure::NoAccess(format!("{why} (what to do: {what_to_do})")))
            }
        }
    }
}
