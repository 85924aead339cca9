//! Our floor is lowered: at zero, or if AWS skips the action that would.

use crate::{
    decide::{
        decision::{Action, Decision, Floor},
        floor::floor_is_ours,
        observed::Observed,
    },
    lease::Records,
    port::ScalableTarget,
    reason::Reason,
};

pub(super) fn above_max(seen: &Observed, target: &ScalableTarget) -> bool {
    seen.variant.desired.is_some_and(|desired| desired > target.max)
}

/// Lowers the floor if scheduled scaling is suspended, because AWS skips the action at R. If desired capacity
/// is above `MaxCapacity`, the floor is kept: AWS would scale in (rule 2), and it is not proven that the
/// endpoint is idle.
pub(super) fn lower_if_missed(
    seen: &Observed,
    target: &ScalableTarget,
    records: &Records,
    otherwise: Reason,
) -> Decision {
    if target.suspended.scheduled && !above_max(seen, target) {
        lower_floor_or(target, records, otherwise)
    } else {
        Decision::none(otherwise)
    }
}

/// Lowers our floor if it exists. Otherwise the reason is `otherwise`.
pub(super) fn lower_floor_or(
    target: &ScalableTarget,
    records: &Records,
    otherwise: Reason,
) -> Decision {
    if floor_is_ours(target, records) {
        Decision {
            floor: Some(Floor::Lower),
            ..Decision::of(Action::Release, Reason::FloorLowered)
        }
    } else {
        Decision::none(otherwise)
    }
}
