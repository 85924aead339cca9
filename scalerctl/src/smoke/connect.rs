//! The account, as the person's AWS configuration reaches it.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, Region, profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig, timeout::TimeoutConfig,
};
use reactive_scaler::aws::https;

use super::{arn::Arn, event_bridge::EventBridge, iam::Iam, lambda::Lambda, s3::S3};
use crate::cli::SmokeArgs;

/// A read that takes longer is given up. Invocations have their own limit.
const CALL: Duration = Duration::from_secs(30);

/// The services that are asked.
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
}

impl Account {
    /// Reads credentials, region and endpoints as every AWS tool does. The region of the function's
    /// ARN counts more than the configuration's, and `--region` more than either.
    pub async fn open(arguments: &SmokeArgs) -> Self {
        let mut loader =
            aws_config::defaults(BehaviorVersion::latest()).http_client(https()).timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(Duration::from_secs(5))
                    .operation_timeout(CALL)
                    .build(),
            );
        let of_arn = || Arn::of(&arguments.function).map(|arn| arn.region.to_owned());
        let region = arguments.region.clone().or_else(of_arn).map(Region::new);
        if let Some(region) = region.clone() {
            loader = loader.region(region);
        }
        if let Some(profile) = &arguments.profile {
            loader = loader
                .profile_name(profile)
                .credentials_provider(credentials_of(profile, region).await);
        }
        let config = loader.load().await;
        Self {
            lambda: Lambda::new(&config),
            s3: S3::new(&config),
            event_bridge: EventBridge::new(&config),
            iam: Iam::new(&config),
        }
    }
}

/// The profile's credentials and no others: the SDK's chain would ask the environment first.
async fn credentials_of(profile: &str, region: Option<Region>) -> ProfileFileCredentialsProvider {
    let config = ProviderConfig::without_region().with_http_client(https());
    let config = match region {
        Some(region) => config.with_region(Some(region)),
        None => config.load_default_region().await,
    };
    ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build()
}
