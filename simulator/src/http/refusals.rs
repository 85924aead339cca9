//! Responses to requests that the model cannot read or does not support.

use axum::{http::StatusCode, response::Response};

use crate::{CallError, Refusal};

use super::answer::{self, Encoding};

/// The code of an operation that is not answered. Each protocol has its own error for it.
pub(super) const UNKNOWN_OPERATION: &str = "UnknownOperationException";

pub(super) fn not_found(encoding: Encoding, what: &str) -> Response {
    let mut response = answer::respond(encoding, Err(CallError::Refused(unknown_operation(what))));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

pub(super) fn unknown_operation(what: &str) -> Refusal {
    Refusal::new(UNKNOWN_OPERATION, format!("The model answers no operation {what}"))
}

pub(super) fn serialization(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::new("SerializationException", format!("Malformed request: {error}"))
}
