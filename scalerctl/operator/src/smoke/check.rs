//! The result of a check.

use scalerctl_console::{advice::Advice, suggested::Suggested};
use serde::Serialize;

/// The checks, in order. Their names do not change between versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckId {
    /// The function exists and is active, and its settings are valid.
    Function,
    /// The bucket sends an event for the upload.
    BucketEvents,
    /// A rule matches the upload's event, and the path from rule to function works.
    UploadRule,
    /// The function can read the endpoint and is allowed to scale it.
    Status,
    /// The function would wake the endpoint for the upload.
    ObservedInput,
    /// The function's role has the permissions for all calls.
    Permissions,
}

impl CheckId {
    /// All checks.
    pub const ALL: [Self; 6] = [
        Self::Function,
        Self::BucketEvents,
        Self::UploadRule,
        Self::Status,
        Self::ObservedInput,
        Self::Permissions,
    ];

    /// The name in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::BucketEvents => "bucket-events",
            Self::UploadRule => "upload-rule",
            Self::Status => "status",
            Self::ObservedInput => "observed-input",
            Self::Permissions => "permissions",
        }
    }
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The check found no problem.
    Passed,
    /// The check found a problem, or could not read what it needs.
    Failed,
    /// The check does not apply, or has no result. It states the reason.
    Skipped,
}

impl Outcome {
    /// The name in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// A problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong.
    pub what: String,
    /// How to fix it, in one sentence.
    pub what_to_do: String,
    /// The command that fixes it. The user can run it without changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Suggested>,
    /// Other ways to fix it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
}

/// Another way to fix a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// How to fix it, in one sentence.
    pub what_to_do: String,
    /// The command that fixes it. The user can run it without changes.
    pub command: Suggested,
}

/// A check and its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The check.
    pub id: CheckId,
    /// The result.
    pub outcome: Outcome,
    /// Why it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped_because: Option<String>,
    /// The facts that the check found.
    pub seen: Vec<String>,
    /// Notes. They are not problems.
    pub notes: Vec<String>,
    /// The problems.
    pub problems: Vec<Problem>,
}

impl Check {
    /// A check that was skipped.
    pub fn skipped(id: CheckId, why: impl Into<String>) -> Self {
        Findings::default().skipped(id, why)
    }
}

/// The findings of a check so far.
#[derive(Debug, Default)]
pub struct Findings {
    seen: Vec<String>,
    notes: Vec<String>,
    problems: Vec<Problem>,
}

impl Findings {
    /// Adds a fact.
    pub fn saw(&mut self, what: impl Into<String>) {
        self.seen.push(what.into());
    }

    /// Adds a note.
    pub fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    /// Adds a problem.
    pub fn problem(&mut self, what: impl Into<String>, what_to_do: impl Into<String>) {
        self.add(what.into(), what_to_do.into(), None);
    }

    /// Adds a problem with the command that fixes it.
    pub fn problem_with_command(
        &mut self,
        what: impl Into<String>,
        what_to_do: impl Into<String>,
        command: Suggested,
    ) {
        self.add(what.into(), what_to_do.into(), Some(command));
    }

    /// Adds another way to fix the last problem.
    pub fn or(&mut self, what_to_do: impl Into<String>, command: Suggested) {
        let what_to_do = what_to_do.into();
        if let Some(problem) = self.problems.last_mut() {
            problem.alternatives.push(Alternative { what_to_do, command });
        }
    }

    /// Adds a call that failed as a problem.
    pub fn refused(&mut self, error: &super::CallError) {
        let Advice { what_to_do, command } = error.advice();
        self.add(error.to_string(), what_to_do, command);
    }

    fn add(&mut self, what: String, what_to_do: String, command: Option<Suggested>) {
        self.problems.push(Problem { what, what_to_do, command, alternatives: Vec::new() });
    }

    /// Whether there is no problem so far.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    /// The result of the check. It passed if there is no problem.
    pub fn check(self, id: CheckId) -> Check {
        let outcome = if self.is_good() { Outcome::Passed } else { Outcome::Failed };
        let Self { seen, notes, problems } = self;
        Check { id, outcome, skipped_because: None, seen, notes, problems }
    }

    /// The check as skipped, for this reason.
    pub fn skipped(self, id: CheckId, why: impl Into<String>) -> Check {
        let skipped_because = Some(why.into());
        Check { outcome: Outcome::Skipped, skipped_because, ..self.check(id) }
    }
}
