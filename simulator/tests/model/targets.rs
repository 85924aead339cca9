//! Application Auto Scaling: RegisterScalableTarget and the bounds it enforces.

use reactive_scaler::port::{EndpointStatus, Suspended, VariantId};
use simulator::{Actor, Event, Registration, World};

use crate::setup::*;

fn bounds(min: Option<i32>, max: Option<i32>) -> Registration {
    Registration { min, max, ..Registration::default() }
}

fn standing(world: &World) -> Option<(i32, i32)> {
    world.target(&id()).map(|target| (target.min, target.max))
}

/// Capacities that Application Auto Scaling requested.
fn asked(world: &World) -> Vec<i32> {
    let by_scaling = |event: &Event| match event {
        Event::CapacityRequested { to, by: Actor::AutoScaling, .. } => Some(*to),
        _ => None,
    };
    world.journal.events().filter_map(|(_, event)| by_scaling(event)).collect()
}

// API reference, RegisterScalableTarget: both bounds are required to register. An update keeps
// parameters that it does not contain. The minimum must not exceed the maximum.
#[test]
fn new_bounds_are_checked_together_with_the_current_ones() {
    let fresh = None;
    let stands = Some((1, 3));
    let rows = [
        ("both, fresh", fresh, (Some(0), Some(2)), Ok((0, 2))),
        ("equal, fresh", fresh, (Some(2), Some(2)), Ok((2, 2))),
        ("min above max, fresh", fresh, (Some(3), Some(2)), Err(())),
        ("min alone, fresh", fresh, (Some(0), None), Err(())),
        ("max alone, fresh", fresh, (None, Some(2)), Err(())),
        ("neither, fresh", fresh, (None, None), Err(())),
        ("below zero, fresh", fresh, (Some(-1), Some(2)), Err(())),
        ("min alone", stands, (Some(0), None), Ok((0, 3))),
        ("max alone", stands, (None, Some(1)), Ok((1, 1))),
        ("neither", stands, (None, None), Ok((1, 3))),
        ("min up to the max that stands", stands, (Some(3), None), Ok((3, 3))),
        ("min above the max that stands", stands, (Some(4), None), Err(())),
        ("max below the min that stands", stands, (None, Some(0)), Err(())),
    ];
    for (label, before, (min, max), expected) in rows {
        let mut world = endpoint_at(1);
        if let Some((min, max)) = before {
            world.register_target(&id(), min, max);
        }
        let result = world.register_scalable_target(&id(), bounds(min, max));
        match expected {
            Ok(after) => {
                result.unwrap();
                assert_eq!(standing(&world), Some(after), "{label}");
            }
            Err(()) => {
                assert_eq!(refusal(result).code, "ValidationException", "{label}");
                assert_eq!(standing(&world), before, "{label}");
            }
        }
    }
}

#[test]
fn only_existing_endpoints_can_be_registered() {
    let mut world = endpoint_at(1);
    let both = bounds(Some(0), Some(1));
    for missing in [VariantId::new("other", VARIANT), VariantId::new(ENDPOINT, "other")] {
        let result = world.register_scalable_target(&missing, both);
        assert_eq!(refusal(result).code, "ValidationException");
        assert_eq!(world.target(&missing), None);
    }
    world.register_scalable_target(&id(), both).unwrap();
}

// The guide: an update adjusts a capacity outside the bounds, even if the request contains no
// bounds.
#[test]
fn registering_clamps_the_capacity_and_even_without_a_bound() {
    let rows = [
        ("inside", 1, (0, 2), (None, None), None),
        ("at min", 1, (1, 2), (None, None), None),
        ("at max", 2, (0, 2), (None, None), None),
        ("above max, no bound named", 3, (0, 2), (None, None), Some(2)),
        ("below min, no bound named", 0, (1, 2), (None, None), Some(1)),
        ("above max, min named", 3, (0, 2), (Some(1), None), Some(2)),
        ("below the new min", 0, (0, 2), (Some(1), None), Some(1)),
        ("above the new max", 2, (0, 2), (None, Some(1)), Some(1)),
    ];
    for (label, count, (min, max), (new_min, new_max), expected) in rows {
        let mut world = target_at(count, min, max);
        assert!(asked(&world).is_empty(), "{label}: register_target is no API call");
        world.register_scalable_target(&id(), bounds(new_min, new_max)).unwrap();
        assert_eq!(asked(&world), Vec::from_iter(expected), "{label}");
        assert_eq!(world.capacity(&id()), (count, expected.unwrap_or(count)), "{label}");
    }
}

