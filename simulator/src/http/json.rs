//! Functions that the awsJson1.1 services share.

use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{CallError, CallResult, http::refusals::serialization};

/// Reads the body of a request.
pub(super) fn request<T: DeserializeOwned>(value: Value) -> CallResult<T> {
    serde_json::from_value(value).map_err(|error| CallError::Refused(serialization(&error)))
}

/// A timestamp as awsJson1.1 writes it: seconds since the epoch.
pub(super) fn epoch(at: Timestamp) -> Value {
    Value::from(at.as_millisecond() as f64 / 1000.0)
}

/// A timestamp of a request: seconds since the epoch.
pub(super) fn timestamp(seconds: f64) -> Option<Timestamp> {
    Timestamp::from_duration(SignedDuration::try_from_secs_f64(seconds).ok()?).ok()
}

/// Removes the null members of an object. AWS omits members without a value.
pub(crate) fn compact(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}
