//! Parameter Store and S3, as far as routes lie there: one call each.
//!
//! Made of the crates that the SDK's clients are made of, and not of two more clients: those would
//! weigh on every artifact and every start for a call that most users never make
//! (`docs/performance.md` has the figures).

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
use aws_types::{SigningName, region::SigningRegion};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::failure::failure;
use crate::{
    port::{AwsFailure, AwsResult, FailureKind},
    stored_routes::{Place, Store},
};

/// Larger objects are refused: some thousand routes are less.
const LARGEST: usize = 256 * 1024;

/// What stays as it is in the path of an S3 address (S3 API Reference, "Create a signed AWS API
/// request": `UriEncode`).
const PLAIN_IN_PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The two stores, reached with the SDK's shared configuration.
#[derive(Debug, Clone)]
pub struct SdkStore {
    config: SdkConfig,
}

impl SdkStore {
    /// With the SDK's shared configuration, see [`super::connect`].
    pub fn new(config: &SdkConfig) -> Self {
        Self { config: config.clone() }
    }
}

impl Store for SdkStore {
    async fn read(&self, place: &Place) -> AwsResult<String> {
        let call = match place {
            Place::Parameter(name) => self.get_parameter(name)?,
            Place::Object { bucket, key } => self.get_object(bucket, key)?,
        };
        let operation = call.operation;
        call.built
            .invoke(())
            .await
            .map_err(|error| failure(operation, place.to_string(), error))
            .and_then(|text| {
                if text.len() <= LARGEST {
                    return Ok(text);
                }
                Err(refused(operation, place, format!("more than {LARGEST} bytes lie there")))
            })
    }
}

/// A call that is ready to be made.
struct Call {
    operation: &'static str,
    built: Operation<(), String, ErrorMetadata>,
}

/// A service, as far as its two calls need to know it.
struct Service {
    operation: &'static str,
    name: &'static str,
    signing_name: &'static str,
    /// The variable that gives it an endpoint of one's own (AWS SDKs and Tools Reference Guide,
    /// "Service-specific endpoints").
    endpoint_variable: &'static str,
}

impl SdkStore {
    /// SSM's GetParameter, awsJson1.1.
    fn get_parameter(&self, name: &str) -> AwsResult<Call> {
        const SSM: Service = Service {
            operation: "GetParameter",
            name: "SSM",
            signing_name: "ssm",
            endpoint_variable: "AWS_ENDPOINT_URL_SSM",
        };
        // A SecureString is read too, where the role may decrypt it.
        let body = json!({ "Name": name, "WithDecryption": true }).to_string();
        let url = match self.own_endpoint(&SSM) {
            Some(url) => url,
            None => format!("https://ssm.{}", self.region_and_suffix(&SSM, name)?),
        };
        let request = move |()| {
            let mut request = HttpRequest::new(SdkBody::from(body.as_str()));
            request.set_method("POST")?;
            request.set_uri("/")?;
            request.headers_mut().insert("content-type", "application/x-amz-json-1.1");
            request.headers_mut().insert("x-amz-target", "AmazonSSM.GetParameter");
            Ok(request)
        };
        let read = |body: &[u8]| {
            let answer: Value = serde_json::from_slice(body).ok()?;
            answer.pointer("/Parameter/Value")?.as_str().map(str::to_owned)
        };
        self.call(SSM, name, &url, request, read)
    }

    /// S3's GetObject.
    fn get_object(&self, bucket: &str, key: &str) -> AwsResult<Call> {
        const S3: Service = Service {
            operation: "GetObject",
            name: "S3",
            signing_name: "s3",
            endpoint_variable: "AWS_ENDPOINT_URL_S3",
        };
        let key = utf8_percent_encode(key, PLAIN_IN_PATH).to_string();
        let (url, path) = match self.own_endpoint(&S3) {
            Some(url) => (url, format!("/{bucket}/{key}")),
            None => {
                let host = self.region_and_suffix(&S3, bucket)?;
                // The certificate's wildcard covers no bucket name with dots.
                match bucket.contains('.') {
                    true => (format!("https://s3.{host}"), format!("/{bucket}/{key}")),
                    false => (format!("https://{bucket}.s3.{host}"), format!("/{key}")),
                }
            }
        };
        let request = move |()| {
            let mut request = HttpRequest::new(SdkBody::empty());
            request.set_method("GET")?;
            request.set_uri(path.as_str())?;
            // One byte more than is taken: enough to tell that it is too large.
            request.headers_mut().insert("range", format!("bytes=0-{LARGEST}"));
            Ok(request)
        };
        let read = |body: &[u8]| String::from_utf8(body.to_vec()).ok();
        self.call(S3, bucket, &url, request, read)
    }

    fn own_endpoint(&self, service: &Service) -> Option<String> {
        let of_service = std::env::var(service.endpoint_variable).ok();
        let url = of_service.or_else(|| self.config.endpoint_url().map(str::to_owned))?;
        Some(url.trim_end_matches('/').to_owned())
    }

