//! Faults of capacity: the quota, and instances that AWS does not have.

use reactive_scaler::config::Route;
use simulator::World;

use crate::initial_world::variants;

/// The endpoints of the routes that exist.
fn endpoints(world: &World, routes: &[Route]) -> Vec<String> {
    let mut names: Vec<String> = variants(routes).map(|id| id.endpoint).collect();
    names.dedup();
    names.retain(|name| world.endpoint(name).is_some());
    names
}

/// A request above the quota is refused with `ResourceLimitExceeded`.
pub(super) fn set_quota(world: &mut World, routes: &[Route], instances: Option<i32>) {
    for name in endpoints(world, routes) {
        world.set_quota(&name, instances);
    }
}

pub(super) fn has_no_quota(world: &World, routes: &[Route]) -> bool {
    let names = endpoints(world, routes);
    names.iter().any(|name| world.endpoint(name).is_some_and(|it| it.quota == Some(0)))
}

/// A request is accepted, and the endpoint is `InService` with its old count after the time of a scale-out.
pub(super) fn set_shortage(world: &mut World, routes: &[Route], shortage: bool) {
    for name in endpoints(world, routes) {
        world.set_capacity_shortage(&name, shortage);
    }
}

pub(super) fn has_shortage(world: &World, routes: &[Route]) -> bool {
    let names = endpoints(world, routes);
    names.iter().any(|name| world.endpoint(name).is_some_and(|it| it.capacity_shortage))
}
