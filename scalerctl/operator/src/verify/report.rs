//! The result of a run.

use super::{answer::Learnt, found::Found, restore::Restored};

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    pub region: String,
    pub found: Found,
    pub learnt: Learnt,
    /// Why the trial ended early.
    pub cut_short: Option<String>,
    pub restored: Restored,
    pub price_per_hour: Option<f64>,
}
