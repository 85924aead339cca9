//! The result.

use scalerctl_console::Failure;

use super::finding::{Finding, Severity};

/// The findings of a run.
#[derive(Debug)]
pub struct Report {
    pub endpoint: String,
    /// The function's ARN, if a function is known.
    pub function: Option<String>,
    /// Whether all functions of the Region are known, and none covers the endpoint.
    pub has_none: bool,
    /// Whether this function manages the endpoint.
    pub is_managed: bool,
    pub findings: Vec<Finding>,
}

impl Report {
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity() == severity).count()
    }

    /// Why the finding matters to this endpoint.
    pub fn why(&self, finding: &Finding) -> &'static str {
        match self.is_managed {
            true => finding.id.why(),
            false => finding.id.why_unmanaged(),
        }
    }

    /// The failure of a command with these findings.
    pub fn failure(&self) -> Option<Failure> {
        match self.findings.iter().map(Finding::severity).max() {
            None | Some(Severity::Note) => None,
            Some(Severity::Warning) => Some(Failure::NotOk(self.tally())),
            Some(Severity::Error) => Some(Failure::ErrorFound(self.tally())),
        }
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
