//! The answer of the function: its decisions, or why it failed.

use reactive_scaler::reason::Reason;
use scalerctl_console::{shell_quoting::quoted, suggested::Suggested};
use serde::Deserialize;
use serde_json::Value;

use super::{Function, check::Findings, lambda::Answer};

/// The fields of a decision that the checks use.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Decision {
    /// The endpoint.
    pub endpoint: String,
    /// Its variant.
    pub variant: Option<String>,
    /// The action.
    pub action: String,
    /// The reason.
    pub reason: String,
    /// Desired capacity before.
    pub from: Option<i32>,
    /// Desired capacity after.
    pub to: Option<i32>,
    /// Why the function would not raise the floor.
    pub floor_withheld: Option<String>,
    /// Whether the name in the key can mean other endpoints as well.
    #[serde(default)]
    pub name_was_cut: bool,
    /// The answer to a `status` request.
    pub status: Option<Status>,
}

/// The answer to a `status` request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Status {
    /// `EndpointStatus`.
    pub endpoint_status: String,
    /// `CurrentInstanceCount`.
    pub current: Option<i32>,
    /// `DesiredInstanceCount`.
    pub desired: Option<i32>,
    /// `MinCapacity` of the scalable target.
    pub min_capacity: Option<i32>,
    /// `MaxCapacity` of the scalable target.
    pub max_capacity: Option<i32>,
    /// When the lease ends.
    pub lease_ends: Option<String>,
    /// When the work record ends.
    pub work_ends: Option<String>,
    /// When the hold ends.
    pub hold_ends: Option<String>,
}

impl Decision {
    /// The reason. `None` if this version does not know it.
    pub fn known_reason(&self) -> Option<Reason> {
        Reason::ALL.iter().copied().find(|reason| reason.as_str() == self.reason)
    }

    /// The meaning of its reason, as a sentence.
    pub fn meaning(&self) -> &'static str {
        self.known_reason().map_or("This version does not know the reason.", Reason::meaning)
    }
}

/// The decisions of an answer. Problems of the answer are added to the findings.
pub fn decisions(answer: &Answer, function: &Function, findings: &mut Findings) -> Vec<Decision> {
    if answer.failed {
        let text = |name: &str| answer.payload.get(name).and_then(Value::as_str).unwrap_or("none");
        let kind = text("errorType");
        let what = format!("the function failed with {kind}: {}", text("errorMessage"));
        match (kind, &function.log_group) {
            ("NotEverythingDone", _) => {
                findings.problem(what, "follow the message, and run the command again");
            }
            ("EventNotUnderstood", _) => findings
                .problem(what, "deploy the version of the function that belongs to this scalerctl"),
            (_, Some(group)) => findings.problem_with_command(
                what,
                "see its log",
                Suggested::aws(format!("logs tail {} --since 10m", quoted(group))),
            ),
            (_, None) => findings.problem(what, "see its log"),
        }
        return Vec::new();
    }
    let decisions = answer.payload.get("decisions").cloned().unwrap_or_default();
    match serde_json::from_value(decisions) {
        Ok(decisions) => decisions,
        Err(error) => {
            findings.problem(
                format!("the answer has no decisions ({error}): is this the right function?"),
                "use --function with the stack's output FunctionName",
            );
            Vec::new()
        }
    }
}
