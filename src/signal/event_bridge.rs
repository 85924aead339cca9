//! Events from an event bus or a schedule (EventBridge User Guide, "Event structure").

use std::borrow::Cow;

use serde_json::Value;

use super::{
    alarm, command, json, s3,
    types::{Meaning, Read, What, Why},
};

/// Whether this is the envelope that every event on a bus has.
pub(super) fn is_event(event: &Value) -> bool {
    json::text(event, "/source").is_some() && json::text(event, "/detail-type").is_some()
}

/// One event. A rule may be wider than it should be, so what is not ours is no error.
pub(super) fn read(event: &Value) -> Read {
    let source = json::required(event, "/source")?;
    let detail_type = json::required(event, "/detail-type")?;
    match (source, detail_type) {
        ("aws.s3", _) => s3::on_event_bus(event),
        ("aws.sagemaker", "SageMaker Endpoint State Change") => endpoint_changed(event),
        (
            "aws.cloudwatch",
            "CloudWatch Alarm State Change" | "CloudWatch Alarm Contributor State Change",
        ) => alarm::on_event_bus(event),
        ("aws.events", "Scheduled Event") | ("aws.scheduler", _) => scheduled(event),
        _ => Ok(Meaning::Ignored(Why::OtherEvent)),
    }
}

/// "SageMaker Endpoint State Change" (SageMaker AI Developer Guide, "Events that SageMaker sends to
/// EventBridge"): the status is spelled `IN_SERVICE`, unlike in DescribeEndpoint.
fn endpoint_changed(event: &Value) -> Read {
    let endpoint = json::required(event, "/detail/EndpointName")
        .or_else(|problem| endpoint_of_resources(event).ok_or(problem))?;
    let status = json::required(event, "/detail/EndpointStatus")?;
    let (endpoint, status) = (endpoint.to_owned(), status.to_owned());
    Ok(Meaning::Signal(What::EndpointChanged { endpoint, status }))
}

/// The endpoint's name in the ARNs of `resources`.
fn endpoint_of_resources(event: &Value) -> Option<&str> {
    json::elements(event, "/resources")
        .iter()
        .filter_map(Value::as_str)
        .find_map(|arn| arn.split_once(":endpoint/"))
        .map(|(_, name)| name)
        .filter(|name| !name.is_empty())
}

/// A schedule's envelope. A rule's has the `detail` `{}`; the one that EventBridge Scheduler makes
/// where its target has no input has the *string* `"{}"` (EventBridge Scheduler User Guide,
/// "Invoke Lambda"). It may hold a command; without one, it is a tick whatever else it holds,
/// because a schedule that fires asks for a look.
fn scheduled(event: &Value) -> Read {
    let detail = match event.get("detail") {
        Some(Value::String(text)) => Cow::Owned(serde_json::from_str(text).unwrap_or_default()),
        Some(other) => Cow::Borrowed(other),
        None => Cow::Owned(Value::Null),
    };
    let what = if command::is_command(&detail) {
        command::read(&detail).map_err(|problem| format!("detail: {problem}"))?
    } else {
        What::Tick
    };
    Ok(Meaning::Signal(what))
}
