//! The setup of each test: one async endpoint, on a Monday at 14:00.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use simulator::{CallError, CallResult, Refusal, Settings, World};

pub const ENDPOINT: &str = "my-endpoint";
pub const VARIANT: &str = "AllTraffic";

pub fn start() -> Timestamp {
    "2030-01-07T14:00:00Z".parse().unwrap()
}

/// This many seconds after the start.
pub fn at(seconds: u64) -> Timestamp {
    start() + secs(seconds)
}

pub fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub fn mins(minutes: u64) -> Duration {
    secs(60 * minutes)
}

pub fn id() -> VariantId {
    VariantId::new(ENDPOINT, VARIANT)
}

/// The endpoint is `InService` with this many instances, and not registered.
pub fn endpoint_at(count: i32) -> World {
    endpoint_with(count, Settings::default())
}

pub fn endpoint_with(count: i32, settings: Settings) -> World {
    let mut world = World::with_settings(start(), settings);
    world.add_async_endpoint(ENDPOINT, VARIANT, count);
    world
}

/// The endpoint is `InService` with this many instances, registered with these bounds.
pub fn target_at(count: i32, min: i32, max: i32) -> World {
    target_with(count, min, max, Settings::default())
}

pub fn target_with(count: i32, min: i32, max: i32, settings: Settings) -> World {
    let mut world = endpoint_with(count, settings);
    world.register_target(&id(), min, max);
    world
}

/// UpdateEndpointWeightsAndCapacities of the endpoint's variant.
pub fn set_capacity(world: &mut World, desired: i32) -> CallResult<()> {
    world.update_endpoint_weights_and_capacities(ENDPOINT, &[(VARIANT.into(), Some(desired))])
}

/// The error of a call.
pub fn refusal<T: std::fmt::Debug>(result: CallResult<T>) -> Refusal {
    match result.expect_err("the call is refused") {
        CallError::Refused(refusal) => refusal,
        CallError::NoAnswer => panic!("no answer came"),
    }
}
