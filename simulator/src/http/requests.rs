//! SageMaker Runtime over restJson1: InvokeEndpointAsync, and the refusal of InvokeEndpoint.

use std::{ops::RangeInclusive, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::answer::{self, Encoding};
use crate::{CallError, InferenceRequest, Refusal, RequestInput, Simulator};

/// The largest inline body.
const BODY: usize = 128_000;

/// `POST /endpoints/NAME/async-invocations`.
pub(super) async fn invoke(
    State(sim): State<Simulator>,
    Path(endpoint): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = read(&headers, &body)
        .map_err(CallError::Refused)
        .and_then(|request| sim.with(|world| world.invoke_endpoint_async(&endpoint, request)));
    let request = match answer {
        Ok(request) => request,
        Err(error) => return answer::respond(Encoding::Json, Err(error)),
    };
    let body = json!({ "InferenceId": request.inference_id }).to_string();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::ACCEPTED;
    let locations = [
        ("x-amzn-sagemaker-outputlocation", &request.output),
        ("x-amzn-sagemaker-failurelocation", &request.failure),
        ("x-amzn-requestid", &request.inference_id),
    ];
    for (name, value) in locations {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    let content_type = HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    response
}

/// `POST /endpoints/NAME/invocations`. The model has no requests that are answered at once. The wording of the refusal
/// for an async endpoint is an assumption.
pub(super) async fn invoke_at_once(
    State(sim): State<Simulator>,
    Path(endpoint): Path<String>,
) -> Response {
    let message = sim.with(|world| {
        let account = &world.settings.account;
        match world.endpoint(&endpoint) {
            Some(found) if found.asynchronous => format!(
                "Endpoint {endpoint} of account {account} is an asynchronous inference endpoint. Use InvokeEndpointAsync."
            ),
            Some(_) => "The simulated AWS does not serve InvokeEndpoint.".to_owned(),
            None => format!("Endpoint {endpoint} of account {account} not found."),
        }
    });
    answer::respond(Encoding::Json, Err(CallError::Refused(invalid(message))))
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<InferenceRequest, Refusal> {
    let text = |name: &str| -> Option<String> {
        let value = headers.get(format!("x-amzn-sagemaker-{name}"))?;
        value.to_str().ok().map(str::to_owned)
    };
    let input = match (text("inputlocation"), body) {
        (Some(location), []) => {
            if !["s3://", "https://"].iter().any(|scheme| location.starts_with(scheme)) {
                return Err(invalid("InputLocation must be the location of an object in S3"));
            }
            RequestInput::Location(location)
        }
        (None, [_, ..]) if body.len() > BODY => {
            return Err(constraint("body", &format!("have length less than or equal to {BODY}")));
        }
        (None, [_, ..]) => RequestInput::Inline(body.to_vec()),
        // The wording is an assumption.
        _ => return Err(invalid("Provide exactly one of InputLocation and Body.")),
    };
    Ok(InferenceRequest {
        input,
        inference_id: text("inference-id"),
        content_type: text("content-type"),
        accept: text("accept"),
        custom_attributes: text("custom-attributes"),
        ttl: seconds("requestTTLSeconds", text("requestttlseconds"), 60..=21_600)?,
        timeout: seconds("invocationTimeoutSeconds", text("invocationtimeoutseconds"), 1..=3_600)?,
        filename: text("filename"),
        path_extension: text("s3outputpathextension"),
    })
}

fn seconds(
    member: &str,
    value: Option<String>,
    allowed: RangeInclusive<u64>,
) -> Result<Option<Duration>, Refusal> {
    let Some(value) = value else { return Ok(None) };
    match value.parse::<u64>() {
        Ok(seconds) if allowed.contains(&seconds) => Ok(Some(Duration::from_secs(seconds))),
        Ok(seconds) if seconds > *allowed.end() => {
            let most = allowed.end();
            Err(constraint(member, &format!("have value less than or equal to {most}")))
        }
        _ => {
            let least = allowed.start();
            Err(constraint(member, &format!("have value greater than or equal to {least}")))
        }
    }
}

fn constraint(member: &str, constraint: &str) -> Refusal {
    invalid(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must {constraint}"
    ))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::new("ValidationError", message)
}
