//! The result of a run.

use super::{check::Check, subject::Subject};

/// What a run found.
#[derive(Debug)]
pub struct Report {
    /// The function's ARN, or what was asked for where there is none.
    pub function: String,
    /// Whose upload was tested; `None` where there is no function.
    pub subject: Option<Subject>,
    pub checks: Vec<Check>,
}
