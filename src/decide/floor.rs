//! The floor: a `MinCapacity` of 1 that the function sets while the endpoint is to stay awake.

use jiff::Timestamp;

use super::{
    decision::{Decision, Floor, FloorWithheld, RecordWrite, TICK},
    min_owner::MinOwner,
};
use crate::{lease::Records, port::ScalableTarget};

/// Whether the floor is ours and the function must lower it. If the R of its record has just passed, AWS
/// lowers it, unless scheduled scaling is suspended.
pub(super) fn floor_is_ours(target: &ScalableTarget, records: &Records) -> bool {
    match MinOwner::of(target, records) {
        MinOwner::Ours => true,
        MinOwner::OursEnding => target.suspended.scheduled,
        MinOwner::None | MinOwner::Owner => false,
    }
}

/// Whether the R of a floor record has just passed while scheduled scaling is suspended. AWS skips the
/// action, so the function must lower the floor.
pub(crate) fn is_missed(target: &ScalableTarget, records: &Records) -> bool {
    target.suspended.scheduled && records.floor_just_over
}

/// Whether a `MinCapacity` that the function does not change keeps the endpoint awake.
pub(crate) fn min_keeps_up(target: &ScalableTarget, records: &Records) -> bool {
    target.min >= 1 && !floor_is_ours(target, records)
}

/// Whether a wake can rely on `MinCapacity`. It cannot rely on our floor, which AWS is about to lower.
pub(crate) fn min_outlasts(target: &ScalableTarget, records: &Records) -> bool {
    MinOwner::of(target, records) == MinOwner::Owner
}

/// The change to the floor for an endpoint that is kept awake with `desired` instances.
pub(crate) fn floor_while_awake(
    target: &ScalableTarget,
    records: &Records,
    desired: Option<i32>,
) -> Result<Option<Floor>, FloorWithheld> {
    let withheld = if target.suspended.scheduled {
        Some(FloorWithheld::ScheduledScalingSuspended)
    } else if records.foreign_min {
        // At R or on scale in, lowering our floor would also remove the minimum that the other schedule sets.
        Some(FloorWithheld::ForeignScheduledAction)
    } else {
        None
    };
    match withheld {
        Some(withheld) if !floor_is_ours(target, records) => return Err(withheld),
        // AWS would scale in to `MaxCapacity` (rule 2). The next sleep lowers the floor.
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
        // A floor is not needed before the capacity is granted. If the capacity is never granted, the floor
        // must not remain.
        Some(0) => Ok(None),
        Some(desired) if desired <= target.max && target.max >= 1 => Ok(Some(Floor::Raise)),
        _ => Err(FloorWithheld::CapacityOutOfBounds),
    }
}

/// Adds the result of [`floor_while_awake`]. The function raises the floor only directly after it wrote a
/// record that lowers it: the records that were read can be older than a write that cancelled them.
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
        // A record that ends within a minute may have ended by the clock of another container. That container may have
        // lowered the floor, and cancels the record next: the floor would then count as the owner's.
        match records.latest_live(now + TICK) {
            Some(name) => decision.records.push(RecordWrite::MakeFloor(name)),
            None => decision.floor = None,
        }
    }
    decision
}
