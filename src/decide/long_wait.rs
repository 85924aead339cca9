//! What an endpoint that is kept awake waits for, and from when on a wait is reported.

use jiff::{SignedDuration, Timestamp};

use super::{
    decision::Decision,
    floor::min_keeps_up,
    idle_evidence::Backlog,
    observed::{Observed, Read},
};
use crate::{port::EndpointStatus, reason::Reason};

/// What is waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// `ApproximateBacklogSize`: it is missing, stale or unreadable.
    Backlog,
    /// Instances that were requested.
    Capacity,
    /// A status in which the endpoint can be judged or changed.
    Status(EndpointStatus),
}

/// Whether a look found the endpoint waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waiting {
    /// For this.
    For(Wait),
    /// For nothing.
    No,
    /// For nothing but perhaps the backlog, which was not read.
    NotForMore,
    /// The look could not tell.
    Unknown,
}

impl Wait {
    /// How long it may take before it is reported.
    ///
    /// Capacity: three times the longest provisioning that was reported (643 s for a GPU). The others: an
    /// hour, by which a container must have started (API: `ContainerStartupHealthCheckTimeoutInSeconds` is at
    /// most 3600).
    pub fn bound(self) -> SignedDuration {
        match self {
            Self::Capacity => SignedDuration::from_mins(30),
            Self::Backlog | Self::Status(_) => SignedDuration::from_mins(60),
        }
    }

    /// Whether both are waits for the same, whatever the status.
    pub fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// The reason of a decision that goes on waiting after the bound.
    pub fn reason(self) -> Reason {
        match self {
            Self::Backlog => Reason::BacklogUnknown,
            Self::Capacity => Reason::NoCapacity,
            Self::Status(_) => Reason::NotInService,
        }
    }
}

/// What the endpoint waits for while we keep it awake.
pub fn waiting(seen: &Observed, decision: &Decision) -> Waiting {
    let (Read::Known(Some(target)), Read::Known(records)) = (&seen.target, &seen.records) else {
        return Waiting::Unknown;
    };
    let status = seen.endpoint.status;
    match seen.variant.desired {
        _ if min_keeps_up(target, records) => Waiting::No,
        None if records.stand() => Waiting::For(Wait::Status(status)),
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

/// Whether the tick of this minute reports what has waited too long: that of the first minute of each hour
/// in UTC, so that a wait that goes on is reported, and does not fail every tick.
pub fn is_reported_at(now: Timestamp) -> bool {
    now.as_second().div_euclid(60).rem_euclid(60) == 0
}
