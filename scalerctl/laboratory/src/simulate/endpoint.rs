//! The simulated endpoint.

/// Its name.
pub const ENDPOINT: &str = "my-endpoint";

/// Its variant.
pub const VARIANT: &str = "AllTraffic";
