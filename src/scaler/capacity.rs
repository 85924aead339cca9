//! A capacity call, and what its answer says.

use jiff::{SignedDuration, Timestamp};

use super::{Done, Scaler, SignalKind};
use crate::{
    decide::Action,
    port::{Aws, AwsResult, Clock, Endpoints, FailureKind, VariantId},
    reason::Reason,
};

/// A capacity that was requested, and what came of it.
pub(super) struct Requested {
    pub(super) capacity: i32,
    pub(super) answer: AwsResult<()>,
    pub(super) answered_at: Timestamp,
}

/// What the answer says about the capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Granted {
    /// It was accepted.
    Yes,
    /// It may have been accepted, from us or from somebody else at the same moment.
    Perhaps,
    /// It was refused.
    No,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    pub(super) async fn request_capacity(
        &self,
        id: &VariantId,
        capacity: i32,
        signal: SignalKind,
    ) -> Requested {
        let answer = self.aws_for(signal).set_capacity(id, capacity).await;
        Requested { capacity, answer, answered_at: self.clock.now() }
    }
}

impl Requested {
    pub(super) fn granted(&self) -> Granted {
        let Err(failure) = &self.answer else { return Granted::Yes };
        match failure.kind {
            FailureKind::Busy
            | FailureKind::Concurrent
            | FailureKind::Throttled
            | FailureKind::NoAnswer => Granted::Perhaps,
            FailureKind::EndpointMissing
            | FailureKind::EndpointConfigMissing
            | FailureKind::NotRegistered
            | FailureKind::Quota
            | FailureKind::InsufficientCapacity
            | FailureKind::AccessDenied
            | FailureKind::ExplicitDeny
            | FailureKind::OtherPolicy
            | FailureKind::CredentialsExpired
            | FailureKind::CredentialsInvalid
            | FailureKind::NoCredentials
            | FailureKind::StoredMissing
            | FailureKind::WrongRegion
            | FailureKind::Other => Granted::No,
        }
    }

    /// Tells the report; `remembered` is whether a record makes a later tick ask again.
    pub(super) fn tell(self, remembered: bool, oldest_input: Option<Timestamp>, done: &mut Done) {
        match self.answer {
            Ok(()) => {
                done.to = Some(self.capacity);
                done.wake_latency = oldest_input
                    .map(|input| self.answered_at.duration_since(input))
                    .filter(|latency| *latency >= SignedDuration::ZERO);
            }
            // Somebody is changing it at this moment: up, and all is well; down, and the lease
            // makes the next tick or state change wake it. Without a lease, the caller must retry.
            Err(failure) if Done::is_busy(&failure) && remembered => {
                done.reason = Reason::EndpointBusy;
                // A hold that was asked for is written all the same.
                if done.action != Action::Hold {
                    done.action = Action::Extend;
                }
            }
            Err(failure) => done.fail(failure),
        }
    }
}
