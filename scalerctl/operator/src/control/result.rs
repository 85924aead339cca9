//! Whether a command succeeded, and what to do if not.

use reactive_scaler::{
    decide::Action, port::VariantId, reason::Reason, scaler::Done, signal::Command,
};

use super::wait::{Ended, Waited};

/// The result of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandResult {
    /// Done, or nothing to do.
    So,
    /// A rule refuses it.
    Refused(Reason),
    /// It was done, but the endpoint did not reach the state.
    NotReached(String),
}

impl CommandResult {
    /// The result of a decision.
    pub fn of(command: Command, done: &Done) -> Self {
        let up = done.to().is_some_and(|to| to > 0);
        let so = match command {
            Command::Wake => up && !is_left_alone(done.reason),
            Command::Sleep { .. } => done.action == Action::Sleep || done.reason == Reason::Asleep,
            Command::Hold { .. } => {
                up && matches!(done.reason, Reason::Held | Reason::HeldLonger | Reason::Requested)
            }
            Command::Release => {
                done.action == Action::Release || done.reason == Reason::NothingToRelease
            }
            Command::Status => true,
        };
        if so { Self::So } else { Self::Refused(done.reason) }
    }

    /// The result after waiting.
    pub fn after(self, waited: &Waited) -> Self {
        match &waited.ended {
            Ended::Reached => self,
            Ended::Not(why) => Self::NotReached(why.clone()),
        }
    }

    /// Whether it succeeded.
    pub fn is_so(&self) -> bool {
        *self == Self::So
    }

    /// The message if it did not succeed.
    pub fn refusal(&self, id: &VariantId) -> Option<String> {
        match self {
            Self::So => None,
            Self::Refused(reason) => Some(format!(
                "{}: refused, {}: {} (what to do: {})",
                id.endpoint,
                reason.as_str(),
                reason.meaning(),
                advice(*reason)
            )),
            Self::NotReached(why) => Some(format!("{}: {why}", id.endpoint)),
        }
    }
}

/// Reasons for which the function does not change an endpoint, even if it is awake.
fn is_left_alone(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::NotAsync
            | Reason::Serverless
            | Reason::ManagedInstanceScaling
            | Reason::EndpointFailed
            | Reason::EndpointDeleting
            | Reason::CapacityUnknown
            | Reason::TargetUnreadable
            | Reason::MaxIsZero
    )
}

/// What the user can do about a refusal.
fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::LeaseLive => "wait until it ends, or use `scalerctl sleep --force`",
        Reason::Backlog => "wait until the work is done: --force does not ignore a backlog",
        Reason::BacklogUnknown => {
            "wait: at least 3 datapoints of ApproximateBacklogSize, all 0, must cover the idle \
             window, and CloudWatch delays them by 2 to 3 minutes"
        }
        Reason::WorkSlippedIn => "nothing: there is work to do",
        Reason::NotInService | Reason::EndpointBusy => {
            "wait until the endpoint is InService, and run the command again"
        }
        Reason::ScalingInSuspended => "`scalerctl resume ENDPOINT in`",
        Reason::ScalingOutSuspended => "`scalerctl resume ENDPOINT out`",
        Reason::NotRegistered => "register the variant as a scalable target with MinCapacity 0",
        Reason::MinCapacitySet => "set the scalable target's MinCapacity to 0",
        Reason::MaxIsZero => "set the scalable target's MaxCapacity to 1 or more",
        Reason::EndpointFailed => "delete the endpoint and create it again",
        Reason::NotAsync | Reason::Serverless | Reason::ManagedInstanceScaling => {
            "nothing: the function does not scale such an endpoint"
        }
        _ => "see `scalerctl status ENDPOINT`, and run the command again",
    }
}
