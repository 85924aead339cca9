//! The state of one variant that was read.

use jiff::Timestamp;
use serde::Serialize;

use crate::{
    decide::{Observed, Read},
    lease::{Record, Records},
    port::{ScalableTarget, VariantId},
};

/// The state of one variant that was read.
pub(super) struct Seen {
    pub(super) id: VariantId,
    pub(super) observed: Observed,
}

/// The instances of a variant when it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instances {
    /// `DesiredInstanceCount`.
    pub desired: Option<i32>,
    /// `CurrentInstanceCount`.
    pub current: Option<i32>,
}

/// The answer to the command `status`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Status {
    /// `EndpointStatus`.
    pub endpoint_status: &'static str,
    /// `CurrentInstanceCount`.
    pub current: Option<i32>,
    /// `DesiredInstanceCount`.
    pub desired: Option<i32>,
    /// `MinCapacity` of the scalable target, if it is registered.
    pub min_capacity: Option<i32>,
    /// `MaxCapacity` of the scalable target, if it is registered.
    pub max_capacity: Option<i32>,
    /// When the lease ends, if it exists.
    pub lease_ends: Option<Timestamp>,
    /// When the work record ends, if it exists.
    pub work_ends: Option<Timestamp>,
    /// When the hold ends, if it exists.
    pub hold_ends: Option<Timestamp>,
    /// Whether the endpoint is kept awake.
    pub kept_awake: bool,
    /// Whether scaling in is suspended. Not part of the answer: `scalerctl` shows it for its own commands.
    #[serde(skip)]
    pub scaling_in_suspended: bool,
}

impl Seen {
    pub(super) fn instances(&self) -> Instances {
        let variant = &self.observed.variant;
        Instances { desired: variant.desired, current: variant.current }
    }

    pub(super) fn records(&self) -> Option<&Records> {
        match &self.observed.records {
            Read::Known(records) => Some(records),
            Read::Failed => None,
        }
    }

    pub(super) fn target(&self) -> Option<&ScalableTarget> {
        match &self.observed.target {
            Read::Known(target) => target.as_ref(),
            Read::Failed => None,
        }
    }

    pub(super) fn status(&self, now: Timestamp) -> Status {
        let records = self.records().copied().unwrap_or_default();
        Status {
            endpoint_status: self.observed.endpoint.status.as_str(),
            current: self.observed.variant.current,
            desired: self.observed.variant.desired,
            min_capacity: self.target().map(|target| target.min),
            max_capacity: self.target().map(|target| target.max),
            lease_ends: records.lease.map(Record::ends_at),
            work_ends: records.work.map(Record::ends_at),
            hold_ends: records.hold.map(Record::ends_at),
            kept_awake: records.live(now),
            scaling_in_suspended: self.target().is_some_and(|target| target.suspended.scaling_in),
        }
    }
}
