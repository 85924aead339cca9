//! HTTP responses: results, errors and missing answers.

use std::{
    io,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use futures_util::stream;

use crate::{CallError, Refusal};

/// The protocol of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    /// awsJson1.1.
    Json,
    /// awsJson1.0, which differs in the content type only.
    Json10,
    /// rpcv2Cbor.
    Cbor,
    /// awsQuery.
    Xml,
}

/// An HTTP response for a call's answer, already encoded.
pub(super) fn respond(encoding: Encoding, answer: Result<Vec<u8>, CallError>) -> Response {
    match answer {
        Ok(body) => response(encoding, StatusCode::OK, &request_id(), body),
        Err(CallError::Refused(refusal)) => error(encoding, &refusal),
        Err(CallError::NoAnswer) => hang_up(),
    }
}

/// The error of a service in JSON.
fn error(encoding: Encoding, refusal: &Refusal) -> Response {
    let status = match refusal.is_server_error() {
        true => StatusCode::INTERNAL_SERVER_ERROR,
        false => StatusCode::BAD_REQUEST,
    };
    let body = serde_json::json!({ "__type": refusal.code, "message": refusal.message });
    let mut response = response(encoding, status, &request_id(), body.to_string().into_bytes());
    if let Ok(code) = HeaderValue::from_str(&refusal.code) {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}

/// The ID of the next request.
pub(super) fn request_id() -> String {
    static REQUESTS: AtomicU64 = AtomicU64::new(1);
    format!("00000000-0000-4000-8000-{:012x}", REQUESTS.fetch_add(1, Ordering::Relaxed))
}

/// A response to the request with this ID.
pub(super) fn response(
    encoding: Encoding,
    status: StatusCode,
    id: &str,
    body: Vec<u8>,
) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let content_type = match encoding {
        Encoding::Json => "application/x-amz-json-1.1",
        Encoding::Json10 => "application/x-amz-json-1.0",
        Encoding::Cbor => "application/cbor",
        Encoding::Xml => "text/xml",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if encoding == Encoding::Cbor {
        headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert("x-amzn-requestid", id);
    }
    response
}

/// A response whose body fails before the head is flushed, so that the connection closes without a
/// byte.
pub(super) fn hang_up() -> Response {
    let broken = stream::iter([Err::<Bytes, _>(io::Error::from(io::ErrorKind::ConnectionReset))]);
    Response::new(Body::from_stream(broken))
}
