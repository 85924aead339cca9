//! The floor: a `MinCapacity` of 1 that the function sets while the endpoint is to stay awake.

use jiff::Timestamp;

use super::{
    decision::{Decision, Floor, FloorWithheld, RecordWrite},
    min_owner::MinOwner,
};
use crate::{lease::Records, port::ScalableTarget};

/// Whether the floor is ours to put back to 0. One whose record is just over is AWS's to drop, unless AWS
/// misses the action.
pub(super) fn floor_is_ours(target: &ScalableTarget, records: &Records) -> bool {
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
pub(super) fn with_floor(
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
