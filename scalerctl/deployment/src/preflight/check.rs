//! The result of a check.

use scalerctl_console::advice::Advice;

/// The checks, in order. Their names do not change between versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckId {
    /// The endpoint exists.
    Endpoint,
    /// It is async.
    Async,
    /// It has one variant with instances.
    Variant,
    /// Its name has no capital letters.
    Name,
    /// Its registration lets the function scale it to zero.
    Registered,
    /// MaxCapacity is not below the number of instances.
    Instances,
    /// Both topics exist, or none is set.
    Topics,
    /// The quota is enough.
    Quota,
}

impl CheckId {
    /// The name in the output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Async => "async",
            Self::Variant => "variant",
            Self::Name => "name",
            Self::Registered => "registered",
            Self::Instances => "instances",
            Self::Topics => "topics",
            Self::Quota => "quota",
        }
    }
}

/// A check and its result.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// The check.
    pub id: CheckId,
    /// What was found.
    pub text: String,
    /// What to do about the problem. `None`: there is none.
    pub problem: Option<Advice>,
}

impl Check {
    /// No problem.
    pub fn ok(id: CheckId, text: impl Into<String>) -> Self {
        Self { id, text: text.into(), problem: None }
    }

    /// A problem.
    pub fn problem(id: CheckId, text: impl Into<String>, advice: impl Into<Advice>) -> Self {
        Self { id, text: text.into(), problem: Some(advice.into()) }
    }

    /// `ok` or `problem`.
    pub fn outcome(&self) -> &'static str {
        if self.problem.is_some() { "problem" } else { "ok" }
    }
}
