//! The judgement: pure, without I/O and without a clock.
//!
//! [`decide`] reads like the rules. What every signal has in common stands in this file: whom we
//! leave alone, and how far a decision may go. [`wake`], [`tick`] and [`command`] hold the rest,
//! [`evidence`] what counts as proof of idleness.

pub mod command;
pub mod evidence;
pub mod min_owner;
pub mod overdue;
pub mod tick;
pub mod upkeep;
pub mod wake;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

pub use evidence::{Backlog, Evidence};
pub use min_owner::MinOwner;

use crate::{
    config::Policy,
    lease::Records,
    port::{Endpoint, EndpointStatus, ScalableTarget, Variant},
    reason::Reason,
};

/// Ticks come every minute: when a decision that waits for the next one is looked at again.
pub const TICK: SignedDuration = SignedDuration::from_secs(60);

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

    fn of(action: Action, reason: Reason) -> Self {
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

    fn recheck(mut self, after: SignedDuration) -> Self {
        self.recheck_in = Some(after.max(SignedDuration::ZERO));
        self
    }

    fn unserved(mut self) -> Self {
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

/// Judges one variant.
pub fn decide(trigger: Trigger, seen: &Observed, policy: &Policy, now: Timestamp) -> Verdict {
    if trigger == Trigger::Status {
        return Decision::none(Reason::Status).into();
    }
    if let Some(reason) = leave_alone(&seen.endpoint, &seen.variant) {
        let decision = Decision::none(reason);
        let lost = matches!(reason, Reason::EndpointFailed | Reason::EndpointDeleting)
            && !matches!(trigger, Trigger::Tick | Trigger::EndpointChanged);
        return if lost { decision.unserved() } else { decision }.into();
    }
    match trigger {
        Trigger::Input => wake::decide(seen, policy, now, Reason::WorkArrived).into(),
        Trigger::Alarm => wake::decide(seen, policy, now, Reason::AlarmFired).into(),
        Trigger::Wake => wake::decide(seen, policy, now, Reason::Requested).into(),
        Trigger::Tick | Trigger::EndpointChanged => tick::decide(seen, policy, now),
        Trigger::Sleep { force } => command::sleep(seen, policy, now, force),
        Trigger::Hold { until } => command::hold(seen, policy, now, until).into(),
        Trigger::Release => command::release(seen, now).into(),
        Trigger::Status => Decision::none(Reason::Status).into(),
    }
}

/// Whom neither a wake nor a sleep concerns.
fn leave_alone(endpoint: &Endpoint, variant: &Variant) -> Option<Reason> {
    match endpoint.status {
        EndpointStatus::Failed => return Some(Reason::EndpointFailed),
        EndpointStatus::Deleting => return Some(Reason::EndpointDeleting),
        EndpointStatus::OutOfService
        | EndpointStatus::Creating
        | EndpointStatus::Updating
        | EndpointStatus::SystemUpdating
        | EndpointStatus::RollingBack
        | EndpointStatus::InService
        | EndpointStatus::UpdateRollbackFailed
        | EndpointStatus::Other => {}
    }
    if !endpoint.asynchronous {
        Some(Reason::NotAsync)
    } else if variant.serverless {
        Some(Reason::Serverless)
    } else if variant.managed {
        Some(Reason::ManagedInstanceScaling)
    } else {
        None
    }
}

/// Whether SageMaker takes a change of capacity in this status. The two states after a failure are
/// tried (assumption: AWS documents no refusal there, and a refusal is reported).
fn updatable(status: EndpointStatus) -> bool {
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

/// Whether the floor is ours to put back to 0. One whose record is just over is AWS's to drop, unless AWS
/// misses the action.
fn floor_is_ours(target: &ScalableTarget, records: &Records) -> bool {
    match MinOwner::of(target, records) {
        MinOwner::Ours => true,
        MinOwner::OursEnding => target.suspended.scheduled,
        MinOwner::None | MinOwner::Owner => false,
    }
}

/// Whether AWS misses a floor record that is just over, because scheduled scaling is suspended: nobody but
/// us puts its floor back.
pub(crate) fn is_missed(target: &ScalableTarget, records: &Records) -> bool {
    target.suspended.scheduled && records.floor_just_over
}

/// A `MinCapacity` that we do not change keeps the endpoint up.
pub(crate) fn min_keeps_up(target: &ScalableTarget, records: &Records) -> bool {
    target.min >= 1 && !floor_is_ours(target, records)
}

/// The same, as far as a wake may rest on it: a floor of ours that is ending would take the wake with it.
pub(crate) fn min_outlasts(target: &ScalableTarget, records: &Records) -> bool {
    MinOwner::of(target, records) == MinOwner::Owner
}

/// Where the floor should go when the endpoint is to stay awake with `desired` instances.
pub(crate) fn floor_while_awake(
    target: &ScalableTarget,
    records: &Records,
    desired: Option<i32>,
) -> Result<Option<Floor>, FloorWithheld> {
    let withheld = if target.suspended.scheduled {
        Some(FloorWithheld::ScheduledScalingSuspended)
    } else if records.foreign_min {
        // At R, or with a sleep, our floor would take the minimum that the schedule sets with it.
        Some(FloorWithheld::ForeignScheduledAction)
    } else {
        None
    };
    match withheld {
        Some(withheld) if !floor_is_ours(target, records) => return Err(withheld),
        // AWS would scale in to the maximum: rule 2. A sleep puts the floor back.
        Some(_) if desired.is_some_and(|desired| desired > target.max) => {
            return Err(FloorWithheld::CapacityOutOfBounds);
        }
        Some(_) => return Ok(Some(Floor::Lower)),
        None => {}
    }
    if target.min >= 1 {
        return Ok(None);
    }
    if target.suspended.scaling_out {
        return Err(FloorWithheld::ScalingOutSuspended);
    }
    match desired {
        // Capacity that is not granted yet needs no floor, and one that never comes must not leave one.
        Some(0) => Ok(None),
        Some(desired) if desired <= target.max && target.max >= 1 => Ok(Some(Floor::Raise)),
        _ => Err(FloorWithheld::CapacityOutOfBounds),
    }
}

/// Attaches what [`floor_while_awake`] says. A floor is raised right after a record that drops it was written,
/// or not at all: what was read of the records may be older than a write that cancelled them.
fn with_floor(
    mut decision: Decision,
    target: &ScalableTarget,
    records: &Records,
    desired: Option<i32>,
    now: Timestamp,
) -> Decision {
    match floor_while_awake(target, records, desired) {
        Ok(floor) => decision.floor = floor,
        Err(withheld) => decision.floor_withheld = Some(withheld),
    }
    if decision.floor == Some(Floor::Raise) && decision.records.is_empty() {
        decision.records.extend(records.latest_live(now).map(RecordWrite::MakeFloor));
    }
    decision
}
