//! The connection to the account, from the user's AWS configuration.

use std::{env, time::Duration};

use aws_config::{
    BehaviorVersion, Region, SdkConfig,
    profile::{self, ProfileFileCredentialsProvider},
    provider_config::ProviderConfig,
    timeout::TimeoutConfig,
};
use aws_credential_types::Credentials;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_sdk_sagemaker::config::SharedHttpClient;
use aws_types::os_shim_internal::{Env, Fs};
use reactive_scaler::aws::https;
use tokio::{net::TcpStream, time::timeout};
use url::Url;

use super::{
    args::AccountArgs,
    arn::Arn,
    endpoint_arg::{EndpointArg, check_arns},
};
use scalerctl_console::{
    Failure,
    loopback::{LOCAL_PORT, loopback_http},
};

/// Timeout of a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Timeout of a call. Invocations have their own.
const CALL: Duration = Duration::from_secs(30);

/// Reads credentials, region and endpoints as every AWS tool does, or uses the simulated AWS on
/// this machine with `--local`. The region is `--region`, else that of the ARNs of `endpoints` and `function`,
/// else that of the configuration.
///
/// # Errors
/// [`Failure::Usage`] if the configuration cannot be used: regions or accounts that contradict each other, no region, an unknown profile, an address that is not a
/// URL, or the file of `AWS_CA_BUNDLE`. [`Failure::NoAccess`] if the simulated AWS does not run.
pub async fn configuration(
    arguments: &AccountArgs,
    endpoints: &[&EndpointArg],
    function: Option<&str>,
) -> Result<SdkConfig, Failure> {
    let given = endpoints.iter().map(|endpoint| endpoint.given.as_str()).chain(function);
    let region = region_of(arguments, given)?;
    let config = connect(arguments, region).await?;
    check_arns(&config, endpoints).await?;
    Ok(config)
}

/// The region of `--region` and of the ARNs that the user gave. `None`: they have none.
fn region_of<'a>(
    arguments: &AccountArgs,
    given: impl Iterator<Item = &'a str>,
) -> Result<Option<Region>, Failure> {
    let option = arguments.region.as_deref().map(|region| (region, "--region".to_owned()));
    let arns = given.filter_map(|text| Some((Arn::of(text)?.region, text.to_owned())));
    let mut named = option.into_iter().chain(arns);
    let Some((region, by)) = named.next() else { return Ok(None) };
    match named.find(|(other, _)| *other != region) {
        None => Ok(Some(Region::new(region.to_owned()))),
        Some((other, arn)) => Err(Failure::Usage(format!(
            "{by} is the region {region}, and {arn} is in {other} (what to do: name only one region)"
        ))),
    }
}

async fn connect(arguments: &AccountArgs, region: Option<Region>) -> Result<SdkConfig, Failure> {
    check_endpoint_urls()?;
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(
        TimeoutConfig::builder().connect_timeout(CONNECT).operation_timeout(CALL).build(),
    );
    if arguments.local {
        let url = local_url();
        check_that_it_runs(&url).await?;
        let config = loader
            .http_client(loopback_http().map_err(Failure::Usage)?)
            .endpoint_url(url)
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
    let profile_of_environment = env::var("AWS_PROFILE").ok().filter(|name| !name.is_empty());
    if let Some(profile) = arguments.profile.as_ref().or(profile_of_environment.as_ref()) {
        check_profile(profile).await?;
    }
    if let Some(profile) = &arguments.profile {
        loader = loader
            .profile_name(profile)
            .credentials_provider(credentials_of(profile, region, http).await);
    }
    let config = loader.load().await;
    match config.region() {
        Some(region) if is_region(region.as_ref()) => Ok(config),
        Some(region) => Err(Failure::Usage(format!(
            "{:?} is not a region (what to do: use --region with a name such as eu-west-1)",
            region.as_ref()
        ))),
        None => Err(Failure::Usage(
            "no region is set (what to do: use --region NAME, or set AWS_REGION)".to_owned(),
        )),
    }
}

/// The SDK accepts any text as a region and fails at the first call.
fn is_region(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.bytes().all(allowed)
}

/// The SDK accepts any text as an endpoint URL and fails at the first call.
fn check_endpoint_urls() -> Result<(), Failure> {
    let is_endpoint =
        |name: &str| name == "AWS_ENDPOINT_URL" || name.starts_with("AWS_ENDPOINT_URL_");
    let is_url = |value: &str| {
        Url::parse(value)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    };
    match env::vars().find(|(name, value)| is_endpoint(name) && !is_url(value)) {
        None => Ok(()),
        Some((name, value)) => Err(Failure::Usage(format!(
            "{name} is {value:?}, which is not a URL (what to do: set it to http://HOST:PORT, or unset it)"
        ))),
    }
}

/// The SDK reports an unknown profile as missing credentials.
async fn check_profile(name: &str) -> Result<(), Failure> {
    let files = EnvConfigFiles::default();
    let profiles =
        profile::load(&Fs::real(), &Env::real(), &files, None).await.map_err(|error| {
            Failure::Usage(format!(
                "the AWS configuration files cannot be read: {error} (what to do: correct the file)"
            ))
        })?;
    if profiles.get_profile(name).is_some() {
        return Ok(());
    }
    let mut known: Vec<&str> = profiles.profiles().collect();
    known.sort_unstable();
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(Failure::Usage(format!(
        "the AWS configuration has no profile {name}; it has: {known} (what to do: correct --profile or AWS_PROFILE, \
         or run aws configure --profile {name})"
    )))
}

/// Whether something accepts connections at the address of the simulated AWS.
async fn check_that_it_runs(address: &str) -> Result<(), Failure> {
    let url = Url::parse(address).ok();
    let host_and_port =
        url.and_then(|url| Some((url.host_str()?.to_owned(), url.port_or_known_default()?)));
    let Some(host_and_port) = host_and_port else { return Ok(()) };
    match timeout(CONNECT, TcpStream::connect(host_and_port)).await {
        Ok(Ok(_)) => Ok(()),
        _ => Err(Failure::NoAccess(format!(
            "the simulated AWS does not run at {address} (what to do: start `scalerctl aws` in another terminal, or \
             set AWS_ENDPOINT_URL to its address)"
        ))),
    }
}

/// The address of `scalerctl aws`: `AWS_ENDPOINT_URL`, or its default port.
fn local_url() -> String {
    env::var("AWS_ENDPOINT_URL").unwrap_or_else(|_| format!("http://127.0.0.1:{LOCAL_PORT}"))
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
