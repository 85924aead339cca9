//! A scale-in policy whose low alarm is in ALARM, and the floor that prevents the scale-in.

use reactive_scaler::port::Suspended;
use simulator::{Actor, Event, JobState, World};

use crate::setup::*;

/// An instance that has just started to serve, with a policy whose low alarm is in ALARM.
fn fresh_instance(min: i32) -> World {
    let mut world = target_at(0, min, 4);
    world.set_alarm_low(&id(), true);
    world.advance(secs(30));
    set_capacity(&mut world, 1).unwrap();
    world.advance(mins(6));
    assert_eq!(world.capacity(&id()), (1, 1));
    world
}

// The guide: an auto scaling alarm action is repeated every minute while the alarm is in that
// state. Users saw that it removes a new instance.
#[test]
fn an_alarm_low_scales_a_fresh_instance_in_unless_a_floor_holds_it() {
    for (floor, desired) in [(0, 0), (1, 1)] {
        let mut world = fresh_instance(floor);
        world.advance(mins(1));
        assert_eq!(world.capacity(&id()).1, desired, "floor {floor}");
    }
}

#[test]
fn it_acts_on_the_minute_and_only_while_the_endpoint_is_in_service() {
    let mut world = target_at(0, 0, 4);
    world.set_alarm_low(&id(), true);
    world.advance(secs(30));
    set_capacity(&mut world, 1).unwrap();
    // The instance serves from 6:30. During provisioning, the policy is skipped.
    world.advance_to(at(6 * 60 + 30));
    world.upload(ENDPOINT);
    world.advance_to(at(7 * 60 - 1));
    assert_eq!(world.capacity(&id()), (1, 1));
    assert!(world.activities().is_empty(), "a policy that is skipped leaves no trace");
    world.advance(secs(1));
    assert_eq!(world.capacity(&id()), (1, 0));
    assert_eq!(world.jobs()[0].state, JobState::Killed(at(7 * 60)));
    let by = Actor::AutoScaling;
    let asked = Event::CapacityRequested { id: id(), from: 1, to: 0, by };
    assert!(world.journal.events().any(|(time, event)| time == at(420) && *event == asked));
}

#[test]
fn it_stops_at_the_floor_and_continues_when_the_floor_is_lowered() {
    let mut world = target_at(3, 1, 4);
    world.set_alarm_low(&id(), true);
    world.advance(mins(2));
    assert_eq!(world.capacity(&id()), (1, 1));
    world.advance(mins(30));
    assert_eq!(world.capacity(&id()), (1, 1));
    world.set_bounds(&id(), 0, 4);
    world.advance(mins(2));
    assert_eq!(world.capacity(&id()), (0, 0));
}

// SuspendedState: only DynamicScalingInSuspended stops scale-in by policies.
#[test]
fn only_suspended_scale_in_stops_it() {
    let none = Suspended::default();
    let rows = [
        (none, 0),
        (Suspended { scaling_in: true, ..none }, 1),
        (Suspended { scaling_out: true, scheduled: true, ..none }, 0),
    ];
    for (suspended, desired) in rows {
        let mut world = fresh_instance(0);
        world.suspend(&id(), suspended);
        world.advance(mins(1));
        assert_eq!(world.capacity(&id()).1, desired, "{suspended:?}");
    }
}

#[test]
fn out_of_alarm_and_without_a_target_nothing_scales_in() {
    let mut world = fresh_instance(0);
    world.set_alarm_low(&id(), false);
    world.advance(mins(10));
    assert_eq!(world.capacity(&id()), (1, 1));
    world.set_alarm_low(&id(), true);
    world.deregister_target(&id());
    world.register_target(&id(), 0, 4);
    world.advance(mins(10));
    assert_eq!(world.capacity(&id()), (1, 1), "the policy went with its target");
}

#[test]
fn it_never_scales_out() {
    let mut world = target_at(0, 1, 4);
    world.set_alarm_low(&id(), true);
    world.advance(mins(10));
    assert_eq!(world.capacity(&id()), (0, 0));
    assert!(world.activities().is_empty());
}
