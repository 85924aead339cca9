//! The results of InvokeEndpointAsync: the model decides when a request ends and how, and here its object is written to
//! S3 before its result is published.

use std::{io, time::Duration};

use simulator::{FinishedRequest, RequestInput, RequestStatus, Simulator};

use crate::objects::Objects;

/// Interval in which finished requests are taken.
const INTERVAL: Duration = Duration::from_millis(50);

/// The content type of an output whose request and input have none.
const BYTES: &str = "application/octet-stream";

/// An input and its content type.
type Input = (Vec<u8>, Option<String>);

/// Writes the objects of finished requests, and publishes their results, until the future is dropped.
pub async fn write_results(sim: &Simulator, objects: &Objects) {
    sim.with(|world| world.hand_over_finished());
    loop {
        for request in sim.with(|world| world.take_finished()) {
            write_result(sim, objects, request).await;
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

/// The output is an echo of the input. A failure is the text of its reason.
async fn write_result(sim: &Simulator, objects: &Objects, mut request: FinishedRequest) {
    if request.status == RequestStatus::Completed {
        match write_output(objects, &request).await {
            Ok(output) => return sim.with(|world| world.publish_result(&request, &output)),
            Err(reason) => request.status = RequestStatus::Failed(reason),
        }
    }
    let reason = match &request.status {
        RequestStatus::Completed => "",
        RequestStatus::Failed(reason) | RequestStatus::Expired(reason) => reason,
    };
    let reason = reason.as_bytes();
    // A failure that cannot be written is published all the same.
    if let Err(error) = put(objects, &request.failure, "text/plain", reason).await {
        anstream::eprintln!("{} cannot be written: {error}", request.failure);
    }
    sim.with(|world| world.publish_result(&request, reason));
}

/// Returns the output, or the reason of a failure. Assumption: a request whose input does not exist is accepted, and
/// fails in this way. AWS documents neither that nor the wording.
async fn write_output(objects: &Objects, request: &FinishedRequest) -> Result<Vec<u8>, String> {
    let (output, content_type) = input_of(objects, &request.input).await?;
    let content_type = request.content_type.clone().or(content_type);
    let content_type = content_type.as_deref().unwrap_or(BYTES);
    match put(objects, &request.output, content_type, &output).await {
        Ok(()) => Ok(output),
        Err(error) => Err(format!("ClientError: {} cannot be written: {error}", request.output)),
    }
}

async fn input_of(objects: &Objects, input: &RequestInput) -> Result<Input, String> {
    let location = match input {
        RequestInput::Inline(body) => return Ok((body.clone(), None)),
        RequestInput::Location(location) => location,
    };
    let unread = |why: &str| format!("ClientError: {location} cannot be read: {why}");
    let (bucket, key) =
        location_parts(location).ok_or_else(|| unread("it is no location in S3"))?;
    let known = objects.head(bucket, key).ok_or_else(|| unread("there is no such object"))?;
    match objects.get(bucket, key).await {
        Ok(Some(bytes)) => Ok((bytes, known.content_type)),
        Ok(None) => Err(unread("there is no such object")),
        Err(error) => Err(unread(&error.to_string())),
    }
}

async fn put(objects: &Objects, location: &str, kind: &str, bytes: &[u8]) -> io::Result<()> {
    let (bucket, key) = location_parts(location).ok_or(io::ErrorKind::InvalidInput)?;
    objects.put(bucket, key, kind, bytes).await?;
    Ok(())
}

/// The bucket and the key of `s3://BUCKET/KEY` or of the URL of an object.
pub(crate) fn location_parts(location: &str) -> Option<(&str, &str)> {
    if let Some(path) = location.strip_prefix("s3://") {
        return path.split_once('/');
    }
    let (host, path) = location.strip_prefix("https://")?.split_once('/')?;
    match host.split_once(".s3") {
        Some((bucket, _)) => Some((bucket, path)),
        None => path.split_once('/'),
    }
}
