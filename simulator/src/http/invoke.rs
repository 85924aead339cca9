//! Invoke of AWS Lambda over restJson1. Whoever runs the code of the functions serves it.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, RawQuery, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header::CONTENT_LENGTH},
    middleware::{self, Next},
    response::Response,
    routing::post,
};
use base64_simd::STANDARD;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::lambda::respond;
use crate::{
    CallError, CallResult, Delivery, FunctionReference, Refusal, Simulator,
    function::{LATEST, invalid},
};

/// The maximum size of a payload (Lambda Developer Guide, "Lambda quotas").
const MOST_BYTES: usize = 6 * 1024 * 1024;

/// The maximum size of the payload of an asynchronous invocation.
const MOST_BYTES_OF_EVENT: usize = 1024 * 1024;

/// The part of the log that `LogType=Tail` returns.
const TAIL: usize = 4 * 1024;

/// An invocation of a function.
#[derive(Debug, Clone, PartialEq)]
pub struct Invocation {
    /// The request ID.
    pub request_id: String,
    /// The function.
    pub function: FunctionReference,
    /// The payload.
    pub payload: Value,
}

/// What a function answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoked {
    /// Its answer, or its error.
    pub payload: Value,
    /// Whether it is an error.
    pub failed: bool,
    /// What it logged.
    pub log: String,
}

/// Runs the code of a function.
type Run = dyn Fn(Invocation) -> BoxFuture<'static, Invoked> + Send + Sync;

/// Serves Invoke. `run` runs the code of a function that exists. Asynchronous invocations are sent to the function.
pub fn invocations(
    sim: Simulator,
    run: impl Fn(Invocation) -> BoxFuture<'static, Invoked> + Send + Sync + 'static,
) -> Router {
    let run: Arc<Run> = Arc::new(run);
    Router::new()
        .route("/2015-03-31/functions/{function}/invocations", post(invoke))
        // The size is checked with the error of Lambda.
        .layer(DefaultBodyLimit::max(MOST_BYTES + 1))
        .layer(middleware::from_fn(refuse_large))
        .with_state((sim, run))
}

async fn invoke(
    State((sim, run)): State<(Simulator, Arc<Run>)>,
    Path(function): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let qualifier = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "Qualifier");
    let wanted = FunctionReference::read(&function, qualifier.as_ref().map(|(_, it)| &**it));
    let header = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    let kind = header("x-amz-invocation-type").unwrap_or("RequestResponse");
    let accepted = payload(kind, &body).and_then(|payload| {
        sim.with(|world| {
            world.invoke_function(&wanted, kind)?;
            let request_id = world.request_id();
            if kind == "Event" {
                world.send(Delivery {
                    at: world.now(),
                    to: world.function_arn(&wanted.text()),
                    from: "lambda.amazonaws.com".into(),
                    body: payload.clone(),
                });
            }
            Ok(Invocation { request_id, function: wanted, payload })
        })
    });
    let invocation = match accepted {
        Ok(invocation) => invocation,
        Err(error) => return respond(Err(error)),
    };
    let request_id = invocation.request_id.clone();
    match kind {
        "Event" => response(StatusCode::ACCEPTED, Vec::new(), &request_id, &[]),
        "DryRun" => response(StatusCode::NO_CONTENT, Vec::new(), &request_id, &[]),
        _ => {
            let invoked = run(invocation).await;
            let mut more = vec![("x-amz-executed-version", LATEST.to_owned())];
            if invoked.failed {
                more.push(("x-amz-function-error", "Unhandled".into()));
            }
            if header("x-amz-log-type") == Some("Tail") {
                more.push(("x-amz-log-result", STANDARD.encode_to_string(tail(&invoked.log))));
            }
            let body = invoked.payload.to_string().into_bytes();
            response(StatusCode::OK, body, &request_id, &more)
        }
    }
}

/// Refuses a body that is too large before it arrives.
async fn refuse_large(request: Request, next: Next) -> Response {
    let length = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    match length.and_then(|length| length.parse::<usize>().ok()) {
        Some(length) if length > MOST_BYTES => respond(Err(too_large(MOST_BYTES))),
        _ => next.run(request).await,
    }
}

fn too_large(most: usize) -> CallError {
    let message =
        format!("Request must be smaller than {most} bytes for the InvokeFunction operation");
    CallError::Refused(Refusal::new("RequestTooLargeException", message))
}

/// The payload of a valid request.
fn payload(kind: &str, body: &[u8]) -> CallResult<Value> {
    let most = match kind {
        "RequestResponse" | "DryRun" => MOST_BYTES,
        "Event" => MOST_BYTES_OF_EVENT,
        _ => return Err(invalid(format!("InvocationType {kind} is not valid")).into()),
    };
    if body.len() > most {
        return Err(too_large(most));
    }
    if body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(|error| {
        let message = format!("Could not parse request body into json: {error}");
        CallError::Refused(Refusal::new("InvalidRequestContentException", message))
    })
}

/// The end of a log, from the start of a line on if possible.
fn tail(log: &str) -> &[u8] {
    let bytes = log.as_bytes();
    bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or(bytes)
}

fn response(
    status: StatusCode,
    body: Vec<u8>,
    request_id: &str,
    more: &[(&'static str, String)],
) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let all = [("x-amzn-requestid", request_id), ("content-type", "application/json")];
    let more = more.iter().map(|(name, value)| (*name, value.as_str()));
    for (name, value) in all.into_iter().chain(more) {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
