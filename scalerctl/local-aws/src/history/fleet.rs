//! The routes of several endpoints.

use serde_json::{Value, json};

/// The most endpoints of a fleet.
pub const MOST_ENDPOINTS: u32 = 1000;

/// The bucket of all inputs.
const BUCKET: &str = "my-inputs";

/// `SCALER_ROUTES` for this number of endpoints: `my-endpoint`, `my-endpoint-02`, and so on. Each has a prefix of its own
/// in the bucket `my-inputs`.
pub fn fleet_routes(endpoints: u32) -> String {
    let width = endpoints.to_string().len().max(2);
    let route = |number: u32| {
        let name = match number {
            1 => "my-endpoint".to_owned(),
            number => format!("my-endpoint-{number:0width$}"),
        };
        json!({ "endpoint": name, "bucket": BUCKET, "prefix": format!("{name}/") })
    };
    Value::from_iter((1..=endpoints).map(route)).to_string()
}
