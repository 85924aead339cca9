//! Names of the resources that the tests use.

/// The endpoint in the payloads of `events/`.
pub const ENDPOINT: &str = "my-endpoint";

/// Its variant.
pub const VARIANT: &str = "AllTraffic";
