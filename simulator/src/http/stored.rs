//! Parameter Store, and S3's GetObject in path style.

use axum::{
    body::Body,
    http::{StatusCode, header},
    response::Response,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer, json::request, refusals::unknown_operation};
use crate::{CallError, CallResult, Refusal, World};

const REQUEST_ID: &str = "x-amz-request-id";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutParameter {
    name: String,
    value: String,
    #[serde(rename = "Type")]
    kind: Option<String>,
    #[serde(default)]
    overwrite: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetParameters {
    names: Vec<String>,
}

/// The response of Systems Manager.
pub(super) fn parameter(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    match operation {
        "GetParameter" => {
            let Named { name } = request(body)?;
            let value = world.get_parameter(&name)?;
            Ok(json!({ "Parameter": described(world, &name, &value) }))
        }
        "GetParameters" => {
            let GetParameters { names } = request(body)?;
            let found = world.get_parameters(&names)?;
            let missing = names.iter().filter(|name| found.iter().all(|(it, _)| it != *name));
            let missing = missing.collect::<Vec<_>>();
            let found = found.iter().map(|(name, value)| described(world, name, value));
            Ok(json!({ "Parameters": found.collect::<Vec<_>>(), "InvalidParameters": missing }))
        }
        "PutParameter" => {
            let PutParameter { name, value, kind, overwrite } = request(body)?;
            if let Some(kind) = kind.filter(|kind| kind != "String") {
                let message = format!("The model has no parameters of the type {kind}.");
                return Err(Refusal::new("UnsupportedParameterType", message).into());
            }
            let version = world.put_parameter(&name, &value, overwrite)?;
            Ok(json!({ "Version": version, "Tier": "Standard" }))
        }
        "DeleteParameter" => {
            let Named { name } = request(body)?;
            world.delete_parameter(&name)?;
            Ok(json!({}))
        }
        other => Err(CallError::Refused(unknown_operation(other))),
    }
}

fn described(world: &World, name: &str, value: &str) -> Value {
    let path = name.strip_prefix('/').unwrap_or(name);
    json!({
        "Name": name,
        "Type": "String",
        "Value": value,
        "Version": world.parameter_version(name),
        "ARN": world.arn("ssm", &format!("parameter/{path}")),
        "DataType": "text",
    })
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
