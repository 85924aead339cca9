//! A finding about the policies, which `scalerctl doctor` reports by the same name.

use serde::Serialize;
use simulator::PolicyFindingId;

/// A finding about a policy, or about all policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyFinding {
    /// The name, as in the findings of doctor.
    pub id: &'static str,
    /// What is wrong.
    pub what: String,
    /// Whether the policy never acts.
    #[serde(skip)]
    pub is_obstacle: bool,
    /// Whether a policy of the files is not played, so that the figures are not those of all policies.
    #[serde(skip)]
    pub is_gap: bool,
}

impl PolicyFinding {
    /// A finding that does not say that a policy never acts.
    pub fn new(id: PolicyFindingId, what: impl Into<String>) -> Self {
        Self { id: id.as_str(), what: what.into(), is_obstacle: false, is_gap: false }
    }

    /// A finding that says that a policy is not played.
    pub fn gap(id: PolicyFindingId, what: impl Into<String>) -> Self {
        Self { is_gap: true, ..Self::new(id, what) }
    }

    /// A finding that says that a policy never acts.
    pub fn obstacle(id: PolicyFindingId, what: impl Into<String>) -> Self {
        Self { is_obstacle: true, ..Self::new(id, what) }
    }
}
