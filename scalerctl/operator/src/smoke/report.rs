//! The result.

use super::{check::Check, upload::TestedUpload};

/// What a run found.
#[derive(Debug)]
pub struct Report {
    /// The function's ARN, or what was asked for where there is none.
    pub function: String,
    /// Whose upload was tested; `None` where there is no function.
    pub subject: Option<TestedUpload>,
    pub checks: Vec<Check>,
}
