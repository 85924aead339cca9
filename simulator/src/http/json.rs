//! Functions that the awsJson1.1 services share.

use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::Value;

use crate::{CallError, CallResult, Refusal, http::refusals::serialization};

pub(super) use crate::compact::compact;

/// Reads the body of a request.
pub(super) fn request<T: DeserializeOwned>(value: Value) -> CallResult<T> {
    serde_json::from_value(value).map_err(|error| CallError::Refused(serialization(&error)))
}

/// Reads the body of a request, inside a call.
pub(super) fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    serde_json::from_value(value).map_err(|error| serialization(&error))
}

/// A timestamp as awsJson1.1 writes it: seconds since the epoch.
pub(super) fn epoch(at: Timestamp) -> Value {
    Value::from(at.as_millisecond() as f64 / 1000.0)
}

/// Reads a timestamp: seconds since the epoch.
pub(super) fn timestamp(value: &Value) -> Option<Timestamp> {
    Timestamp::from_millisecond((value.as_f64()? * 1000.0).round() as i64).ok()
}

/// A timestamp of a request that a structure reads.
pub(super) fn seconds<'de, D: Deserializer<'de>>(reader: D) -> Result<Option<Timestamp>, D::Error> {
    let value = Option::<Value>::deserialize(reader)?;
    let Some(value) = value.filter(|value| !value.is_null()) else { return Ok(None) };
    let invalid = || D::Error::custom("a timestamp must be a number of seconds since the epoch");
    timestamp(&value).map(Some).ok_or_else(invalid)
}
