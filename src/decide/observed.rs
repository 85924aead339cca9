//! What a decision is based on: its trigger and what AWS answered.

use jiff::Timestamp;

use super::idle_evidence::Backlog;
use crate::{
    lease::Records,
    port::{Endpoint, EndpointStatus, ScalableTarget, Variant},
};

/// What a decision is made on account of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// An async input was uploaded.
    Input,
    /// A backlog alarm went into ALARM.
    Alarm,
    /// The schedule.
    Tick,
    /// SageMaker reported a change of the endpoint's status.
    EndpointChanged,
    /// A person asked for capacity.
    Wake,
    /// A person asked for zero. `force` skips the lease, never the backlog.
    Sleep {
        /// Skip the lease.
        force: bool,
    },
    /// A person asked to keep the endpoint awake until then.
    Hold {
        /// Until when.
        until: Timestamp,
    },
    /// A person lets go of hold and lease.
    Release,
    /// A person only asks.
    Status,
}

impl Trigger {
    /// Whether it asks for capacity at once: an endpoint at zero is woken by it.
    pub fn requests_capacity(self) -> bool {
        match self {
            Self::Input | Self::Alarm | Self::Wake => true,
            Self::Tick
            | Self::EndpointChanged
            | Self::Sleep { .. }
            | Self::Hold { .. }
            | Self::Release
            | Self::Status => false,
        }
    }

    /// Whether it asks that the endpoint stays awake: a lease or a hold is written for it.
    pub fn writes_a_record(self) -> bool {
        match self {
            Self::Input | Self::Alarm | Self::Wake | Self::Hold { .. } => true,
            Self::Tick
            | Self::EndpointChanged
            | Self::Sleep { .. }
            | Self::Release
            | Self::Status => false,
        }
    }
}

/// What was read, or the fact that it could not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read<T> {
    /// AWS answered.
    Known(T),
    /// AWS did not answer; the failure is reported beside the decision.
    Failed,
}

/// Everything a decision looks at.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// DescribeEndpoint's answer.
    pub endpoint: Endpoint,
    /// The variant in question.
    pub variant: Variant,
    /// Its scalable target; `None` inside when it is not registered.
    pub target: Read<Option<ScalableTarget>>,
    /// Its scheduled actions.
    pub records: Read<Records>,
    /// `ApproximateBacklogSize`, where it was read.
    pub backlog: Backlog,
}

/// Whether SageMaker takes a change of capacity in this status. The two states after a failure are
/// tried (assumption: AWS documents no refusal there, and a refusal is reported).
pub(super) fn updatable(status: EndpointStatus) -> bool {
    match status {
        EndpointStatus::InService
        | EndpointStatus::OutOfService
        | EndpointStatus::UpdateRollbackFailed
        | EndpointStatus::Other => true,
        EndpointStatus::Creating
        | EndpointStatus::Updating
        | EndpointStatus::SystemUpdating
        | EndpointStatus::RollingBack
        | EndpointStatus::Deleting
        | EndpointStatus::Failed => false,
    }
}
