//! The protocols of the services that have one address for all operations: awsJson, awsQuery, and rpcv2Cbor.
//!
//! A request in any of them becomes a JSON value that follows the table of shapes, is validated, and goes to the
//! service (`dispatch`). The answer goes back in the protocol of the request.
//!
//! | module | content |
//! |---|---|
//! | `table` | the shapes of requests and answers, from AWS's service models: `scripts/service_models.py` writes `shapes.json` for the operations in `operations.json` |
//! | `routing` | which service, operation, and protocol a request has |
//! | `json`, `query`, `cbor` | the parameters of a request as a JSON value |
//! | `validation` | the constraints of the model, and the errors of AWS |
//! | `xml`, `cbor` | the answer in the protocol of the request |
//! | `response` | the HTTP response |

mod body;
mod cbor;
mod json;
mod query;
mod response;
mod routing;
mod table;
mod validation;
mod xml;

use axum::{
    http::{HeaderMap, header},
    response::Response,
};
use serde_json::Value;

use super::{
    answer::Encoding,
    dispatch,
    refusals::{UNKNOWN_OPERATION, serialization, unknown_operation},
    sqs,
};
use crate::{CallError, CallResult, Refusal, Simulator, World};

use routing::Wanted;

/// The response to a request.
pub(super) async fn answer(
    sim: &Simulator,
    path: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let wanted =
        body::plain(headers, body).map(|body| (routing::wanted(path, headers, &body), body));
    let (wanted, body) = match wanted {
        Ok((Some(wanted), body)) => (wanted, body),
        Ok((None, _)) => {
            let target = headers.get(routing::TARGET).and_then(|it| it.to_str().ok());
            let unknown = unknown_operation(target.unwrap_or("none"));
            sim.with(|world| world.refuse_request("", target.unwrap_or(path), &unknown));
            return super::answer::respond(Encoding::Json, Err(unknown.into()));
        }
        Err(refusal) => return super::answer::respond(Encoding::Json, Err(refusal.into())),
    };
    let request = request(&wanted, &body);
    if let Ok(request) = &request
        && wanted.service_name == "sqs"
    {
        sqs::wait(sim, &wanted.operation, request).await;
    }
    let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
    let answer = sim.with(|world| {
        if let Some(host) = host {
            world.called_at(host);
        }
        called(world, &wanted, request)
    });
    response::of(&wanted, headers, answer)
}

fn called(
    world: &mut World,
    wanted: &Wanted,
    request: Result<Value, Refusal>,
) -> CallResult<Value> {
    let refused = |world: &mut World, refusal: Refusal| {
        world.refuse_request(wanted.service_name, &wanted.operation, &refusal);
        CallError::Refused(refusal)
    };
    let request = match request {
        Ok(request) => request,
        Err(refusal) => return Err(refused(world, refusal)),
    };
    match dispatch::answer(wanted.service_name, world, &wanted.operation, request) {
        Err(CallError::Refused(refusal)) if refusal.code == UNKNOWN_OPERATION => {
            Err(refused(world, refusal))
        }
        answer => answer,
    }
}

/// The parameters, if they satisfy the constraints of the model.
fn request(wanted: &Wanted, body: &[u8]) -> Result<Value, Refusal> {
    let service = wanted.service;
    let input = service.operations.get(&wanted.operation).map(|it| it.input.as_deref());
    let read = match wanted.encoding {
        Encoding::Json | Encoding::Json10 if body.is_empty() => {
            Ok(Value::Object(Default::default()))
        }
        Encoding::Json | Encoding::Json10 => {
            serde_json::from_slice(body).map_err(|error| error.to_string())
        }
        Encoding::Cbor => cbor::decode(body),
        Encoding::Xml => query::form(body, service, input.flatten()),
    };
    let Some(input) = input else {
        // An operation that is not in the table has no constraints.
        return read.map_err(|error| serialization(&error));
    };
    let Some(input) = input else { return Ok(Value::Object(Default::default())) };
    let typed = match wanted.encoding {
        Encoding::Xml => read,
        _ => read.and_then(|value| json::read(service, input, value)),
    };
    let typed = typed.map_err(|error| match wanted.encoding {
        Encoding::Xml => Refusal::new("MalformedInput", error),
        _ => Refusal::new("SerializationException", error),
    })?;
    match validation::refusal(wanted, input, &typed) {
        Some(refusal) => Err(refusal),
        None => Ok(typed),
    }
}
