//! The endpoint of every simulation.

/// Its name.
pub const ENDPOINT: &str = "my-endpoint";

/// Its variant.
pub const VARIANT: &str = "AllTraffic";
