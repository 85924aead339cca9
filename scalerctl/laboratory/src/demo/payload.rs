//! What the function is invoked with: the payloads of `events/`, at the time of the story.

use jiff::Timestamp;
use serde_json::{Value, json};

const S3_NOTIFICATION: &str = include_str!("../../../../events/s3-notification.json");

const SCHEDULE: &str = include_str!("../../../../events/schedule-rule.json");

/// S3's notification of an object that was created then.
///
/// # Errors
///
/// When the file of `events/` that it is made of has another form.
pub fn upload(at: Timestamp) -> Result<Value, String> {
    at_time(S3_NOTIFICATION, "/Records/0/eventTime", at)
}

/// What the schedule sends every minute.
///
/// # Errors
///
/// When the file of `events/` that it is made of has another form.
pub fn tick(at: Timestamp) -> Result<Value, String> {
    at_time(SCHEDULE, "/time", at)
}

fn at_time(template: &str, field: &str, at: Timestamp) -> Result<Value, String> {
    let mut payload: Value = serde_json::from_str(template).map_err(|error| error.to_string())?;
    let slot = payload.pointer_mut(field).ok_or_else(|| format!("events/ has no {field}"))?;
    *slot = json!(at.to_string());
    Ok(payload)
}
