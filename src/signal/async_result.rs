//! The end of an async request, as SageMaker publishes it to the endpoint's success and error
//! topics (SageMaker AI Developer Guide, "Check prediction results", and the API's
//! `AsyncInferenceNotificationConfig`).

use serde_json::Value;

use super::{
    json,
    types::{Meaning, Read, What, Why},
};
use crate::ledger::Location;

/// Whether this is a SageMaker message. SNS delivers it without `Records`.
pub(super) fn is_result(event: &Value) -> bool {
    json::text(event, "/eventSource") == Some("aws:sagemaker")
}

/// One result. AWS shows no message of a request that expired, so every field but the endpoint's name and the status can
/// be missing.
pub(super) fn read(event: &Value) -> Read {
    if json::required(event, "/eventName")? != "InferenceResult" {
        return Ok(Meaning::Ignored(Why::NoResult));
    }
    let endpoint = json::required(event, "/requestParameters/endpointName")?.to_owned();
    let status = json::text(event, "/invocationStatus");
    let Some(status @ ("Completed" | "Failed" | "Expired")) = status else {
        return Ok(Meaning::Ignored(Why::ResultOfUnknownForm { members: members(event) }));
    };
    let location = json::text(event, "/requestParameters/inputLocation");
    Ok(Meaning::Signal(What::Result {
        endpoint,
        status: status.to_owned(),
        input: location.and_then(Location::from_input_location),
        inference_id: json::text(event, "/inferenceId").map(str::to_owned),
        received_at: json::time(event, "/receivedTime"),
    }))
}

/// Longer or stranger names are not logged: they could be contents.
const LONGEST_NAME: usize = 40;

/// Maximum number of names that are logged.
const MOST_NAMES: usize = 40;

/// The names of the members of a message and of its parts, without their values. Somebody who sees an unknown form in
/// the log can then say what AWS sends.
fn members(event: &Value) -> Vec<String> {
    let parts = event.as_object().into_iter().flatten();
    parts
        .flat_map(|(name, part)| {
            let inner = part.as_object().into_iter().flatten();
            let inner = inner.map(move |(below, _)| format!("{name}.{below}"));
            [name.clone()].into_iter().chain(inner)
        })
        .filter(|name| {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '.';
            name.len() <= LONGEST_NAME && name.chars().all(plain)
        })
        .take(MOST_NAMES)
        .collect()
}
