//! Which service, operation, and protocol a request has.

use axum::http::{HeaderMap, HeaderValue, header};

use super::table::{self, Service};
use crate::http::answer::Encoding;

/// The header that names the service and the operation in awsJson.
pub(super) const TARGET: &str = "x-amz-target";

/// What a request asks for.
pub(super) struct Wanted {
    pub(super) service_name: &'static str,
    pub(super) service: &'static Service,
    pub(super) operation: String,
    pub(super) encoding: Encoding,
}

/// Whether the body is a form. It is one in awsQuery only.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"application/x-www-form-urlencoded"))
}

/// Absent if the request names no service that is known.
pub(super) fn wanted(path: &str, headers: &HeaderMap, body: &[u8]) -> Option<Wanted> {
    let of = |found: Option<(&'static str, &'static Service)>, operation: &str, encoding| {
        let (service_name, service) = found?;
        Some(Wanted { service_name, service, operation: operation.to_owned(), encoding })
    };
    if let Some(rest) = path.strip_prefix("/service/") {
        let (target, operation) = rest.split_once("/operation/")?;
        return of(of_target(target), operation, Encoding::Cbor);
    }
    if let Some(target) = headers.get(TARGET).and_then(|it| it.to_str().ok()) {
        let (target, operation) = target.split_once('.')?;
        let found = of_target(target);
        let encoding = match found?.1.json.as_deref() {
            Some("1.0") => Encoding::Json10,
            _ => Encoding::Json,
        };
        return of(found, operation, encoding);
    }
    if !is_form(headers) {
        return None;
    }
    let form = |wanted: &str| {
        form_urlencoded::parse(body).find(|(name, _)| name == wanted).map(|(_, value)| value)
    };
    let found = match form("Version") {
        Some(version) => table::service(|_, it| it.version == version),
        None => {
            let signed_for = signed_for(headers)?;
            table::service(|name, _| name == signed_for)
        }
    };
    of(found, &form("Action").unwrap_or_default(), Encoding::Xml)
}

fn of_target(target: &str) -> Option<(&'static str, &'static Service)> {
    table::service(|_, it| it.target.as_deref() == Some(target))
}

/// The service in the scope of the signature: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
pub(in crate::http) fn signed_for(headers: &HeaderMap) -> Option<&str> {
    let signed = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (_, scope) = signed.split_once("Credential=")?;
    match scope.split('/').nth(3)? {
        "monitoring" => Some("cloudwatch"),
        service => Some(service),
    }
}
