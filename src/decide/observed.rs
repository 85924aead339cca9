//! The data that a decision is based on: its trigger and the answers of AWS.

use jiff::Timestamp;

use super::{idle_evidence::Backlog, ledger_seen::LedgerSeen};
use crate::{
    lease::{Kept, Records},
    port::{Endpoint, EndpointStatus, ScalableTarget, Variant},
};

/// The event or request that a decision is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// An async input was uploaded. The ledger does not have it.
    Input,
    /// An async input was uploaded, and the ledger has it.
    InputInLedger,
    /// CloudTrail reports a call of `InvokeEndpointAsync` that the ledger does not explain.
    Invocation,
    /// A backlog alarm changed to ALARM.
    Alarm,
    /// The schedule started the invocation.
    Tick,
    /// SageMaker reported a change of the endpoint's status.
    EndpointChanged,
    /// A person requested capacity.
    Wake,
    /// A person requested zero instances. `force` ignores the lease but not the backlog.
    Sleep {
        /// Ignore the lease.
        force: bool,
    },
    /// A person requested that the endpoint stays awake.
    Hold {
        /// End of the hold.
        until: Timestamp,
    },
    /// A person removed the hold and ended the lease.
    Release,
    /// A person requested the status.
    Status,
}

impl Trigger {
    /// Whether it requests capacity immediately. If so, an endpoint with zero instances is woken.
    pub fn requests_capacity(self) -> bool {
        match self {
            Self::Input | Self::InputInLedger | Self::Invocation | Self::Alarm | Self::Wake => true,
            Self::Tick
            | Self::EndpointChanged
            | Self::Sleep { .. }
            | Self::Hold { .. }
            | Self::Release
            | Self::Status => false,
        }
    }

    /// Whether a decision because of it depends on the ledger.
    pub fn depends_on_ledger(self) -> bool {
        match self {
            Self::Tick | Self::EndpointChanged | Self::Sleep { .. } => true,
            Self::Input
            | Self::InputInLedger
            | Self::Invocation
            | Self::Alarm
            | Self::Wake
            | Self::Hold { .. }
            | Self::Release
            | Self::Status => false,
        }
    }

    /// The record that a wake because of it renews.
    pub fn renews(self) -> Kept {
        match self {
            Self::InputInLedger => Kept::Work,
            Self::Input
            | Self::Invocation
            | Self::Alarm
            | Self::Wake
            | Self::Tick
            | Self::EndpointChanged
            | Self::Sleep { .. }
            | Self::Hold { .. }
            | Self::Release
            | Self::Status => Kept::Lease,
        }
    }

    /// Whether a lease, a work record or a hold is written for it.
    pub fn writes_a_record(self) -> bool {
        match self {
            Self::Input
            | Self::InputInLedger
            | Self::Invocation
            | Self::Alarm
            | Self::Wake
            | Self::Hold { .. } => true,
            Self::Tick
            | Self::EndpointChanged
            | Self::Sleep { .. }
            | Self::Release
            | Self::Status => false,
        }
    }
}

/// The result of reading something from AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read<T> {
    /// AWS answered.
    Known(T),
    /// AWS did not answer. The failure is reported in addition to the decision.
    Failed,
}

impl<T> Read<T> {
    /// The value, if it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Failed => None,
        }
    }
}

/// The data that a decision is based on.
#[derive(Debug, Clone, PartialEq)]
pub struct Observed {
    /// The answer of DescribeEndpoint.
    pub endpoint: Endpoint,
    /// The production variant.
    pub variant: Variant,
    /// Its scalable target. `None` inside: it is not registered.
    pub target: Read<Option<ScalableTarget>>,
    /// Its scheduled actions.
    pub records: Read<Records>,
    /// `ApproximateBacklogSize`, if it was read.
    pub backlog: Backlog,
    /// The ledger, if the results are connected.
    pub ledger: LedgerSeen,
}

/// Whether SageMaker accepts a change of desired capacity in this status. `OutOfService` and
/// `UpdateRollbackFailed` are tried: AWS does not document that it refuses them (assumption), and a refusal
/// is reported.
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
