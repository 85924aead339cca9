//! AWS Lambda over restJson1: functions, their settings, and their queues. The model runs no code, so Invoke is not here.

mod event_source_mappings;
mod functions;
mod invoke_configs;
mod permissions;
mod respond;

use std::collections::BTreeMap;

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{Method, StatusCode, Uri},
    response::Response,
};
use serde::Deserialize;
use serde_json::Value;

use self::{
    event_source_mappings::{create_mapping, list_mappings, on_mapping, update_mapping},
    functions::{
        aliases, configuration, get, list, one_alias, reserve, tag, tags, update, versions,
    },
    invoke_configs::{invoke_config, list_invoke_configs},
    permissions::{add_permission, policy, remove_permission},
    respond::respond_with,
};
use super::{
    answer::Encoding,
    json::request,
    refusals::{not_found, unknown_operation},
};
use crate::{
    CallError, CallResult, EventSourceMapping, FunctionReference, Operation, Paging, Refusal,
    Simulator, World,
};

pub(super) use respond::respond;

/// Any operation of the Lambda API but Invoke.
pub(super) async fn answer(
    State(sim): State<Simulator>,
    method: Method,
    uri: Uri,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let query = query.unwrap_or_default();
    let asked = Asked {
        query: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        body: &body,
    };
    let segments: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let answer = sim.with(|world| {
        let answer = operation(world, &method, &segments, &asked);
        if answer.is_none() {
            let refusal = unknown_operation("at this path");
            world.refuse_request("lambda", &format!("{method} {}", uri.path()), &refusal);
        }
        answer
    });
    match answer {
        Some((status, answer)) => respond_with(status, answer),
        None => not_found(Encoding::Json, &format!("{method} {}", uri.path())),
    }
}

/// The parameters of a request.
struct Asked<'a> {
    query: BTreeMap<String, String>,
    body: &'a [u8],
}

impl Asked<'_> {
    fn function(&self, name: &str) -> FunctionReference {
        FunctionReference::read(name, self.query("Qualifier"))
    }

    fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    fn paging(&self) -> Paging {
        Paging {
            max_results: self.query("MaxItems").and_then(|count| count.parse().ok()),
            next_token: self.query.get("Marker").cloned(),
        }
    }

    fn read<T: for<'de> Deserialize<'de>>(&self) -> CallResult<T> {
        let value = serde_json::from_slice(self.body).map_err(|error| {
            let message = format!("Could not parse request body into json: {error}");
            CallError::Refused(Refusal::new("InvalidRequestContentException", message))
        })?;
        request(value)
    }
}

/// The status of a success, and the answer. `None`: there is no such operation.
fn operation(
    world: &mut World,
    method: &Method,
    path: &[&str],
    asked: &Asked<'_>,
) -> Option<(StatusCode, CallResult<Value>)> {
    use StatusCode as Status;
    Some(match (method.as_str(), path) {
        ("GET", ["functions"]) => (Status::OK, list(world, asked)),
        ("GET", ["functions", name]) => (Status::OK, get(world, &asked.function(name))),
        ("GET", ["functions", name, "configuration"]) => {
            (Status::OK, configuration(world, &asked.function(name)))
        }
        ("PUT", ["functions", name, "configuration"]) => {
            (Status::OK, update(world, &asked.function(name), asked))
        }
        ("PUT", ["functions", name, "concurrency"]) => {
            (Status::OK, reserve(world, &asked.function(name), asked))
        }
        ("GET", ["functions", name, "versions"]) => (Status::OK, versions(world, name)),
        ("GET", ["functions", name, "aliases"]) => (Status::OK, aliases(world, name)),
        ("GET", ["functions", name, "aliases", alias]) => {
            (Status::OK, one_alias(world, name, alias))
        }
        ("GET", ["functions", name, "policy"]) => {
            (Status::OK, policy(world, &asked.function(name)))
        }
        ("POST", ["functions", name, "policy"]) => {
            (Status::CREATED, add_permission(world, &asked.function(name), asked))
        }
        ("DELETE", ["functions", name, "policy", id]) => {
            (Status::NO_CONTENT, remove_permission(world, &asked.function(name), id))
        }
        ("GET", ["functions", name, "event-invoke-config", "list"]) => {
            (Status::OK, list_invoke_configs(world, name))
        }
        (_, ["functions", name, "event-invoke-config"]) => {
            return invoke_config(world, method, &asked.function(name), asked);
        }
        ("GET", ["event-source-mappings"]) => (Status::OK, list_mappings(world, asked)),
        ("POST", ["event-source-mappings"]) => (Status::ACCEPTED, create_mapping(world, asked)),
        ("GET", ["event-source-mappings", id]) => {
            let read = |all: &mut Vec<EventSourceMapping>, at: usize, _| all[at].clone();
            (Status::OK, on_mapping(world, Operation::GetEventSourceMapping, id, None, read))
        }
        ("PUT", ["event-source-mappings", id]) => {
            (Status::ACCEPTED, update_mapping(world, id, asked))
        }
        ("DELETE", ["event-source-mappings", id]) => {
            let delete = |all: &mut Vec<EventSourceMapping>, at: usize, _| all.remove(at);
            let (operation, state) = (Operation::DeleteEventSourceMapping, Some("Deleting"));
            (Status::ACCEPTED, on_mapping(world, operation, id, state, delete))
        }
        ("GET", ["tags", arn]) => (Status::OK, tags(world, arn)),
        ("POST", ["tags", arn]) => (Status::NO_CONTENT, tag(world, arn, asked)),
        _ => return None,
    })
}
