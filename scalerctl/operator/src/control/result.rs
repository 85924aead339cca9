//! Whether what was asked for is so, and what to do where it is not.

use reactive_scaler::{
    decide::Action, port::VariantId, reason::Reason, scaler::Done, signal::Command,
};

use super::wait::{Ended, Waited};

/// What a deed came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandResult {
    /// Done, or so already.
    So,
    /// A rule refuses it.
    Refused(Reason),
    /// It was done, and the endpoint did not get there.
    NotReached(String),
}

impl CommandResult {
    /// Of what the scaler answered.
    pub fn of(command: Command, done: &Done) -> Self {
        let up = done.to.is_some_and(|to| to > 0);
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

    /// The same after waiting.
    pub fn after(self, waited: &Waited) -> Self {
        match &waited.ended {
            Ended::Reached => self,
            Ended::Not(why) => Self::NotReached(why.clone()),
        }
    }

    /// Whether it is so.
    pub fn is_so(&self) -> bool {
        *self == Self::So
    }

    /// Why it is not so; `None` where it is.
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

/// Up or not, it is none of ours, or it cannot be told.
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

/// What a person can do about a refusal.
fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::LeaseLive => "wait for its end, or `scalerctl sleep --force`",
        Reason::Backlog => "wait until the work is done: nothing passes over a backlog",
        Reason::BacklogUnknown => {
            "wait: 3 datapoints of ApproximateBacklogSize, all 0, must cover the idle window; \
             CloudWatch shows them 2 to 3 minutes late"
        }
        Reason::WorkSlippedIn => "nothing: there is work to do",
        Reason::NotInService | Reason::EndpointBusy => {
            "wait until the endpoint is InService, and run it again"
        }
        Reason::ScalingInSuspended => "`scalerctl resume ENDPOINT in`",
        Reason::ScalingOutSuspended => "`scalerctl resume ENDPOINT out`",
        Reason::NotRegistered => "register the variant as a scalable target with MinCapacity 0",
        Reason::MinCapacitySet => "set the scalable target's MinCapacity to 0",
        Reason::MaxIsZero => "set the scalable target's MaxCapacity to 1 or more",
        Reason::EndpointFailed => "delete the endpoint and create it again",
        Reason::NotAsync | Reason::Serverless | Reason::ManagedInstanceScaling => {
            "nothing: such an endpoint is left alone"
        }
        _ => "look at `scalerctl status ENDPOINT`, and run it again",
    }
}
