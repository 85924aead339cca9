//! The HTTP response in the protocol of the request.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{cbor, routing::Wanted, xml};
use crate::{
    CallError, CallResult, Refusal,
    http::{
        answer::{self, Encoding},
        buckets::escaped,
        refusals::UNKNOWN_OPERATION,
    },
};

/// The response to a call.
pub(super) fn of(wanted: &Wanted, headers: &HeaderMap, answer: CallResult<Value>) -> Response {
    let request = &answer::request_id();
    match answer {
        Ok(value) => {
            let body = body(wanted, request, &value);
            answer::response(wanted.encoding, StatusCode::OK, request, body)
        }
        Err(CallError::NoAnswer) => answer::hang_up(),
        Err(CallError::Refused(refusal)) => refused(wanted, request, headers, &refusal),
    }
}

fn body(wanted: &Wanted, request: &str, value: &Value) -> Vec<u8> {
    let operation = wanted.service.operations.get(&wanted.operation);
    let output = operation.and_then(|it| it.output.as_deref());
    match wanted.encoding {
        // An operation without an output answers with an empty body.
        Encoding::Json | Encoding::Json10 if operation.is_some() && output.is_none() => Vec::new(),
        Encoding::Json | Encoding::Json10 => value.to_string().into_bytes(),
        Encoding::Cbor => cbor::encode(wanted.service, output, value),
        Encoding::Xml => {
            let name = &wanted.operation;
            let wrapper = operation.and_then(|it| it.wrapper.clone());
            let wrapper = wrapper.unwrap_or_else(|| format!("{name}Result"));
            let shape = output.and_then(|output| wanted.service.shape(output));
            let result = shape
                .map(|shape| xml::tagged(&wrapper, &xml::members(wanted.service, shape, value)));
            let id = xml::tagged("RequestId", request);
            let content = result.unwrap_or_default() + &xml::tagged("ResponseMetadata", &id);
            document(wanted, &format!("{name}Response"), &content)
        }
    }
}

fn document(wanted: &Wanted, root: &str, content: &str) -> Vec<u8> {
    let fallback = format!("http://queue.amazonaws.com/doc/{}/", wanted.service.version);
    let namespace = wanted.service.xmlns.as_deref().unwrap_or(&fallback);
    format!("<{root} xmlns=\"{namespace}\">{content}</{root}>\n").into_bytes()
}

fn refused(wanted: &Wanted, request: &str, headers: &HeaderMap, refusal: &Refusal) -> Response {
    let encoding = wanted.encoding;
    let known = wanted.service.error(&refusal.code);
    let name = known.map_or(refusal.code.as_str(), |(name, _)| name);
    // In JSON and CBOR, the codes of errors that each service has stay as they are. Assumption: the protocol documents
    // codes of errors of the service only.
    let code = known.and_then(|(_, it)| it.code.as_deref()).unwrap_or_else(|| match encoding {
        Encoding::Xml => query_code(wanted, name),
        _ => name,
    });
    let is_server_error = refusal.is_server_error();
    let unknown = refusal.code == UNKNOWN_OPERATION;
    let status = known.and_then(|(_, it)| it.status).unwrap_or(match encoding {
        _ if is_server_error => 500,
        Encoding::Cbor if unknown => 404,
        Encoding::Xml if refusal.code == "AccessDeniedException" => 403,
        _ => 400,
    });
    let body = match encoding {
        Encoding::Json | Encoding::Json10 => {
            json!({ "__type": name, "message": refusal.message }).to_string().into_bytes()
        }
        Encoding::Cbor => {
            let error = json!({ "__type": name, "message": refusal.message });
            cbor::encode(wanted.service, None, &error)
        }
        Encoding::Xml => {
            let fault = if is_server_error { "Receiver" } else { "Sender" };
            let message = match unknown {
                true => format!(
                    "Could not find operation {} for version {}",
                    wanted.operation, wanted.service.version
                ),
                false => refusal.message.clone(),
            };
            let error = [("Type", fault), ("Code", code), ("Message", &escaped(&message))];
            let error: String = error.map(|(name, text)| xml::tagged(name, text)).concat();
            let content = xml::tagged("Error", &error) + &xml::tagged("RequestId", request);
            document(wanted, "ErrorResponse", &content)
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = answer::response(encoding, status, request, body);
    let mut header = |header: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(header, value);
        }
    };
    header("x-amzn-errortype", name);
    let asked = headers.get("x-amzn-query-mode").is_some_and(|it| it == "true");
    if wanted.service.query_compatible && asked {
        let fault = if is_server_error { "Receiver" } else { "Sender" };
        header("x-amzn-query-error", &format!("{code};{fault}"));
    }
    response
}

/// The codes of awsQuery for errors that each service has.
fn query_code<'a>(wanted: &Wanted, name: &'a str) -> &'a str {
    match (name, wanted.service_name) {
        ("AccessDeniedException", "sns") => "AuthorizationError",
        ("AccessDeniedException", _) => "AccessDenied",
        ("ThrottlingException", _) => "Throttling",
        (UNKNOWN_OPERATION, _) => "InvalidAction",
        (name, _) => name,
    }
}
