//! The example of the documentation: an endpoint, its bucket, its route, and the payloads of
//! `events/`.

use jiff::{Timestamp, civil, tz::TimeZone};
use reactive_scaler::{
    config::{Route, routes_from_json},
    port::VariantId,
};
use serde_json::{Value, json};

use scalerctl_console::Failure;

/// The endpoint. Events that name no endpoint apply to it.
pub const ENDPOINT: &str = "my-endpoint";

/// Its production variant, with the default name of the SageMaker Python SDK.
pub const VARIANT: &str = "AllTraffic";

/// The bucket of its inputs.
pub const BUCKET: &str = "my-inputs";

/// Key prefix of its inputs.
pub const PREFIX: &str = "async/in/";

/// Duration of the longest request in minutes, the default.
pub const JOB_MINUTES: i64 = 15;

/// Idle window in minutes, without results.
pub const WINDOW_MINUTES: i64 = JOB_MINUTES + 2;

/// `MaxCapacity` of its scalable target; `MinCapacity` is 0.
pub const MAX: i32 = 1;

const S3_NOTIFICATION: &str = include_str!("../../../../events/s3-notification.json");

const RESULT: &str = include_str!("../../../../events/async-result-completed-in-sns.json");

const SCHEDULE: &str = include_str!("../../../../events/schedule-rule.json");

/// The variant of the endpoint.
pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, VARIANT)
}

/// The table of the ledger in the simulated AWS, which has only one.
pub const TABLE: &str = "reactive-scaler-ledger";

/// The route with connected results, in the format of `SCALER_ROUTES`.
pub fn route_with_results() -> Value {
    json!({ "endpoint": ENDPOINT, "bucket": BUCKET, "prefix": PREFIX, "results": true })
}

/// The route, in the format of `SCALER_ROUTES`.
pub fn route() -> Value {
    json!({
        "endpoint": ENDPOINT,
        "bucket": BUCKET,
        "prefix": PREFIX,
        "job_minutes": JOB_MINUTES,
    })
}

/// Reads routes in the same way as the function.
///
/// # Errors
///
/// If the function would reject them.
pub fn routes(routes: &Value) -> Result<Vec<Route>, Failure> {
    routes_from_json(&routes.to_string()).map_err(|error| Failure::Usage(error.to_string()))
}

/// The S3 notification of an object that was created at this time.
///
/// # Errors
///
/// If the file in `events/` has another structure.
pub fn upload(at: Timestamp) -> Result<Value, String> {
    at_time(S3_NOTIFICATION, "/Records/0/eventTime", at)
}

/// The event of the schedule.
///
/// # Errors
///
/// If the file in `events/` has another structure.
pub fn tick(at: Timestamp) -> Result<Value, String> {
    at_time(SCHEDULE, "/time", at)
}

/// The message of the result of a request that was received at `received` and completed at `at`.
///
/// # Errors
///
/// If the file in `events/` has another structure.
pub fn result(received: Timestamp, at: Timestamp) -> Result<Value, String> {
    let mut payload: Value = serde_json::from_str(RESULT).map_err(|error| error.to_string())?;
    let slot = payload
        .pointer_mut("/Records/0/Sns/Message")
        .ok_or("events/ has no message in the example of a result")?;
    let mut message: Value = serde_json::from_str(slot.as_str().unwrap_or_default())
        .map_err(|error| error.to_string())?;
    message["receivedTime"] = json!(received.to_string());
    message["eventTime"] = json!(at.to_string());
    *slot = json!(message.to_string());
    Ok(payload)
}

fn at_time(template: &str, field: &str, at: Timestamp) -> Result<Value, String> {
    let mut payload: Value = serde_json::from_str(template).map_err(|error| error.to_string())?;
    let slot = payload.pointer_mut(field).ok_or_else(|| format!("events/ has no {field}"))?;
    *slot = json!(at.to_string());
    Ok(payload)
}

/// This time of day in UTC, on the simulated day of the demo and of the files in `events/`.
pub fn at(hour: i8, minute: i8, second: i8) -> Timestamp {
    let time = civil::date(2026, 3, 2).at(hour, minute, second, 0);
    // UTC has every time of day, so the default is not used.
    TimeZone::UTC.to_timestamp(time).unwrap_or_default()
}
