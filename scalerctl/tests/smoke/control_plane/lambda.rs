//! AWS Lambda over restJson1. It runs the real function on the simulator's world.

use std::time::Duration;

use axum::{
    http::{HeaderValue, Method},
    response::{IntoResponse, Response},
};
use reactive_scaler::{
    config::{Config, ConfigError, Mode, routes_from_json},
    handler,
    scaler::Scaler,
    stored_routes::Place,
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{Deployment, Incoming, Shared, json_answer, json_error, page};

const FUNCTIONS: &str = "/2015-03-31/functions/";

pub(super) async fn answer(shared: &Shared, incoming: &Incoming) -> Option<Response> {
    let deployment = &shared.deployment;
    if incoming.path == "/2015-03-31/event-source-mappings" && incoming.method == Method::GET {
        if !shared.admits("ListEventSourceMappings", Value::Null) {
            return Some(denied("ListEventSourceMappings"));
        }
        assert!(is_ours(deployment, incoming.query.get("FunctionName").unwrap()));
        return Some(mappings(deployment, incoming));
    }
    let (function, what) = incoming.path.strip_prefix(FUNCTIONS)?.rsplit_once('/')?;
    let (operation, payload) = match (&incoming.method, what) {
        (&Method::GET, "configuration") => ("GetFunctionConfiguration", Value::Null),
        (&Method::GET, "policy") => ("GetPolicy", Value::Null),
        (&Method::POST, "invocations") => {
            ("Invoke", serde_json::from_slice(&incoming.body).unwrap())
        }
        (method, other) => panic!("Lambda was asked for {method} {other}"),
    };
    if !shared.admits(operation, payload.clone()) {
        return Some(denied(operation));
    }
    if !is_ours(deployment, function) {
        let message = format!("Function not found: {function}");
        return Some(json_error(404, "ResourceNotFoundException", &message));
    }
    Some(match operation {
        "GetFunctionConfiguration" => configuration(deployment),
        "GetPolicy" => policy(deployment),
        _ => {
            let deployment = deployment.clone();
            // Runs in its own thread, like a container.
            tokio::task::spawn_blocking(move || in_container(&deployment, &payload)).await.unwrap()
        }
    })
}

fn is_ours(deployment: &Deployment, function: &str) -> bool {
    function == deployment.name || function == deployment.arn
}

fn denied(operation: &str) -> Response {
    let message = format!(
        "User: arn:aws:iam::123456789012:user/me is not authorized to perform: lambda:{operation}"
    );
    json_error(403, "AccessDeniedException", &message)
}

fn configuration(deployment: &Deployment) -> Response {
    json_answer(&json!({
        "FunctionName": deployment.name,
        "FunctionArn": deployment.arn,
        "Role": deployment.role,
        "Timeout": 55,
        "State": deployment.state,
        "LastUpdateStatus": deployment.last_update,
        "Environment": { "Variables": deployment.variables },
        "LoggingConfig": { "LogGroup": "/aws/lambda/reactive-scaler/my-stack" },
    }))
}

fn policy(deployment: &Deployment) -> Response {
    match &deployment.policy {
        Some(policy) => json_answer(&json!({ "Policy": policy.to_string() })),
        None => json_error(404, "ResourceNotFoundException", "No policy is associated"),
    }
}

fn mappings(deployment: &Deployment, incoming: &Incoming) -> Response {
    let (mapping, next) = page(&deployment.mappings, incoming.query.get("Marker"));
    let mappings: Vec<Value> = mapping
        .iter()
        .map(|mapping| {
            json!({
                "UUID": mapping.uuid,
                "EventSourceArn": mapping.source,
                "State": mapping.state,
                "FunctionResponseTypes": mapping.response_types,
            })
        })
        .collect();
    let mut answer = json!({ "EventSourceMappings": mappings });
    if let Some(next) = next {
        answer["NextMarker"] = json!(next);
    }
    json_answer(&answer)
}

/// Handles the payload in a cold container.
fn in_container(deployment: &Deployment, payload: &Value) -> Response {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(invoke(deployment, payload))
}

async fn invoke(deployment: &Deployment, payload: &Value) -> Response {
    let config = match config(deployment) {
        Ok(config) => config,
        Err(error) => {
            return function_error("Runtime.ExitError", &format!("cannot start: {error}"));
        }
    };
    let scaler = Scaler::new(deployment.sim.clone(), deployment.sim.clone(), config);
    let deadline = Instant::now() + Duration::from_secs(50);
    match handler::serve(&scaler, &deployment.sim, payload, None, deadline, |_| {}).await {
        Ok(answer) => json_answer(&answer),
        Err(error) => function_error(error.kind, &error.message),
    }
}

fn config(deployment: &Deployment) -> Result<Config, ConfigError> {
    let variable = |name: &str| deployment.variables.get(name).cloned();
    let routes = variable("SCALER_ROUTES").ok_or(ConfigError::RoutesMissing)?;
    match Place::of(&routes)? {
        None => Config::read(variable),
        Some(_) => Ok(Config {
            routes: routes_from_json(deployment.stored_routes.as_deref().unwrap())?,
            mode: Mode::read(variable)?,
        }),
    }
}

fn function_error(kind: &str, message: &str) -> Response {
    let body = json!({ "errorType": kind, "errorMessage": message }).to_string();
    let mut response = body.into_response();
    response.headers_mut().insert("x-amz-function-error", HeaderValue::from_static("Unhandled"));
    response
}
