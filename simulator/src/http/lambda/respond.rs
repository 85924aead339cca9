//! The response of a service over restJson1.

use axum::{http::StatusCode, response::Response};
use serde_json::Value;

use crate::{
    CallError, CallResult,
    http::answer::{self, Encoding},
};

/// A success has the status 200.
pub(in crate::http) fn respond(result: CallResult<Value>) -> Response {
    respond_with(StatusCode::OK, result)
}

pub(super) fn respond_with(status: StatusCode, result: CallResult<Value>) -> Response {
    let status = match &result {
        Ok(_) => Some(status),
        Err(CallError::Refused(refusal)) => match refusal.code.as_str() {
            "ResourceNotFoundException" => Some(StatusCode::NOT_FOUND),
            "ResourceConflictException" => Some(StatusCode::CONFLICT),
            "TooManyRequestsException" => Some(StatusCode::TOO_MANY_REQUESTS),
            "RequestTooLargeException" => Some(StatusCode::PAYLOAD_TOO_LARGE),
            _ => None,
        },
        Err(CallError::NoAnswer) => None,
    };
    let body = result.map(|value| match value {
        Value::Null => Vec::new(),
        value => value.to_string().into_bytes(),
    });
    let mut response = answer::respond(Encoding::Json, body);
    if let Some(status) = status {
        *response.status_mut() = status;
    }
    response
}
