//! Decodes the payload of an invocation.
//!
//! S3, SNS, SQS, CloudWatch alarms, EventBridge, schedules and people can invoke the function. [`decode`]
//! translates each payload into a list of [`Signal`]s. The rest of the function handles signals only.
//!
//! The decoder recognizes a payload by its form and reads only the fields that it needs. An unexpected type
//! in another field does not lose an event, and a record that cannot be read does not affect other records.
//! Errors and log texts never contain values of a payload: object keys can be personal data.

mod alarm;
mod alarm_rule;
mod async_result;
mod command;
mod event_bridge;
mod form_encoding;
mod insights_query;
mod invocation;
mod json;
mod s3;
mod s3_notification;
mod types;
mod unwrap;

use serde_json::Value;

pub use types::{Broken, Command, DecodeError, Decoded, Ignored, Signal, What, Why};

/// Decodes an invocation payload.
///
/// A command is accepted only as the payload itself or from a schedule. Permission to write to a bucket,
/// topic or queue does not include permission to scale an endpoint.
///
/// # Errors
///
/// An error if the payload has an unknown form or is an invalid command. A record that cannot be read is not
/// an error: it is listed in [`Decoded::broken`].
pub fn decode(payload: &Value) -> Result<Decoded, DecodeError> {
    if command::is_command(payload) {
        if let Some(event) =
            command::observed(payload).map_err(|problem| DecodeError::Command { problem })?
        {
            return Ok(Decoded { observe: true, ..decode(event)? });
        }
        let what = command::read(payload).map_err(|problem| DecodeError::Command { problem })?;
        let signals = vec![Signal { message_id: None, what }];
        return Ok(Decoded { signals, ..Decoded::default() });
    }
    unwrap::unwrap(payload)
}

/// Decodes the text of a payload.
///
/// # Errors
///
/// See [`decode`]. Also if the text is not valid JSON.
pub fn decode_text(text: &str) -> Result<Decoded, DecodeError> {
    if let Some(decoded) = s3_notification::read(text) {
        return Ok(decoded);
    }
    let payload = serde_json::from_str(text)
        .map_err(|error| DecodeError::Unreadable { problem: error.to_string() })?;
    decode(&payload)
}