    /// `REGION.SUFFIX` of the public endpoints (AWS General Reference, "Service endpoints"). The
    /// isolated partitions have suffixes of their own: there, an endpoint variable says it.
    fn region_and_suffix(&self, service: &Service, resource: &str) -> AwsResult<String> {
        let region = self.region(service, resource)?;
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        Ok(format!("{region}.{suffix}"))
    }

    fn region(&self, service: &Service, resource: &str) -> AwsResult<String> {
        let region = self.config.region().map(ToString::to_string);
        region.ok_or_else(|| AwsFailure {
            operation: service.operation,
            resource: resource.to_owned(),
            kind: FailureKind::Other,
            answer: "no region is known; set AWS_REGION".into(),
        })
    }

    fn call(
        &self,
        service: Service,
        resource: &str,
        url: &str,
        request: impl Fn(()) -> Result<HttpRequest, aws_smithy_runtime_api::box_error::BoxError>
        + Send
        + Sync
        + 'static,
        read: impl Fn(&[u8]) -> Option<String> + Send + Sync + 'static,
    ) -> AwsResult<Call> {
        let missing = |what: &str| AwsFailure {
            operation: service.operation,
            resource: resource.to_owned(),
            kind: FailureKind::Other,
            answer: format!("the SDK's configuration has no {what}"),
        };
        let region = self.region(&service, resource)?;
        let http = self.config.http_client().ok_or_else(|| missing("HTTP client"))?;
        let credentials =
            self.config.credentials_provider().ok_or_else(|| missing("credentials"))?;
        let timeouts =
            self.config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled);
        let retries = self.config.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let mut operation = Operation::builder()
            .service_name(service.name)
            .operation_name(service.operation)
            .endpoint_url(url)
            .http_client(http)
            .standard_retry(&retries)
            .retry_classifier(AwsErrorCodeClassifier::<ErrorMetadata>::new())
            .retry_classifier(TransientErrorClassifier::<ErrorMetadata>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .timeout_config(timeouts)
            .with_connection_poisoning()
            .runtime_plugin(signed(&service, region, SharedIdentityResolver::new(credentials)));
        if let Some(sleep) = self.config.sleep_impl() {
            operation = operation.sleep_impl(sleep);
        }
        let built = operation
            .serializer(request)
            .deserializer(move |response: &HttpResponse| text_of(response, &read))
            .build();
        Ok(Call { operation: service.operation, built })
    }
}

/// Signature Version 4. S3 wants the payload's hash in a header, and its paths as they are.
fn signed(
    service: &Service,
    region: String,
    credentials: SharedIdentityResolver,
) -> StaticRuntimePlugin {
    let is_s3 = service.signing_name == "s3";
    let mut options = SigningOptions::default();
    options.content_sha256_header = is_s3;
    options.double_uri_encode = !is_s3;
    options.normalize_uri_path = !is_s3;
    let mut config = Layer::new("signature");
    config.store_put(AuthSchemeOptionResolverParams::new(()));
    config.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(aws_types::region::Region::new(region))),
        name: Some(SigningName::from_static(service.signing_name)),
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

fn text_of(
    response: &HttpResponse,
    read: impl Fn(&[u8]) -> Option<String>,
) -> Result<String, OrchestratorError<ErrorMetadata>> {
    let body = response.body().bytes().unwrap_or_default();
    if !response.status().is_success() {
        return Err(OrchestratorError::operation(error_of(body)));
    }
    read(body).ok_or_else(|| OrchestratorError::other("the answer holds no text"))
}

/// Code and message: of an awsJson1.1 error, or of S3's XML, which has both as plain elements
/// (S3 API Reference, "Error responses").
fn error_of(body: &[u8]) -> ErrorMetadata {
    let text = String::from_utf8_lossy(body);
    let (code, message) = match serde_json::from_str::<Value>(&text) {
        Ok(json) => {
            let field = |names: [&str; 2]| {
                names.iter().find_map(|name| json.get(name)?.as_str().map(str::to_owned))
            };
            // Some services put the shape's namespace before the code.
            let code = field(["__type", "code"]);
            (
                code.map(|code| code.rsplit('#').next().unwrap_or_default().to_owned()),
                field(["message", "Message"]),
            )
        }
        Err(_) => (element(&text, "Code"), element(&text, "Message")),
    };
    let mut error = ErrorMetadata::builder();
    if let Some(code) = code {
        error = error.code(code);
    }
    if let Some(message) = message {
        error = error.message(message);
    }
    error.build()
}

fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.to_owned())
}

fn refused(operation: &'static str, place: &Place, answer: String) -> AwsFailure {
    AwsFailure { operation, resource: place.to_string(), kind: FailureKind::Other, answer }
}
