//! Instance time of an endpoint: what was paid for, and how much of it ran jobs.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Instance time of one endpoint, up to a time. It grows evenly between two changes of the
/// endpoint, so it is updated right before each change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cost {
    pub(crate) paid: Duration,
    pub(crate) working: Duration,
    pub(crate) until: Timestamp,
}

impl Cost {
    pub(crate) fn starting_at(begin: Timestamp) -> Self {
        Self { paid: Duration::ZERO, working: Duration::ZERO, until: begin }
    }
}
