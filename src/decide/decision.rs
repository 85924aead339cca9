//! A decision: the changes to make, and the reason.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::{lease::Kept, reason::Reason};

/// Interval of the ticks: a decision that waits for the next tick is made again after this time.
pub const TICK: SignedDuration = SignedDuration::from_secs(60);

/// The action that the function reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Request capacity.
    Wake,
    /// Set desired capacity to 0.
    Sleep,
    /// Write a hold.
    Hold,
    /// Renew the lease or its floor.
    Extend,
    /// Remove the hold, the lease or the floor.
    Release,
    /// Change nothing.
    None,
}

impl Action {
    /// The value in answers and logs.
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

/// A change to our records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordWrite {
    /// Set the end of this record to the time or later.
    Extend(Kept, Timestamp),
    /// End this record now.
    End(Kept),
    /// Set the end of the hold to this time.
    Hold(Timestamp),
    /// Change the record with this name so that it lowers our floor at its R.
    MakeFloor(&'static str),
    /// Change the record with this name so that it changes nothing at its R.
    MakePlain(&'static str),
    /// Cancel floor records whose R has passed. Then a `MinCapacity` of 1 counts as the owner's.
    CancelEnded,
    /// Delete the record with this name, unless an earlier record write failed.
    Delete(&'static str),
}

/// The change to `MinCapacity`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Floor {
    /// Set it to 1, so that no scaling policy scales in the new instance.
    Raise,
    /// Set it to 0.
    Lower,
}

/// Why the floor was not raised. A scaling policy can still scale in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorWithheld {
    /// The variant is not a registered scalable target.
    NotRegistered,
    /// The scalable target or its scheduled actions could not be read.
    Unreadable,
    /// Scaling out is suspended.
    ScalingOutSuspended,
    /// Scheduled scaling is suspended: AWS would not lower the floor at R.
    ScheduledScalingSuspended,
    /// A scheduled action that is not ours sets `MinCapacity`.
    ForeignScheduledAction,
    /// Desired capacity is unknown or above `MaxCapacity`. AWS would change it if the floor were raised.
    CapacityOutOfBounds,
}

/// What the ledger must show at the last look of a sleep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerAtSleep {
    /// The results are not connected.
    NotUsed,
    /// Nothing is outstanding. If the ledger cannot be read, the endpoint stays awake.
    Done,
    /// Nothing is outstanding that was touched at this time or later. Older items are forgotten. If the ledger cannot be
    /// read, the metric alone decides.
    NoneSince(Timestamp),
}

impl LedgerAtSleep {
    /// Outstanding items that were touched at this time or later prevent the sleep.
    pub fn since(self) -> Timestamp {
        match self {
            Self::NotUsed | Self::Done => Timestamp::MIN,
            Self::NoneSince(since) => since,
        }
    }
}

/// The changes to make, and the reason.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The action, in the terms of docs/reference.md.
    pub action: Action,
    /// The reason.
    pub reason: Reason,
    /// Desired capacity to request. `None`: do not change it.
    pub capacity: Option<i32>,
    /// Record changes, in order. They are made after the capacity request.
    pub records: Vec<RecordWrite>,
    /// For a sleep: what the ledger must show at the last look.
    pub ledger: LedgerAtSleep,
    /// Change to the floor. It is made after the record changes.
    pub floor: Option<Floor>,
    /// Why the floor is not raised although the endpoint is kept awake.
    pub floor_withheld: Option<FloorWithheld>,
    /// Time after which the decision can change without an event. `None`: only an event can change it.
    pub recheck_in: Option<SignedDuration>,
    /// The request cannot be carried out and no record stores it. The invocation fails so that the caller
    /// retries.
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
            ledger: LedgerAtSleep::NotUsed,
            floor: None,
            floor_withheld: None,
            recheck_in: None,
            unserved: false,
        }
    }

    /// Until when the endpoint is kept awake if this decision is carried out. `None` if it is not. `present`: the end
    /// of the present lease or hold.
    pub fn awake_until(&self, present: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let ends_now = self.records.iter().any(|write| matches!(write, RecordWrite::End(_)));
        let written = self.records.iter().filter_map(|write| match write {
            RecordWrite::Extend(_, end) | RecordWrite::Hold(end) => Some(*end),
            RecordWrite::End(_)
            | RecordWrite::MakeFloor(_)
            | RecordWrite::MakePlain(_)
            | RecordWrite::CancelEnded
            | RecordWrite::Delete(_) => None,
        });
        written.chain(present.filter(|_| !ends_now)).max().filter(|end| now < *end)
    }

    /// Whether it changes nothing in AWS.
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

/// A decision, or the data that is missing for it.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// The decision.
    Decided(Decision),
    /// `ApproximateBacklogSize` must be read first. Then call [`super::decide`] again.
    ReadBacklog,
}

impl From<Decision> for Verdict {
    fn from(decision: Decision) -> Self {
        Self::Decided(decision)
    }
}
