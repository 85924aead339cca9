//! S3 in front of the other services: which requests are for S3, and who may make them.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::Response,
};
use s3s::{
    S3Error, S3Result,
    access::{S3Access, S3AccessContext},
    auth::{S3Auth, SecretKey},
    config::{S3Config, StaticConfigProvider},
    host::{S3Host, VirtualHost},
    s3_error,
    service::{S3Service, S3ServiceBuilder},
};
use simulator::Operation;

use super::{Api, errors, upload::too_large};
use crate::objects::Objects;

/// The access key and the secret key.
const KEY: &str = "local";

/// The most bytes of a form or of a document, which are in memory.
const MAX_IN_MEMORY: usize = 16 * 1024 * 1024;

/// The requests for S3 to S3, and all others to `router`. An upload of more than `limit` bytes is refused.
pub fn in_front_of(router: Router, objects: Objects, limit: u64) -> Router {
    let service = service(objects.clone(), limit);
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        let (service, objects) = (service.clone(), objects.clone());
        async move {
            let answer = match is_for_s3(&request, &objects) {
                true => answer(&service, request).await,
                false => next.run(request).await,
            };
            Ok::<Response, Infallible>(answer)
        }
    }))
}

fn service(objects: Objects, limit: u64) -> S3Service {
    let mut config = S3Config::default();
    config.xml_max_body_size = MAX_IN_MEMORY;
    config.form_max_field_size = MAX_IN_MEMORY;
    config.form_max_fields_size = MAX_IN_MEMORY;
    config.post_object_max_file_size = MAX_IN_MEMORY as u64;
    let mut builder = S3ServiceBuilder::new(Api { objects: objects.clone(), limit });
    builder.set_config(Arc::new(StaticConfigProvider::new(Arc::new(config))));
    builder.set_host(LocalHost);
    builder.set_auth(LocalKey);
    builder.set_access(Access { objects, limit });
    builder.build()
}

/// Whether the request is signed for S3, or is not signed and is for a bucket that there is.
fn is_for_s3(request: &Request, objects: &Objects) -> bool {
    let header = |name| request.headers().get(name).and_then(|it| it.to_str().ok());
    let query = request.uri().query().unwrap_or_default();
    let authorization = header("authorization").unwrap_or_default();
    let scoped =
        |text: &str| text.contains("/s3/aws4_request") || text.contains("%2Fs3%2Faws4_request");
    // Version 2 of the signature has no scope. boto3 uses it in addresses for later use.
    let version_2 = authorization.starts_with("AWS ") || query.contains("AWSAccessKeyId=");
    if scoped(authorization) || scoped(query) || version_2 {
        return true;
    }
    if !authorization.is_empty() || query.contains("X-Amz-Credential=") {
        return false;
    }
    let host = header("host").map(bucket_of_host);
    let path = request.uri().path().trim_start_matches('/').split('/').next();
    let names = host.flatten().into_iter().chain(path);
    objects.sim.with(|world| names.into_iter().any(|name| world.has_bucket(name)))
}

async fn answer(service: &S3Service, request: Request) -> Response {
    let head = request.method() == Method::HEAD;
    let answer = service.call(request.map(s3s::Body::http_body_unsync)).await;
    let mut response = match answer {
        Ok(response) => response.map(Body::new),
        Err(_) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            response
        }
    };
    if head && !response.status().is_success() {
        // The document of an error is the answer to other methods only.
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_TYPE);
    }
    name(response.headers_mut());
    match response.status() {
        StatusCode::FORBIDDEN => explained(response).await,
        _ => response,
    }
}

/// s3s sends this error without a message.
async fn explained(response: Response) -> Response {
    const CODE: &str = "<Code>SignatureDoesNotMatch</Code></Error>";
    const EXPLAINED: &str = "<Code>SignatureDoesNotMatch</Code><Message>The request signature we \
        calculated does not match the signature you provided. Check your key and signing \
        method.</Message></Error>";
    let (mut parts, body) = response.into_parts();
    let text = to_bytes(body, MAX_IN_MEMORY).await.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).replace(CODE, EXPLAINED);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(text))
}

