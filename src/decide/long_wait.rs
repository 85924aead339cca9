//! What an endpoint that is kept awake waits for, and after which time the wait is reported.

use jiff::{SignedDuration, Timestamp};

use super::{
    decision::Decision,
    floor::min_keeps_up,
    idle_evidence::Backlog,
    observed::{Observed, Read},
};
use crate::{port::EndpointStatus, reason::Reason};

/// The condition that the endpoint waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// `ApproximateBacklogSize`, which is missing, too old or cannot be read.
    Backlog,
    /// Instances that were requested.
    Capacity,
    /// A status in which the function can change the endpoint or decide about it.
    Status(EndpointStatus),
}

/// Whether the endpoint was waiting when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// It waits for this.
    For(Wait),
    /// It does not wait.
    No,
    /// The backlog was not read. The endpoint waits for nothing else.
    NotForMore,
    /// Unknown.
    Unknown,
}

impl Wait {
    /// Time after which the wait is reported.
    ///
    /// Capacity: about three times the longest reported provisioning time (643 s for a GPU). The others: one
    /// hour, because a container must have started by then (API:
    /// `ContainerStartupHealthCheckTimeoutInSeconds` is at most 3600).
    pub fn bound(self) -> SignedDuration {
        match self {
            Self::Capacity => SignedDuration::from_mins(30),
            Self::Backlog | Self::Status(_) => SignedDuration::from_mins(60),
        }
    }

    /// Whether both wait for the same kind of condition, whatever the status.
    pub fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// The reason of a decision that still waits after this time.
    pub fn reason(self) -> Reason {
        match self {
            Self::Backlog => Reason::BacklogUnknown,
            Self::Capacity => Reason::NoCapacity,
            Self::Status(_) => Reason::NotInService,
        }
    }
}

/// What the endpoint waits for while a record keeps it awake.
pub fn waiting(seen: &Observed, decision: &Decision) -> Waiting {
    let (Read::Known(Some(target)), Read::Known(records)) = (&seen.target, &seen.records) else {
        return Waiting::Unknown;
    };
    let status = seen.endpoint.status;
    match seen.variant.desired {
        _ if min_keeps_up(target, records) => Waiting::No,
        None if records.exist() => Waiting::For(Wait::Status(status)),
        Some(0) if decision.reason == Reason::EndpointBusy => Waiting::For(Wait::Status(status)),
        None | Some(0) => Waiting::No,
        Some(desired) if seen.variant.current.is_none_or(|current| current < desired) => {
            Waiting::For(Wait::Capacity)
        }
        Some(_) if status != EndpointStatus::InService => Waiting::For(Wait::Status(status)),
        Some(_) if seen.backlog == Backlog::NotRead => Waiting::NotForMore,
        Some(_) if decision.reason == Reason::BacklogUnknown => Waiting::For(Wait::Backlog),
        Some(_) => Waiting::No,
    }
}

/// Whether this tick reports long waits. Only the first tick of each hour in UTC does, so that a long wait
/// does not fail every tick.
pub fn is_reported_at(now: Timestamp) -> bool {
    now.as_second().div_euclid(60).rem_euclid(60) == 0
}
