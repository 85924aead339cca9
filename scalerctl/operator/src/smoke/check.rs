//! What a check comes to.

use serde::Serialize;

/// The checks, in their order. Their names are stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckId {
    /// The function is there, active, and its settings can be used.
    Function,
    /// The bucket sends an event for the upload.
    BucketEvents,
    /// A rule matches the upload's event, and the path from rule to function works.
    UploadRule,
    /// The function sees the endpoint and may scale it.
    Status,
    /// The function would wake the endpoint for the upload.
    ObservedInput,
    /// The function's role is allowed every call.
    Permissions,
}

impl CheckId {
    /// Every check.
    pub const ALL: [Self; 6] = [
        Self::Function,
        Self::BucketEvents,
        Self::UploadRule,
        Self::Status,
        Self::ObservedInput,
        Self::Permissions,
    ];

    /// As shown to users.
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

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is as it must be.
    Passed,
    /// It is not, or it could not be shown to be.
    Failed,
    /// It does not apply, or cannot be judged; the check says why.
    Skipped,
}

impl Outcome {
    /// As shown to users.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong.
    pub what: String,
    /// How to fix it, in one sentence.
    pub what_to_do: String,
    /// The command for it, complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// One check and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Which one.
    pub id: CheckId,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped_because: Option<String>,
    /// What was seen.
    pub seen: Vec<String>,
    /// What is no fault, and worth knowing.
    pub notes: Vec<String>,
    /// Why it failed.
    pub problems: Vec<Problem>,
}

impl Check {
    /// A check that was left out.
    pub fn skipped(id: CheckId, why: impl Into<String>) -> Self {
        Findings::default().skipped(id, why)
    }
}

/// What a check has found so far.
#[derive(Debug, Default)]
pub struct Findings {
    seen: Vec<String>,
    notes: Vec<String>,
    problems: Vec<Problem>,
}

impl Findings {
    /// Something was seen.
    pub fn saw(&mut self, what: impl Into<String>) {
        self.seen.push(what.into());
    }

    /// Something is worth knowing.
    pub fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    /// Something is wrong.
    pub fn problem(&mut self, what: impl Into<String>, what_to_do: impl Into<String>) {
        let (what, what_to_do) = (what.into(), what_to_do.into());
        self.problems.push(Problem { what, what_to_do, command: None });
    }

    /// Something is wrong that a command fixes.
    pub fn problem_with_command(
        &mut self,
        what: impl Into<String>,
        what_to_do: impl Into<String>,
        command: String,
    ) {
        let (what, what_to_do) = (what.into(), what_to_do.into());
        self.problems.push(Problem { what, what_to_do, command: Some(command) });
    }

    /// Something could not be read.
    pub fn refused(&mut self, error: &super::CallError) {
        self.problem(error.to_string(), error.advice());
    }

    /// Whether nothing is wrong so far.
    pub fn is_good(&self) -> bool {
        self.problems.is_empty()
    }

    /// The check: passed where nothing is wrong.
    pub fn check(self, id: CheckId) -> Check {
        let outcome = if self.is_good() { Outcome::Passed } else { Outcome::Failed };
        let Self { seen, notes, problems } = self;
        Check { id, outcome, skipped_because: None, seen, notes, problems }
    }

    /// The check, left out for want of a verdict.
    pub fn skipped(self, id: CheckId, why: impl Into<String>) -> Check {
        let skipped_because = Some(why.into());
        Check { outcome: Outcome::Skipped, skipped_because, ..self.check(id) }
    }
}
