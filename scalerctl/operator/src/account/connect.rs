//! The connection to the account, from the user's AWS configuration.

use std::{env, time::Duration};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig, timeout::TimeoutConfig,
};
use aws_credential_types::Credentials;
use aws_sdk_sagemaker::config::SharedHttpClient;
use reactive_scaler::aws::https;
use tokio::{net::TcpStream, time::timeout};
use url::Url;

use super::{
    addresses,
    answers_of_aws::answers_of_aws,
    args::AccountArgs,
    arn::Arn,
    configuration_files::Profiles,
    credentials,
    endpoint_arg::{EndpointArg, check_arns},
};
use scalerctl_console::{
    Failure,
    loopback::{LOCAL_REGION, local_url, loopback_http},
    suggested::{GivenAccount, Suggested},
};

/// Timeout of a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// Timeout of a call. Invocations have their own.
const CALL: Duration = Duration::from_secs(30);

/// Reads credentials, region and endpoints as every AWS tool does, or uses the simulated AWS on
/// this machine with `--local`. All commands that scalerctl suggests then name the same. The region is `--region`, else
/// that of the ARNs of `endpoints` and `function`, else that of the configuration.
///
/// # Errors
/// [`Failure::Usage`] if the configuration cannot be used: regions or accounts that contradict each other, no region, an
/// unknown profile, an address that is not a URL, or the file of `AWS_CA_BUNDLE`. [`Failure::NoAccess`] if the
/// credentials cannot be loaded, or the simulated AWS does not run.
pub async fn configuration(
    arguments: &AccountArgs,
    endpoints: &[&EndpointArg],
    function: Option<&str>,
) -> Result<SdkConfig, Failure> {
    let given = endpoints.iter().map(|endpoint| endpoint.given.as_str()).chain(function);
    let region = region_of(arguments, given)?;
    // Before the first message that can suggest a command.
    GivenAccount {
        profile: arguments.profile.clone(),
        region: region.as_ref().map(ToString::to_string),
        local: arguments.local.then(local_url),
    }
    .apply();
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
    addresses::check()?;
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).timeout_config(
        TimeoutConfig::builder().connect_timeout(CONNECT).operation_timeout(CALL).build(),
    );
    if arguments.local {
        let url = local_url();
        check_that_it_runs(&url).await?;
        addresses::set_default("the address of --local", &url);
        let config = loader
            .http_client(answers_of_aws(loopback_http().map_err(Failure::Usage)?))
            .endpoint_url(url)
            .region(region.unwrap_or_else(|| Region::from_static(LOCAL_REGION)))
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
    let profiles = Profiles::read(arguments.profile.as_deref()).await?;
    if let Some(profile) = &arguments.profile {
        loader = loader
            .profile_name(profile)
            .credentials_provider(credentials_of(profile, region, http.clone()).await);
    }
    let config = loader.load().await;
    if let Some(url) = config.endpoint_url() {
        addresses::set_default("endpoint_url of the AWS configuration", url);
    }
    match config.region() {
        Some(region) if is_region(region.as_ref()) => {
            addresses::set_region(region.as_ref());
            let config = credentials::loaded(config, &profiles).await?;
            // Not for the calls that load credentials: a server on this machine can provide them.
            Ok(config.to_builder().http_client(answers_of_aws(http)).build())
        }
        Some(region) if region.as_ref().is_empty() => Err(Failure::Usage(empty_region())),
        Some(region) => Err(Failure::Usage(format!(
            "{:?} is not a region (what to do: use a name such as eu-west-1 in --region, AWS_REGION or the profile: \
             `export AWS_REGION=eu-west-1`)",
            region.as_ref()
        ))),
        None => Err(Failure::Usage(
            "no region is set (what to do: use --region NAME, or set AWS_REGION: `export AWS_REGION=eu-west-1`)"
                .to_owned(),
        )),
    }
}

/// The message for a region without a name. The SDK uses the first variable that is set.
fn empty_region() -> String {
    let variables = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    match variables.into_iter().find(|name| env::var(name).is_ok_and(|it| it.is_empty())) {
        Some(name) => format!(
            "{name} is empty (what to do: use --region NAME, or set it to a region, or unset it: `unset {name}`)"
        ),
        None => format!(
            "the region of the profile is empty (what to do: use --region NAME, or correct it: `{}`)",
            Suggested::aws_settings(None, "configure set region eu-west-1")
        ),
    }
}

/// The SDK accepts any text as a region and fails at the first call, if this is not a part of a host name.
fn is_region(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let has_dash_at_an_end = name.starts_with('-') || name.ends_with('-');
    (1..=63).contains(&name.len()) && name.bytes().all(allowed) && !has_dash_at_an_end
}

/// Whether something accepts connections at the address of the simulated AWS.
async fn check_that_it_runs(address: &str) -> Result<(), Failure> {
    let url = Url::parse(address).ok();
    let host_and_port =
        url.and_then(|url| Some((url.host_str()?.to_owned(), url.port_or_known_default()?)));
    let Some(host_and_port) = host_and_port else { return Ok(()) };
    let (_, port) = host_and_port;
    match timeout(CONNECT, TcpStream::connect(host_and_port)).await {
        Ok(Ok(_)) => Ok(()),
        _ => Err(Failure::NoAccess(format!(
            "the simulated AWS does not run at {address} (what to do: set AWS_ENDPOINT_URL to its address, or start \
             it in another terminal: `{}`)",
            Suggested::shell(format!("scalerctl aws --port {port}"))
        ))),
    }
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
