//! A capacity request, and the meaning of AWS's answer.

use jiff::SignedDuration;

use super::session::Session;
use crate::port::{Aws, AwsFailure, AwsResult, Clock, Endpoints, FailureKind, VariantId};

/// A capacity that was requested, and the answer.
pub(super) struct Requested {
    pub(super) capacity: i32,
    pub(super) answer: AwsResult<()>,
}

/// The meaning of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Granted {
    /// It was accepted.
    Yes,
    /// It may have been accepted, from us or from somebody else at the same moment.
    Perhaps,
    /// It was refused.
    No,
}

impl<A: Aws, C: Clock> Session<'_, A, C> {
    pub(super) async fn request_capacity(&mut self, id: &VariantId, capacity: i32) -> Requested {
        let answer = self.aws.set_capacity(id, capacity).await;
        self.requested(capacity, answer)
    }

    /// Notes an accepted capacity immediately: the deadline may end what follows.
    pub(super) fn requested(&mut self, capacity: i32, answer: AwsResult<()>) -> Requested {
        if answer.is_ok() {
            self.effects.capacity = Some(capacity);
            self.effects.wake_latency = self
                .oldest_input
                .map(|input| self.clock.now().duration_since(input))
                .filter(|latency| *latency >= SignedDuration::ZERO);
        }
        Requested { capacity, answer }
    }
}

/// Whether AWS refused because the endpoint is being changed at this moment.
pub(super) fn is_busy(failure: &AwsFailure) -> bool {
    failure.kind == FailureKind::Busy
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
            | FailureKind::TableMissing
            | FailureKind::WrongRegion
            | FailureKind::Other => Granted::No,
        }
    }
}
