//! Events from EventBridge and EventBridge Scheduler (EventBridge User Guide, "Event structure").

use std::borrow::Cow;

use serde_json::Value;

use super::{
    alarm, command, invocation, json, s3,
    types::{Meaning, Read, What, Why},
};

/// Whether this has the fields that all EventBridge events have.
pub(super) fn is_event(event: &Value) -> bool {
    json::text(event, "/source").is_some() && json::text(event, "/detail-type").is_some()
}

/// One event. A rule can match too many events, so an unrelated event is not an error.
pub(super) fn read(event: &Value) -> Read {
    let source = json::required(event, "/source")?;
    let detail_type = json::required(event, "/detail-type")?;
    match (source, detail_type) {
        ("aws.s3", _) => s3::on_event_bus(event),
        ("aws.sagemaker", "SageMaker Endpoint State Change") => endpoint_changed(event),
        ("aws.sagemaker", "AWS API Call via CloudTrail") => invocation::on_event_bus(event),
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

/// The endpoint name in the ARNs of `resources`.
fn endpoint_of_resources(event: &Value) -> Option<&str> {
    json::elements(event, "/resources")
        .iter()
        .filter_map(Value::as_str)
        .find_map(|arn| arn.split_once(":endpoint/"))
        .map(|(_, name)| name)
        .filter(|name| !name.is_empty())
}

/// The event of a schedule. The event of a rule has the `detail` `{}`. If its target has no input,
/// EventBridge Scheduler sends the *string* `"{}"` (EventBridge Scheduler User Guide, "Invoke Lambda"). The
/// detail can contain a command. Otherwise, the event is a tick, whatever the detail contains.
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
