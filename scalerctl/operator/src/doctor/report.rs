//! The result.

use super::finding::{Finding, Severity};

/// The findings of a run.
#[derive(Debug)]
pub struct Report {
    pub endpoint: String,
    /// The function's ARN, if a function is known.
    pub function: Option<String>,
    pub findings: Vec<Finding>,
}

impl Report {
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity() == severity).count()
    }

    /// Whether doctor could read and evaluate everything.
    pub fn is_complete(&self) -> bool {
        !self.findings.iter().any(|finding| finding.id.is_gap())
    }

    /// `1 error, 0 warnings, 2 notes`.
    pub fn tally(&self) -> String {
        let counted = |severity: Severity| {
            let count = self.count(severity);
            let plural = if count == 1 { "" } else { "s" };
            format!("{count} {}{plural}", severity.as_str())
        };
        Severity::ALL.map(counted).join(", ")
    }
}
