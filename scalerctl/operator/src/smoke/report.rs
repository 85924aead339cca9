//! The result.

use super::{check::Check, upload::TestedUpload};

/// The results of a run.
#[derive(Debug)]
pub struct Report {
    /// The function's ARN, or the name in the arguments if the function does not exist.
    pub function: String,
    /// The endpoint and the upload that were tested. `None` if the function does not exist.
    pub subject: Option<TestedUpload>,
    pub checks: Vec<Check>,
}
