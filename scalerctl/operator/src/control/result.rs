//! Whether a command succeeded.

use jiff::Timestamp;
use reactive_scaler::{decide::Action, reason::Reason, scaler::Done, signal::Command};

use super::wait::{Ended, Waited};

/// The result of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommandResult {
    /// Done, or nothing to do.
    Succeeded,
    /// A record was written, and the function carries it out later.
    Queued(Reason),
    /// A rule refuses it. Nothing was written.
    Refused(Reason),
    /// A call failed after something may have been written.
    Incomplete,
    /// It would start an instance that nothing stops. Nothing was written.
    Unregistered,
    /// It was done, but the endpoint did not reach the state.
    NotReached(String),
}

impl CommandResult {
    /// The result of a decision.
    pub fn of(command: Command, done: &Done, now: Timestamp) -> Self {
        let up = done.to().is_some_and(|to| to > 0);
        let done_as_asked = match command {
            Command::Wake => up && !is_left_alone(done.reason),
            Command::Sleep { .. } => done.action == Action::Sleep || done.reason == Reason::Asleep,
            // The owner's MinCapacity keeps the endpoint up.
            Command::Hold { .. } => {
                up && matches!(
                    done.reason,
                    Reason::Held | Reason::HeldLonger | Reason::Requested | Reason::MinCapacitySet
                )
            }
            Command::Release => {
                done.action == Action::Release || done.reason == Reason::NothingToRelease
            }
            Command::Status => true,
        };
        let waits = matches!(done.reason, Reason::EndpointBusy | Reason::ScalingOutSuspended);
        let is_stored = done.effects.awake_until.is_some_and(|end| now < end);
        match command {
            _ if done_as_asked => Self::Succeeded,
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
    pub fn succeeded(&self) -> bool {
        *self == Self::Succeeded
    }

    /// Whether it is carried out later.
    pub fn is_queued(&self) -> bool {
        matches!(self, Self::Queued(_))
    }

    /// Whether a command with `--wait` waits until SageMaker accepts a change, and runs again.
    pub fn waits_for_update(&self) -> bool {
        matches!(
            self,
            Self::Queued(Reason::EndpointBusy)
                | Self::Refused(Reason::EndpointBusy | Reason::NotInService)
        )
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
