//! What a decision says.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::reason::Reason;

/// Ticks come every minute: when a decision that waits for the next one is looked at again.
pub const TICK: SignedDuration = SignedDuration::from_secs(60);

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Capacity is requested.
    Wake,
    /// Capacity goes to 0.
    Sleep,
    /// A hold is written.
    Hold,
    /// The lease or its floor is renewed.
    Extend,
    /// Hold, lease or floor are let go.
    Release,
    /// Nothing.
    None,
}

impl Action {
    /// As shown to users.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Wake => "wake",
            Self::Sleep => "sleep",
            Self::Hold => "hold",
            Self::Extend => "extend",
            Self::Release => "release",
            Self::None => "none",
        }
    }
}

/// What is to be written to our records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordWrite {
    /// The lease is to end no earlier than this.
    Lease(Timestamp),
    /// The lease is to end now, whatever it said.
    EndLease,
    /// The hold is to end then.
    Hold(Timestamp),
    /// The record of this name is to drop our floor at its R.
    MakeFloor(&'static str),
    /// The record of this name is to change nothing at its R.
    MakePlain(&'static str),
    /// Floor records that are over are cancelled: a floor that is found beside them is the owner's.
    CancelEnded,
    /// The action of this name goes, unless something before it could not be written.
    Delete(&'static str),
}

/// Where `MinCapacity` is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// To 1: no policy may scale the fresh instance in.
    Raise,
    /// Back to 0.
    Lower,
}

/// Why the floor was not raised, so that a policy may still scale in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorWithheld {
    /// The variant is not a registered scalable target.
    NotRegistered,
    /// The target or its actions could not be read.
    Unreadable,
    /// Scaling out is suspended.
    ScalingOutSuspended,
    /// Scheduled scaling is suspended: AWS would not drop the floor at R.
    ScheduledScalingSuspended,
    /// Somebody else's scheduled action sets `MinCapacity`.
    ForeignScheduledAction,
    /// Desired capacity is unknown or above `MaxCapacity`: AWS would change it.
    CapacityOutOfBounds,
}

/// What is to be done, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// What is done, in the contract's words.
    pub action: Action,
    /// Why.
    pub reason: Reason,
    /// Desired capacity to request; `None` leaves it alone.
    pub capacity: Option<i32>,
    /// Records to write, in order, after the capacity.
    pub records: Vec<RecordWrite>,
    /// Where the floor goes, after the records.
    pub floor: Option<Floor>,
    /// Why the floor is not raised although the endpoint is to stay awake.
    pub floor_withheld: Option<FloorWithheld>,
    /// When a look is worth while again; `None` when only an event can change anything.
    pub recheck_in: Option<SignedDuration>,
    /// What was asked for cannot be done and is remembered nowhere: the invocation fails.
    pub unserved: bool,
}

impl Decision {
    /// A decision that writes nothing.
    pub fn none(reason: Reason) -> Self {
        Self::of(Action::None, reason)
    }

    pub(super) fn of(action: Action, reason: Reason) -> Self {
        Self {
            action,
            reason,
            capacity: None,
            records: Vec::new(),
            floor: None,
            floor_withheld: None,
            recheck_in: None,
            unserved: false,
        }
    }

    /// Whether nothing is written on account of it.
    pub fn writes_nothing(&self) -> bool {
        self.capacity.is_none() && self.records.is_empty() && self.floor.is_none()
    }

    pub(super) fn recheck(mut self, after: SignedDuration) -> Self {
        self.recheck_in = Some(after.max(SignedDuration::ZERO));
        self
    }

    pub(super) fn unserved(mut self) -> Self {
        self.unserved = true;
        self
    }
}

/// Either a decision, or the one thing that must be read before there can be one.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Decided.
    Decided(Decision),
    /// `ApproximateBacklogSize` is needed: read it, and ask again.
    ReadBacklog,
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        Self::Decided(decision)
    }
}
