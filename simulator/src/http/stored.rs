//! Parameter Store over awsJson1.1, and S3's GetObject in path style.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer, json::request, refusals::unknown_operation};
use crate::{CallError, CallResult, World};

const REQUEST_ID: &str = "x-amz-request-id";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameter {
    name: String,
}

/// The response of Systems Manager.
pub(super) fn parameter(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    if operation != "GetParameter" {
        return Err(CallError::Refused(unknown_operation(operation)));
    }
    let GetParameter { name } = request(body)?;
    let value = world.get_parameter(&name)?;
    Ok(json!({ "Parameter": { "Name": name, "Type": "String", "Value": value, "Version": 1 } }))
}

/// The response of S3: the object, or an error in XML.
pub(super) fn object(world: &mut World, bucket: &str, key: &str) -> Response {
    respond(world.get_object(bucket, key))
}

/// The response of S3 to HeadObject, which has no body.
pub(super) fn head(world: &mut World, bucket: &str, key: &str) -> Response {
    let mut response = respond(world.head_object(bucket, key).map(|()| String::new()));
    // Without an ID, there is no answer: the connection closes.
    if response.headers().contains_key(REQUEST_ID) {
        *response.body_mut() = Body::empty();
    }
    response
}

/// The response of S3 to PutObject. There is no event of an upload.
pub(super) fn put(world: &mut World, bucket: &str, key: &str, body: &[u8]) -> Response {
    world.store(format!("s3://{bucket}/{key}"), String::from_utf8_lossy(body));
    respond(Ok(String::new()))
}

fn respond(answer: CallResult<String>) -> Response {
    let (status, content_type, body) = match answer {
        Ok(text) => (StatusCode::OK, "application/json", text),
        Err(CallError::NoAnswer) => return answer::hang_up(),
        Err(CallError::Refused(refusal)) => {
            let status = match refusal.code.as_str() {
                "NoSuchKey" => StatusCode::NOT_FOUND,
                _ if refusal.is_server_error() => StatusCode::INTERNAL_SERVER_ERROR,
                _ => StatusCode::FORBIDDEN,
            };
            let xml = format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}\
                 </Message></Error>",
                refusal.code, refusal.message
            );
            (status, "application/xml", xml)
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let content_type = header::HeaderValue::from_static(content_type);
    response.headers_mut().insert(header::CONTENT_TYPE, content_type);
    let id = header::HeaderValue::from_static("0000000000000000");
    response.headers_mut().insert(REQUEST_ID, id);
    response
}
