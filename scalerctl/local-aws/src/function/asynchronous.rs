//! Asynchronous invocations: retries, and the destinations of events (Lambda Developer Guide, "How Lambda handles errors
//! and retries with asynchronous invocation").

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulator::{Delivery, EventInvokeConfig, FunctionReference, World, http::Invoked};

/// The wait before the next attempt.
pub(crate) fn wait_after(attempts: u32) -> SignedDuration {
    SignedDuration::from_mins(attempts.into())
}

/// Why there is no further attempt. `None`: there is one at `next`.
pub(crate) fn end_of(
    config: &EventInvokeConfig,
    invoked: &Invoked,
    attempts: u32,
    arrived: Timestamp,
    next: Timestamp,
) -> Option<&'static str> {
    let oldest = SignedDuration::from_secs(config.max_age.into());
    match () {
        () if !invoked.failed => Some("Success"),
        () if attempts > config.retries => Some("RetriesExhausted"),
        () if next.duration_since(arrived) > oldest => Some("EventAgeExceeded"),
        () => None,
    }
}

/// An event that is not tried again.
pub(crate) struct Finished<'a> {
    pub(crate) function: &'a FunctionReference,
    pub(crate) request_id: &'a str,
    pub(crate) payload: &'a Value,
    pub(crate) invoked: &'a Invoked,
    pub(crate) attempts: u32,
    pub(crate) condition: &'static str,
}

/// Sends the record of the event to its destination, if it has one.
pub(crate) fn report(world: &mut World, config: &EventInvokeConfig, event: &Finished<'_>) {
    let to = match event.condition {
        "Success" => &config.on_success,
        _ => &config.on_failure,
    };
    let Some(to) = to.clone() else { return };
    let function = world.function_arn(&event.function.name);
    let function = format!("{function}:{}", event.function.qualifier());
    let mut response = json!({ "statusCode": 200, "executedVersion": "$LATEST" });
    if event.invoked.failed {
        response["functionError"] = json!("Unhandled");
    }
    let record = json!({
        "version": "1.0",
        "timestamp": world.now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": function,
            "condition": event.condition,
            "approximateInvokeCount": event.attempts,
        },
        "requestPayload": event.payload,
        "responseContext": response,
        "responsePayload": event.invoked.payload,
    });
    let body = match to.split(':').nth(2) {
        Some("sns") => json!({ "Message": record.to_string() }),
        Some("events") => {
            let result = if event.invoked.failed { "Failure" } else { "Success" };
            json!({
                "version": "0",
                "id": world.request_id(),
                "detail-type": format!("Lambda Function Invocation Result - {result}"),
                "source": "lambda",
                "account": world.settings.account,
                "time": world.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                "region": world.settings.region,
                "resources": [to, function],
                "detail": record,
            })
        }
        _ => record,
    };
    world.send(Delivery { at: world.now(), to, from: "lambda.amazonaws.com".into(), body });
}
