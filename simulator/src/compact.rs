//! JSON objects without the members that have no value.

use serde_json::Value;

/// Removes the null members of an object. AWS omits members without a value.
pub(crate) fn compact(mut value: Value) -> Value {
    if let Value::Object(members) = &mut value {
        members.retain(|_, member| !member.is_null());
    }
    value
}
