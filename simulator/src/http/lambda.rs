//! AWS Lambda over restJson1: descriptions of functions.

use std::collections::BTreeMap;

use axum::{
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::Response,
};
use serde_json::{Value, json};

use super::{
    answer::{self, Encoding},
    json::compact,
};
use crate::{CallError, CallResult, LambdaFunction, Paging, Simulator, World};

/// ListFunctions.
pub(super) async fn list(State(sim): State<Simulator>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let query: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let paging = Paging {
        max_results: query.get("MaxItems").and_then(|count| count.parse().ok()),
        next_token: query.get("Marker").cloned(),
    };
    respond(sim.with(|world| {
        let page = world.list_functions(&paging)?;
        let functions =
            page.items.iter().map(|function| listed(world, function)).collect::<Vec<_>>();
        Ok(compact(json!({ "Functions": functions, "NextMarker": page.next_token })))
    }))
}

/// GetFunctionConfiguration.
pub(super) async fn configuration(
    State(sim): State<Simulator>,
    Path(function): Path<String>,
) -> Response {
    let text = function.rsplit(":function:").next().unwrap_or(&function);
    let qualifier = text.split_once(':').map(|(_, qualifier)| format!(":{qualifier}"));
    respond(sim.with(|world| {
        let function = world.get_function_configuration(&function)?;
        let mut answer = listed(world, &function);
        let arn = world.function_arn(&function.name);
        answer["FunctionArn"] = json!(arn + &qualifier.unwrap_or_default());
        // ListFunctions omits these members.
        answer["State"] = json!(function.state);
        answer["LastUpdateStatus"] = json!(function.last_update);
        Ok(answer)
    }))
}

/// GetFunctionEventInvokeConfig.
pub(super) async fn event_invoke_config(
    State(sim): State<Simulator>,
    Path(function): Path<String>,
) -> Response {
    respond(sim.with(|world| {
        let function = world.get_function_event_invoke_config(&function)?;
        Ok(json!({
            "FunctionArn": format!("{}:$LATEST", world.function_arn(&function.name)),
            "MaximumRetryAttempts": 2,
            "MaximumEventAgeInSeconds": 21600,
            "DestinationConfig": { "OnFailure": { "Destination": function.on_failure } },
        }))
    }))
}

/// ListEventSourceMappings of one function.
pub(super) async fn queues(State(sim): State<Simulator>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let query: BTreeMap<_, _> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let name = query.get("FunctionName").cloned().unwrap_or_default();
    respond(sim.with(|world| {
        let function = world.list_event_source_mappings(&name)?;
        let queues = function.queues.iter().enumerate().map(|(row, queue)| {
            json!({
                "UUID": format!("00000000-0000-4000-8000-{row:012x}"),
                "EventSourceArn": queue,
                "FunctionArn": world.function_arn(&function.name),
                "State": "Enabled",
            })
        });
        Ok(json!({ "EventSourceMappings": queues.collect::<Vec<_>>() }))
    }))
}

fn listed(world: &World, function: &LambdaFunction) -> Value {
    json!({
        "FunctionName": function.name,
        "FunctionArn": world.function_arn(&function.name),
        "Runtime": "provided.al2023",
        "Role": format!("arn:aws:iam::{}:role/{}", world.settings.account, function.name),
        "Timeout": 55,
        "Environment": { "Variables": function.variables },
        "LoggingConfig": { "LogFormat": "JSON", "LogGroup": format!("/aws/lambda/{}", function.name) },
    })
}

/// The response of a service over restJson1.
pub(super) fn respond(result: CallResult<Value>) -> Response {
    let missing = matches!(&result, Err(CallError::Refused(refusal))
        if refusal.code == "ResourceNotFoundException");
    let body = result.map(|value| value.to_string().into_bytes());
    let mut response = answer::respond(Encoding::Json, body);
    if missing {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}
