//! GetObject of S3, for routes that are stored in an object.
//!
//! It uses the crates that the SDK's clients are built from instead of the S3 client. The S3 client would add
//! more to the artifact than the function's own code (`docs/internals/performance.md`, "Stored routes"). Credentials,
//! retries, time-outs, proxies, certificates, and the settings for FIPS and dual stack are the SDK's.

use aws_config::SdkConfig;
use aws_runtime::{
    auth::{
        SigV4OperationSigningConfig, SigningOptions,
        sigv4::{SCHEME_ID, SigV4AuthScheme},
    },
    retries::classifiers::AwsErrorCodeClassifier,
};
use aws_smithy_runtime::client::{
    orchestrator::operation::Operation,
    retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier},
};
use aws_smithy_runtime_api::client::{
    auth::{
        AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
        static_resolver::StaticAuthSchemeOptionResolver,
    },
    identity::SharedIdentityResolver,
    orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
    runtime_components::RuntimeComponentsBuilder,
    runtime_plugin::StaticRuntimePlugin,
};
use aws_smithy_types::{
    body::SdkBody, config_bag::Layer, error::ErrorMetadata, retry::RetryConfig,
    timeout::TimeoutConfig,
};
use aws_types::{
    SigningName,
    region::{Region, SigningRegion},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::failure::failure;
use crate::port::{AwsFailure, AwsResult, FailureKind};

const OPERATION: &str = "GetObject";

/// The variable that sets a custom S3 endpoint (AWS SDKs and Tools Reference Guide, "Service-specific
/// endpoints").
const OWN_ENDPOINT: &str = "AWS_ENDPOINT_URL_S3";

/// The characters that are not encoded in the path (S3 API Reference, "Create a signed AWS API request":
/// `UriEncode`).
const PLAIN_IN_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The first `most` bytes of an object, as text.
pub(super) async fn read(
    config: &SdkConfig,
    bucket: &str,
    key: &str,
    most: usize,
) -> AwsResult<String> {
    let resource = format!("s3://{bucket}/{key}");
    let missing = |what: &str| AwsFailure {
        operation: OPERATION,
        resource: resource.clone(),
        kind: FailureKind::Other,
        no_answer: None,
        answer: format!("no {what} is known; set AWS_REGION and credentials"),
    };
    let region = config.region().ok_or_else(|| missing("region"))?;
    let http = config.http_client().ok_or_else(|| missing("HTTP client"))?;
    let credentials = config.credentials_provider().ok_or_else(|| missing("credentials"))?;
    let (url, path) = address(config, region, bucket, key);
    let request = move |()| {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_method("GET")?;
        request.set_uri(path.as_str())?;
        request.headers_mut().insert("range", format!("bytes=0-{}", most.saturating_sub(1)));
        Ok(request)
    };
    let timeouts = config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled);
    let retries = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
    let mut operation = Operation::builder()
        .service_name("S3")
        .operation_name(OPERATION)
        .endpoint_url(&url)
        .http_client(http)
        .standard_retry(&retries)
        .retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
        .retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
        .retry_classifier(HttpStatusCodeClassifier::default())
        .timeout_config(timeouts)
        .with_connection_poisoning()
        .runtime_plugin(signed(region, SharedIdentityResolver::new(credentials)));
    if let Some(sleep) = config.sleep_impl() {
        operation = operation.sleep_impl(sleep);
    }
    let call = operation.serializer(request).deserializer(text_of).build();
    call.invoke(()).await.map_err(|error| failure(OPERATION, resource, error))
}

/// Address and path of an object (AWS General Reference, "Amazon Simple Storage Service endpoints and
/// quotas"). The isolated partitions have other suffixes. For those, an endpoint variable must be set.
fn address(config: &SdkConfig, region: &Region, bucket: &str, key: &str) -> (String, String) {
    let key = utf8_percent_encode(key, PLAIN_IN_PATH).to_string();
    let own = std::env::var(OWN_ENDPOINT).ok().or(config.endpoint_url().map(str::to_owned));
    // Virtual-hosted addresses often do not resolve at a custom endpoint, so the path contains the bucket.
    if let Some(url) = own {
        return (url.trim_end_matches('/').to_owned(), format!("/{bucket}/{key}"));
    }
    let service = if config.use_fips() == Some(true) { "s3-fips" } else { "s3" };
    let stack = if config.use_dual_stack() == Some(true) { "dualstack." } else { "" };
    let suffix =
        if region.as_ref().starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    let host = format!("{service}.{stack}{region}.{suffix}");
    // The certificate's wildcard does not match bucket names with dots.
    match bucket.contains('.') {
        true => (format!("https://{host}"), format!("/{bucket}/{key}")),
        false => (format!("https://{bucket}.{host}"), format!("/{key}")),
    }
}

/// Signature Version 4 as S3 requires it: the payload's hash in a header, and paths without normalization.
fn signed(region: &Region, credentials: SharedIdentityResolver) -> StaticRuntimePlugin {
    let mut options = SigningOptions::default();
    options.content_sha256_header = true;
    options.double_uri_encode = false;
    options.normalize_uri_path = false;
    let mut config = Layer::new("signature");
    config.store_put(AuthSchemeOptionResolverParams::new(()));
    config.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(region.clone())),
        name: Some(SigningName::from_static("s3")),
        signing_options: options,
        ..SigV4OperationSigningConfig::default()
    });
    let resolver = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
    let components = RuntimeComponentsBuilder::new("signature")
        .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(resolver)))
        .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
        .with_identity_resolver(SCHEME_ID, credentials);
    StaticRuntimePlugin::new().with_config(config.freeze()).with_runtime_components(components)
}

fn text_of(response: &HttpResponse) -> Result<String, OrchestratorError<ErrorMetadata>> {
    let body = response.body().bytes().unwrap_or_default();
    if !response.status().is_success() {
        return Err(OrchestratorError::operation(error_of(&String::from_utf8_lossy(body))));
    }
    String::from_utf8(body.to_vec())
        .map_err(|_| OrchestratorError::other("the object does not contain text"))
}

/// Reads code and message from an XML error of S3 (S3 API Reference, "Error responses").
fn error_of(xml: &str) -> ErrorMetadata {
    let mut error = ErrorMetadata::builder();
    if let Some(code) = element(xml, "Code") {
        error = error.code(code);
    }
    if let Some(message) = element(xml, "Message") {
        error = error.message(message);
    }
    error.build()
}

fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    rest.split_once(&format!("</{name}>")).map(|(text, _)| text)
}
