//! Whether a command succeeded, and what to do if not.

use jiff::Timestamp;
use reactive_scaler::{
    decide::Action, port::VariantId, reason::Reason, scaler::Done, signal::Command,
};

use super::wait::{Ended, Waited};

/// The result of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandResult {
    /// Done, or nothing to do.
    So,
    /// A record was written, and the function carries it out later.
    Queued(Reason),
    /// A rule refuses it. Nothing was written.
    Refused(Reason),
    /// It would start an instance that nothing stops. Nothing was written.
    Unregistered,
    /// It was done, but the endpoint did not reach the state.
    NotReached(String),
}

impl CommandResult {
    /// The result of a decision.
    pub fn of(command: Command, done: &Done, now: Timestamp) -> Self {
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
        let waits = matches!(done.reason, Reason::EndpointBusy | Reason::ScalingOutSuspended);
        let is_stored = done.effects.awake_until.is_some_and(|end| now < end);
        match command {
            _ if so => Self::So,
            Command::Wake | Command::Hold { .. } if waits && is_stored => Self::Queued(done.reason),
            _ => Self::Refused(done.reason),
        }
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

    /// Whether it is carried out later.
    pub fn is_queued(&self) -> bool {
        matches!(self, Self::Queued(_))
    }

    /// The message if it did not succeed.
    pub fn message(&self, id: &VariantId) -> Option<String> {
        match self {
            Self::So => None,
            Self::Queued(Reason::ScalingOutSuspended) => Some(format!(
                "{0}: queued: the function wakes the endpoint when scaling out is resumed (what to \
                 do: resume it with `scalerctl resume {0} out`)",
                id.endpoint
            )),
            Self::Queued(_) => Some(format!(
                "{}: queued: the function wakes the endpoint when it is InService (what to do: wait, \
                 or run the command with --wait)",
                id.endpoint
            )),
            Self::Unregistered => Some(format!(
                "{0}: refused: the variant {1} is not registered as a scalable target, so nothing \
                 would stop its instance (what to do: register it, or use --yes and stop it with \
                 `scalerctl sleep {0} --force`)",
                id.endpoint, id.variant
            )),
            Self::Refused(reason) => Some(format!(
                "{0}: refused, {1}: {2} (what to do: {3})",
                id.endpoint,
                reason.as_str(),
                reason.meaning(),
                advice(*reason).replace("ENDPOINT", &id.endpoint)
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

/// What the user can do about a refusal. `ENDPOINT` is replaced with the endpoint's name.
fn advice(reason: Reason) -> &'static str {
    match reason {
        Reason::LeaseLive => {
            "wait until it ends, or end it with `scalerctl sleep ENDPOINT --force`"
        }
        Reason::Backlog => "wait until the work is done: --force does not ignore a backlog",
        Reason::BacklogUnknown => {
            "wait: at least 3 datapoints of ApproximateBacklogSize, all 0, must cover the idle \
             window, and CloudWatch delays them by 2 to 3 minutes"
        }
        Reason::WorkSlippedIn => "nothing: there is work to do",
        Reason::NotInService | Reason::EndpointBusy => {
            "wait until the endpoint is InService, and run the command again"
        }
        Reason::ScalingInSuspended => "resume it with `scalerctl resume ENDPOINT in`",
        Reason::ScalingOutSuspended => "resume it with `scalerctl resume ENDPOINT out`",
        Reason::NotRegistered => "register the variant as a scalable target with MinCapacity 0",
        Reason::MinCapacitySet => "set the scalable target's MinCapacity to 0",
        Reason::MaxIsZero => "set the scalable target's MaxCapacity to 1 or more",
        Reason::EndpointFailed => "delete the endpoint and create it again",
        Reason::NotAsync | Reason::Serverless | Reason::ManagedInstanceScaling => {
            "nothing: the function does not scale such an endpoint"
        }
        _ => "run the command again; to show the state: `scalerctl status ENDPOINT`",
    }
}
