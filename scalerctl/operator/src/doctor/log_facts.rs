//! What the function decided, and how late the backlog metric is.

use jiff::SignedDuration;

use crate::account::decision_log::LoggedDecision;

/// What the function decided, and how late the backlog metric is.
#[derive(Debug, Default)]
pub struct LogFacts {
    /// The decisions about the endpoint in the last day, oldest first.
    pub decisions: Vec<LoggedDecision>,
    /// The age of the newest datapoint of `ApproximateBacklogSize`. `None`: not known, or there is none.
    pub newest_datapoint: Option<SignedDuration>,
}
