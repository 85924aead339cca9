//! What a command did, or would do.

use scalerctl_console::Failure;

use crate::change::Change;

/// What is printed.
#[derive(Debug)]
pub struct Printed<'a> {
    /// The command's name.
    pub command: &'static str,
    /// The AWS Region.
    pub region: &'a str,
    /// Whether nothing was to be written.
    pub dry_run: bool,
    /// What was done, or would be done.
    pub changes: &'a [Change],
}

impl Printed<'_> {
    /// The failure: [`Failure::NoAccess`] if AWS rejected a change, [`Failure::NotOk`] if a rule refused one.
    pub fn failure(&self) -> Option<Failure> {
        let failures: Vec<String> = self
            .changes
            .iter()
            .filter_map(|change| Some(format!("{}: {}", change.subject, change.failure.as_ref()?)))
            .collect();
        if !failures.is_empty() {
            return Some(Failure::NoAccess(failures.join("\n")));
        }
        let refused = self.changes.iter().filter(|change| change.is_refused());
        let refused: Vec<&str> = refused.map(|change| change.subject.as_str()).collect();
        match refused.as_slice() {
            [] => None,
            some => Some(Failure::NotOk(format!(
                "refused: {}; nothing was written for {}",
                some.join(", "),
                if some.len() == 1 { "it" } else { "them" }
            ))),
        }
    }
}
