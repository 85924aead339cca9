//! What an invocation means.
//!
//! The function can be invoked by a bucket, a topic, a queue, an alarm, an event bus, a schedule or
//! a person. [`decode`] turns any of those payloads into a list of [`Signal`]s, and everything
//! behind it knows signals only.
//!
//! A payload is told by its shape and read field by field. Only the fields that are needed are
//! looked at, so an unexpected type elsewhere never costs an event, and one broken record never
//! costs its neighbours. No text made here (errors, problems, ignored) ever repeats a payload's
//! values: object keys may be personal data, and logs live long.

mod alarm;
mod alarm_rule;
mod async_result;
mod command;
mod event_bridge;
mod form_encoding;
mod insights_query;
mod json;
mod s3;
mod s3_notification;
mod types;
mod unwrap;

use serde_json::Value;

pub use types::{Broken, Command, DecodeError, Decoded, Ignored, Signal, What, Why};

/// Turns any invocation payload into signals.
///
/// A command is taken only as the payload itself or from a schedule: whoever may write to a bucket,
/// a topic or a queue has not thereby the right to put an endpoint to sleep.
///
/// # Errors
///
/// Where the payload as a whole has no known shape, or is a command that is not well formed. A
/// record that cannot be read is no error here: it stands in [`Decoded::broken`].
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

/// The same of a payload's text.
///
/// # Errors
///
/// See [`decode`], and where the text cannot be read as JSON.
pub fn decode_text(text: &str) -> Result<Decoded, DecodeError> {
    if let Some(decoded) = s3_notification::read(text) {
        return Ok(decoded);
    }
    let payload = serde_json::from_str(text)
        .map_err(|error| DecodeError::Unreadable { problem: error.to_string() })?;
    decode(&payload)
}
