//! The result.

use super::check::Check;

/// The results of a run.
#[derive(Debug)]
pub struct Report {
    /// The endpoint's name.
    pub endpoint: String,
    /// Its only variant.
    pub variant: Option<String>,
    /// The AWS Region.
    pub region: String,
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// The names of the checks that found a problem.
    pub fn problems(&self) -> Vec<&'static str> {
        let problems = self.checks.iter().filter(|check| check.problem.is_some());
        problems.map(|check| check.id.as_str()).collect()
    }
}
