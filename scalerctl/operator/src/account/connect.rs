//! The connection to the account, from the user's AWS configuration.

use std::time::Duration;

use aws_config::{
    BehaviorVersion, Region, SdkConfig, profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig, timeout::TimeoutConfig,
};
use aws_credential_types::Credentials;
use aws_sdk_sagemaker::config::SharedHttpClient;
use reactive_scaler::aws::https;

use crate::account::args::AccountArgs;
use scalerctl_common::{
    Failure,
    loopback::{LOCAL_PORT, loopback_http},
};

/// Timeout of a call. Invocations have their own.
const CALL: Duration = Duration::from_secs(30);

/// Reads credentials, region and endpoints as every AWS tool does, or uses the simulated AWS on
/// this machine with `--local`. The region is `--region`, else `region_of_subject` (for example of
/// an ARN), else that of the configuration.
///
/// # Errors
/// [`Failure::Usage`] if the file of `AWS_CA_BUNDLE` cannot be used.
pub async fn configuration(
    arguments: &AccountArgs,
    region_of_subject: Option<&str>,
) -> Result<SdkConfig, Failure> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(
        TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(5))
            .operation_timeout(CALL)
            .build(),
    );
    let named = arguments.region.clone().or_else(|| region_of_subject.map(str::to_owned));
    let region = named.map(Region::new);
    if arguments.local {
        let config = loader
            .http_client(loopback_http().map_err(Failure::Usage)?)
            .endpoint_url(local_url())
            .region(region.unwrap_or_else(|| Region::from_static("eu-west-1")))
            .credentials_provider(Credentials::new("local", "local", None, None, "--local"))
            .load()
            .await;
        return Ok(config);
    }
    let http = https().map_err(|problem| Failure::Usage(problem.to_string()))?;
    loader = loader.http_client(http.clone());
    if let Some(region) = region.clone() {
        loader = loader.region(region);
    }
    if let Some(profile) = &arguments.profile {
        loader = loader
            .profile_name(profile)
            .credentials_provider(credentials_of(profile, region, http).await);
    }
    Ok(loader.load().await)
}

/// The address of `scalerctl aws`: `AWS_ENDPOINT_URL`, or its default port.
fn local_url() -> String {
    std::env::var("AWS_ENDPOINT_URL").unwrap_or_else(|_| format!("http://127.0.0.1:{LOCAL_PORT}"))
}

/// Only the profile's credentials. The SDK's default chain would use the environment first.
async fn credentials_of(
    profile: &str,
    region: Option<Region>,
    http: SharedHttpClient,
) -> ProfileFileCredentialsProvider {
    let config = ProviderConfig::without_region().with_http_client(http);
    let config = match region {
        Some(region) => config.with_region(Some(region)),
        None => config.load_default_region().await,
    };
    ProfileFileCredentialsProvider::builder().configure(&config).profile_name(profile).build()
}
