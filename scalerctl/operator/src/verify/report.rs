//! The result.

use super::{findings::Measurements, preconditions::Preconditions, restore::Restored};

/// The result.
#[derive(Debug)]
pub struct Report {
    pub region: String,
    pub found: Preconditions,
    pub measurements: Measurements,
    /// Why the measurement ended early.
    pub cut_short: Option<String>,
    pub restored: Restored,
    pub price_per_hour: Option<f64>,
}
