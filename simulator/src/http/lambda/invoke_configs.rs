//! The settings of asynchronous invocations: attempts, age and destinations.

use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Asked;
use crate::{
    CallResult, EventInvokeConfig, FunctionReference, Operation, World,
    function::{self, invalid},
    http::json::epoch,
};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewInvokeConfig {
    maximum_retry_attempts: Option<u32>,
    maximum_event_age_in_seconds: Option<u32>,
    destination_config: Option<Destinations>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase")]
struct Destinations {
    on_success: Option<Destination>,
    on_failure: Option<Destination>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    destination: Option<String>,
}

/// GetFunctionEventInvokeConfig, and the calls that put, update and delete it.
pub(super) fn invoke_config(
    world: &mut World,
    method: &Method,
    wanted: &FunctionReference,
    asked: &Asked<'_>,
) -> Option<(StatusCode, CallResult<Value>)> {
    let shown = wanted.clone();
    let changed = match method.as_str() {
        "GET" => {
            let found = world.get_function_event_invoke_config(&wanted.text());
            let answer = found.map(|config| config_of(world, &shown, &config));
            return Some((StatusCode::OK, answer));
        }
        "DELETE" => {
            let operation = Operation::DeleteFunctionEventInvokeConfig;
            let answer = world.on_function(operation, wanted, String::new(), |function, _| {
                let found = function.invoke_configs.remove(wanted.qualifier());
                let missing = || {
                    let name = wanted.text();
                    function::not_found(format!(
                        "The function {name} doesn't have an EventInvokeConfig"
                    ))
                };
                found.map(|_| Value::Null).ok_or_else(missing)
            });
            return Some((StatusCode::NO_CONTENT, answer));
        }
        "PUT" => put_invoke_config(world, Operation::PutFunctionEventInvokeConfig, wanted, asked),
        "POST" => {
            put_invoke_config(world, Operation::UpdateFunctionEventInvokeConfig, wanted, asked)
        }
        _ => return None,
    };
    let answer = changed.map(|config| config_of(world, &shown, &config));
    Some((StatusCode::OK, answer))
}

/// Put replaces all settings, Update those that are given.
fn put_invoke_config(
    world: &mut World,
    operation: Operation,
    wanted: &FunctionReference,
    asked: &Asked<'_>,
) -> CallResult<EventInvokeConfig> {
    let new: NewInvokeConfig = asked.read()?;
    world.on_function(operation, wanted, String::new(), |function, now| {
        let old = match operation {
            Operation::UpdateFunctionEventInvokeConfig => function.invoke_config(wanted.qualifier()),
            _ => EventInvokeConfig::default(),
        };
        let retries = new.maximum_retry_attempts.unwrap_or(old.retries);
        let max_age = new.maximum_event_age_in_seconds.unwrap_or(old.max_age);
        if retries > 2 || !(60..=21_600).contains(&max_age) {
            return Err(invalid(
                "MaximumRetryAttempts must be from 0 to 2, and MaximumEventAgeInSeconds from 60 to 21600",
            ));
        }
        let arn = |it: Option<Destination>| it.and_then(|it| it.destination);
        let (on_success, on_failure) = match new.destination_config {
            Some(to) => (arn(to.on_success), arn(to.on_failure)),
            None => (old.on_success, old.on_failure),
        };
        let config = EventInvokeConfig { retries, max_age, on_success, on_failure, modified: now };
        function.invoke_configs.insert(wanted.qualifier().to_owned(), config.clone());
        Ok(config)
    })
}

pub(super) fn list_invoke_configs(world: &mut World, name: &str) -> CallResult<Value> {
    let wanted = FunctionReference::read(name, None);
    let function = world.described_function(Operation::ListFunctionEventInvokeConfigs, &wanted)?;
    let configs = function.invoke_configs.iter().map(|(qualifier, config)| {
        let of = FunctionReference { qualifier: Some(qualifier.clone()), ..wanted.clone() };
        config_of(world, &of, config)
    });
    Ok(json!({ "FunctionEventInvokeConfigs": configs.collect::<Vec<_>>() }))
}

fn config_of(world: &World, wanted: &FunctionReference, config: &EventInvokeConfig) -> Value {
    let to = |arn: &Option<String>| match arn {
        Some(arn) => json!({ "Destination": arn }),
        None => json!({}),
    };
    json!({
        "LastModified": epoch(config.modified),
        "FunctionArn": format!("{}:{}", world.function_arn(&wanted.name), wanted.qualifier()),
        "MaximumRetryAttempts": config.retries,
        "MaximumEventAgeInSeconds": config.max_age,
        "DestinationConfig": { "OnSuccess": to(&config.on_success), "OnFailure": to(&config.on_failure) },
    })
}
