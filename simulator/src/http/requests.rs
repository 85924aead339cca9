//! InvokeEndpointAsync over restJson1. The model does not read the input and ignores the other headers.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::answer::{self, Encoding};
use crate::{CallError, Refusal, Simulator};

const INPUT: &str = "x-amzn-sagemaker-inputlocation";

/// `POST /endpoints/NAME/async-invocations`.
pub(super) async fn invoke(
    State(sim): State<Simulator>,
    Path(endpoint): Path<String>,
    headers: HeaderMap,
) -> Response {
    let input = headers.get(INPUT).and_then(|value| value.to_str().ok());
    let answer = match input.filter(|input| input.starts_with("s3://")) {
        Some(input) => sim.with(|world| world.invoke_endpoint_async(&endpoint, input)),
        None => {
            let message = "InputLocation must be the location of an object in S3";
            Err(CallError::Refused(Refusal::new("ValidationError", message)))
        }
    };
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
