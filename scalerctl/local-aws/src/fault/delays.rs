//! Faults of time: datapoints that arrive late, and calls that AWS throttles.

use std::time::Duration;

use jiff::Timestamp;
use simulator::{Fault, Settings, World};

/// Longer than the function waits for a datapoint. Assumption: AWS documents no bound, and users report 5 to 10 minutes
/// for other metrics of async endpoints.
const LATE: Duration = Duration::from_secs(15 * 60);

/// The call that changes the capacity. AWS has one limit for each operation, so the others are not throttled.
const THROTTLED: &str = "UpdateEndpointWeightsAndCapacities";

pub(super) fn delay_metrics(world: &mut World) {
    world.settings.metric_lag = LATE;
}

pub(super) fn end_delay(world: &mut World) {
    world.settings.metric_lag = Settings::default().metric_lag;
}

pub(super) fn are_metrics_late(world: &World) -> bool {
    world.settings.metric_lag >= LATE
}

pub(super) fn throttle(world: &mut World) {
    if !is_throttled(world) {
        let now = world.now();
        world.faults.fail_between(THROTTLED, Fault::Throttled, now, Timestamp::MAX);
    }
}

pub(super) fn end_throttling(world: &mut World) {
    world.faults.stop(THROTTLED);
}

pub(super) fn is_throttled(world: &World) -> bool {
    world.faults.fails_at(THROTTLED, world.now())
}
