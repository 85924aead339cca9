//! Who set `MinCapacity` of a scalable target.

use jiff::Timestamp;
use reactive_scaler::{
    decide::MinOwner,
    lease::Records,
    port::{ScalableTarget, ScheduledAction},
};

/// Whether the endpoint's owner set a `MinCapacity` above 0, by the function's own rule.
pub fn set_minimum(target: &ScalableTarget, actions: &[ScheduledAction], now: Timestamp) -> bool {
    let records = Records::read(actions, &target.id, now);
    MinOwner::of(target, &records) == MinOwner::Owner
}