// The guide: if the resource isn't active, registering does not change the capacity.
#[test]
fn an_endpoint_that_is_not_in_service_is_not_clamped() {
    use EndpointStatus::*;
    for status in [Updating, SystemUpdating, OutOfService, UpdateRollbackFailed, Failed] {
        let mut world = target_at(3, 0, 2);
        world.begin_status(ENDPOINT, status, mins(5));
        world.register_scalable_target(&id(), Registration::default()).unwrap();
        assert_eq!(world.capacity(&id()), (3, 3), "{status:?}");
        world.advance(mins(5));
        assert_eq!(world.capacity(&id()), (3, 3), "{status:?}: and is not made up for");
        assert!(world.activities().is_empty(), "{status:?}: not even attempted");
        world.register_scalable_target(&id(), Registration::default()).unwrap();
        assert_eq!(world.capacity(&id()), (3, 2), "{status:?}");
    }
}

// The guide: while scaling is suspended, RegisterScalableTarget still changes the capacity.
#[test]
fn suspension_does_not_stop_the_clamp() {
    for (count, expected) in [(0, 1), (3, 2)] {
        let mut world = target_at(count, 1, 2);
        let all = Suspended { scaling_in: true, scaling_out: true, scheduled: true };
        world.suspend(&id(), all);
        world.register_scalable_target(&id(), Registration::default()).unwrap();
        assert_eq!(world.capacity(&id()), (count, expected));
    }
}

#[test]
fn each_part_of_the_suspended_state_changes_alone() {
    let mut world = target_at(1, 0, 2);
    let suspended = |world: &World| world.target(&id()).unwrap().suspended;
    let update = |world: &mut World, change: Registration| {
        world.register_scalable_target(&id(), change).unwrap();
        suspended(world)
    };
    let scaling_in = Registration { scaling_in_suspended: Some(true), ..Registration::default() };
    assert_eq!(
        update(&mut world, scaling_in),
        Suspended { scaling_in: true, ..Suspended::default() }
    );
    let scheduled = Registration { scheduled_suspended: Some(true), ..Registration::default() };
    let both = Suspended { scaling_in: true, scheduled: true, ..Suspended::default() };
    assert_eq!(update(&mut world, scheduled), both);
    assert_eq!(update(&mut world, bounds(Some(0), None)), both, "bounds leave it alone");
    let resume = Registration {
        scaling_in_suspended: Some(false),
        scaling_out_suspended: Some(true),
        ..Registration::default()
    };
    assert_eq!(
        update(&mut world, resume),
        Suspended { scaling_in: false, scaling_out: true, scheduled: true }
    );
}

#[test]
fn deregistering_what_is_not_registered_is_refused() {
    let mut world = target_at(1, 0, 2);
    world.deregister_scalable_target(&id()).unwrap();
    assert_eq!(world.target(&id()), None);
    let again = refusal(world.deregister_scalable_target(&id()));
    assert_eq!(again.code, "ObjectNotFoundException");
    assert!(again.message.contains("endpoint/my-endpoint/variant/AllTraffic"), "{again}");
    assert_eq!(world.endpoint(ENDPOINT).unwrap().status, EndpointStatus::InService);
    assert_eq!(world.capacity(&id()), (1, 1), "the capacity stays");
}

#[test]
fn setting_bounds_without_a_call_changes_no_capacity() {
    let mut world = target_at(3, 0, 4);
    world.set_bounds(&id(), 0, 1);
    world.advance(mins(5));
    assert_eq!(standing(&world), Some((0, 1)));
    assert_eq!(world.capacity(&id()), (3, 3));
    assert_eq!(world.calls_total(), 0);
}
