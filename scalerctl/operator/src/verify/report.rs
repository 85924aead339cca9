//! The result of a run.

use super::{findings::Measurements, preconditions::Preconditions, restore::Restored};

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    pub region: String,
    pub found: Preconditions,
    pub measurements: Measurements,
    /// Why the trial ended early.
    pub cut_short: Option<String>,
    pub restored: Restored,
    pub price_per_hour: Option<f64>,
}