fn name(headers: &mut HeaderMap) {
    for id in ["x-amz-request-id", "x-amz-id-2"] {
        headers.insert(id, HeaderValue::from_static("0000000000000000"));
    }
    headers.insert(header::SERVER, HeaderValue::from_static("AmazonS3"));
}

/// `BUCKET.localhost` and `BUCKET.s3.localhost`, also with a region, are for a bucket.
struct LocalHost;

impl S3Host for LocalHost {
    fn parse_host_header<'a>(&'a self, host: &'a str) -> S3Result<VirtualHost<'a>> {
        let parsed = VirtualHost::new(host);
        Ok(match bucket_of_host(host) {
            Some(bucket) => parsed.with_bucket(bucket),
            None => parsed,
        })
    }
}

fn bucket_of_host(host: &str) -> Option<&str> {
    let name = host.split(':').next()?.strip_suffix(".localhost")?;
    match name.rsplit_once(".s3") {
        Some((bucket, rest)) if rest.is_empty() || rest.starts_with('.') => Some(bucket),
        _ if name == "s3" || name.starts_with("s3.") => None,
        _ => Some(name),
    }
}

struct LocalKey;

#[async_trait::async_trait]
impl S3Auth for LocalKey {
    async fn get_secret_key(&self, access_key: &str) -> S3Result<SecretKey> {
        match access_key {
            KEY => Ok(SecretKey::from(KEY)),
            _ => Err(s3_error!(
                InvalidAccessKeyId,
                "The AWS Access Key Id you provided does not exist in our records."
            )),
        }
    }
}

/// What is refused before the body of a request is read.
struct Access {
    objects: Objects,
    limit: u64,
}

#[async_trait::async_trait]
impl S3Access for Access {
    async fn check(&self, context: &mut S3AccessContext<'_>) -> S3Result<()> {
        let Some(operation) = Operation::from_name(context.s3_op().name()) else {
            anstream::eprintln!("{} of S3 is not there.", context.s3_op().name());
            return Err(s3_error!(
                NotImplemented,
                "A header you provided implies functionality that is not implemented."
            ));
        };
        let Some(error) = self.refusal(operation, context) else { return Ok(()) };
        let path = context.s3_path();
        let bucket = path.get_bucket_name().unwrap_or_default();
        let key = path.get_object_key().unwrap_or_default();
        let refusal = errors::refusal(&error);
        // The call is in the journal, with what is wrong.
        let call = self
            .objects
            .sim
            .with(|world| world.call_bucket(operation, bucket, key, |_| Err::<(), _>(refusal)));
        call.map_err(errors::error)
    }
}

impl Access {
    fn refusal(&self, operation: Operation, context: &S3AccessContext<'_>) -> Option<S3Error> {
        let denied = || s3_error!(AccessDenied, "Access Denied");
        if context.credentials().is_none() {
            return Some(denied());
        }
        let header = |name| context.headers().get(name).and_then(|value| value.to_str().ok());
        let number = |name| header(name).and_then(|value| value.parse::<u64>().ok());
        let length = number("x-amz-decoded-content-length").or_else(|| number("content-length"));
        if length.is_some_and(|length| length > self.limit) {
            return Some(too_large());
        }
        let bucket = context.s3_path().get_bucket_name()?;
        let of_model = matches!(operation, Operation::GetObject | Operation::HeadObject);
        let (exists, account) = self
            .objects
            .sim
            .with(|world| (world.has_bucket(bucket), world.settings.account.clone()));
        if operation == Operation::CreateBucket || (!exists && of_model) {
            return None;
        }
        if !exists {
            return Some(s3_error!(NoSuchBucket, "The specified bucket does not exist"));
        }
        let owner = header("x-amz-expected-bucket-owner");
        let source_owner = header("x-amz-source-expected-bucket-owner");
        let other = [owner, source_owner].into_iter().flatten().any(|it| it != account);
        other.then(denied)
    }
}
