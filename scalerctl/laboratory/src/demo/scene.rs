//! Who plays: the endpoint, its bucket and its route, as everywhere in the documentation.

use jiff::{Timestamp, civil, tz::TimeZone};
use reactive_scaler::{
    config::{Route, routes_from_json},
    port::VariantId,
};
use serde_json::{Value, json};

use scalerctl_common::Failure;

/// The endpoint that events without an endpoint are about.
pub const ENDPOINT: &str = "my-endpoint";

/// Its production variant, named as the SageMaker Python SDK names it.
pub const VARIANT: &str = "AllTraffic";

/// The bucket that its inputs are uploaded to.
pub const BUCKET: &str = "my-inputs";

/// What the keys of its inputs begin with.
pub const PREFIX: &str = "async/in/";

/// Minutes without work before it goes to sleep.
pub const IDLE_MINUTES: i64 = 10;

/// `MaxCapacity` of its scalable target; `MinCapacity` is 0.
pub const MAX: i32 = 1;

/// The endpoint's variant.
pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, VARIANT)
}

/// The story's route, as `SCALER_ROUTES` has it.
pub fn route() -> Value {
    json!({
        "endpoint": ENDPOINT,
        "bucket": BUCKET,
        "prefix": PREFIX,
        "idle_minutes": IDLE_MINUTES,
    })
}

/// Reads routes as the function itself does at its start.
///
/// # Errors
///
/// As the function refuses them.
pub fn routes(routes: &Value) -> Result<Vec<Route>, Failure> {
    routes_from_json(&routes.to_string()).map_err(|error| Failure::Usage(error.to_string()))
}

/// The simulated day of the story and of the events in `events/`, at this time of day in UTC.
pub fn at(hour: i8, minute: i8, second: i8) -> Timestamp {
    let time = civil::date(2026, 3, 2).at(hour, minute, second, 0);
    // A time in UTC within the years that jiff knows: there is always such a moment.
    TimeZone::UTC.to_timestamp(time).unwrap_or_default()
}
