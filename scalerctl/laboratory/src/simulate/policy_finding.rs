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
}

impl PolicyFinding {
    /// A finding that does not say that a policy never acts.
    pub fn new(id: PolicyFindingId, what: impl Into<String>) -> Self {
        Self { id: id.as_str(), what: what.into(), is_obstacle: false }
    }

    /// A finding that says that a policy never acts.
    pub fn obstacle(id: PolicyFindingId, what: impl Into<String>) -> Self {
        Self { is_obstacle: true, ..Self::new(id, what) }
    }
}
