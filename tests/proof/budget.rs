//! The number of worlds in a run.

use std::time::Instant;

use crate::plan::Family;

/// The number of worlds of the family `small` in a normal run.
pub const WORLDS: u64 = 2000;

/// The number of worlds of the family `fleet` in a normal run.
pub const FLEET_WORLDS: u64 = 300;

/// The number of worlds of the family `results` in a normal run.
pub const RESULTS_WORLDS: u64 = 300;

/// The limits of a run.
#[derive(Debug)]
pub struct Budget {
    pub family: Family,
    /// The first seed.
    pub first: u64,
    pub worlds: u64,
    /// No world starts after this time.
    pub ends: Option<Instant>,
    /// No world starts after this many failures.
    pub enough: usize,
}
