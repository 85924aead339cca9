//! What the buttons do. Each returns a sentence for the person who pressed it.

use reactive_scaler::config::Route;
use serde::Deserialize;
use serde_json::json;
use simulator::{
    AcceptedRequest, CallError, InferenceRequest, ObjectChange, Operation, RequestInput,
};

use super::{Shared, happened::List, targets::upload_targets};
use crate::fault::{self, Fault};

/// The largest inline body of InvokeEndpointAsync.
const BODY: usize = 128_000;

/// The longest key of an object.
const KEY: usize = 1024;

/// The highest speed, as of the option `--speed`.
const FASTEST: i32 = 3600;

const JSON: &str = "application/json";

/// An upload.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    bucket: String,
    key: String,
    body: String,
    /// The endpoint that gets a request for the input. Default: none.
    request_for: Option<String>,
}

/// A request with its body.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Invocation {
    endpoint: String,
    body: String,
}

/// A new speed.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Speed {
    speed: i32,
}

/// A fault that begins or ends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultChange {
    fault: String,
    present: bool,
}

/// Puts an object, which leads to the events of S3.
pub(super) async fn upload(shared: &Shared, upload: Upload) -> Result<String, String> {
    let Upload { bucket, key, body, request_for } = upload;
    let targets = upload_targets(&shared.routes);
    if !targets.iter().any(|target| target.bucket == bucket) {
        return Err(format!("{bucket} is not the bucket of a route."));
    }
    if key.is_empty() || key.len() > KEY {
        return Err(format!("The key must have 1 to {KEY} bytes."));
    }
    let location = format!("s3://{bucket}/{key}");
    let cannot = |why: &str| format!("{location} cannot be uploaded: {why}");
    let object = shared.objects.unlisted(body.as_bytes()).await;
    let mut object = object.map_err(|error| cannot(&error.to_string()))?;
    object.content_type = Some(JSON.to_owned());
    let put = shared.sim.with(|world| {
        world.call_bucket(Operation::PutObject, &bucket, &key, |world| {
            shared.objects.insert(world, &bucket, &key, object, ObjectChange::Put);
            Ok(())
        })
    });
    put.map_err(|error| cannot(&reason(&error)))?;
    let Some(endpoint) = request_for else { return Ok(format!("Uploaded {location}.")) };
    let input = RequestInput::Location(location.clone());
    let accepted = send(shared, &endpoint, input)?;
    Ok(format!("Uploaded {location}. Its request is {}.", accepted.inference_id))
}

/// InvokeEndpointAsync with an inline body.
pub(super) fn invoke(shared: &Shared, invocation: Invocation) -> Result<String, String> {
    let Invocation { endpoint, body } = invocation;
    if body.is_empty() || body.len() > BODY {
        return Err(format!("The body must have 1 to {BODY} bytes."));
    }
    let accepted = send(shared, &endpoint, RequestInput::Inline(body.into_bytes()))?;
    Ok(format!("{endpoint} accepted the request {}.", accepted.inference_id))
}

fn send(shared: &Shared, endpoint: &str, input: RequestInput) -> Result<AcceptedRequest, String> {
    let request = InferenceRequest {
        input,
        inference_id: None,
        content_type: Some(JSON.to_owned()),
        accept: None,
        custom_attributes: None,
        ttl: None,
        timeout: None,
        filename: None,
        path_extension: None,
    };
    let answer = shared.sim.with(|world| world.invoke_endpoint_async(endpoint, request));
    answer.map_err(|error| format!("{endpoint} did not accept the request: {}", reason(&error)))
}

/// Changes the speed of the clock.
pub(super) fn speed(shared: &Shared, speed: Speed) -> Result<String, String> {
    let Speed { speed } = speed;
    if !(1..=FASTEST).contains(&speed) {
        return Err(format!("The speed must be 1 to {FASTEST}."));
    }
    shared.sim.follow_wall_clock_at(speed);
    let done = format!("The clock runs at {speed} simulated seconds per second.");
    note(shared, &done);
    Ok(done)
}

/// Injects a fault, or ends it.
pub(super) fn fault(shared: &Shared, change: FaultChange) -> Result<String, String> {
    let FaultChange { fault, present } = change;
    let known = Fault::ALL.into_iter().find(|known| known.name() == fault);
    let fault = known.ok_or_else(|| format!("There is no fault {fault}."))?;
    let routes: &[Route] = &shared.routes;
    let is_present = shared.sim.with(|world| {
        match present {
            true => fault::inject(world, routes, fault),
            false => fault::end(world, routes, fault),
        }
        fault::is_present(world, routes, fault)
    });
    let name = fault.name();
    let done = match (present, is_present) {
        (true, true) => format!("The fault {name} is there."),
        (true, false) => return Err(format!("The fault {name} does not apply to these routes.")),
        (false, false) => format!("The fault {name} is over."),
        (false, true) => {
            return Err(format!(
                "The fault {name} is a setting of the account. `scalerctl doctor` prints the command that changes it."
            ));
        }
    };
    note(shared, &done);
    Ok(done)
}

/// Shows in the list of decisions what a person did, because it explains them.
fn note(shared: &Shared, text: &str) {
    let note = json!({ "event": "note", "at": shared.sim.now(), "text": text });
    shared.feed.happened(vec![(List::Decisions, note)]);
}

fn reason(error: &CallError) -> String {
    match error {
        CallError::Refused(refusal) => format!("{}: {}", refusal.code, refusal.message),
        CallError::NoAnswer => "there was no answer".to_owned(),
    }
}
