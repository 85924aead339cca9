//! A wake never scales in, and never leaves the bounds.

use reactive_scaler::decide::{Action, Floor, Trigger};
use reactive_scaler::reason::Reason;

use super::setup::{UPLOADS, endpoint_at, lease, minutes};

#[test]
fn a_wake_keeps_to_the_bounds() {
    for (wake_to, min, max, capacity) in
        [(1, 0, 4, 1), (3, 0, 4, 3), (4, 0, 4, 4), (5, 0, 4, 4), (2, 0, 1, 1), (1, 2, 4, 2)]
    {
        let mut world = endpoint_at(0).target(|t| (t.min, t.max) = (min, max));
        world.policy.wake_to = wake_to;
        let decision = world.decide(Trigger::Input);
        assert_eq!(decision.capacity, Some(capacity), "wake_to {wake_to} in {min}..={max}");
    }
}

#[test]
fn a_maximum_of_zero_disables_wakes_and_a_maximum_of_one_does_not() {
    let off = endpoint_at(0).target(|t| t.max = 0);
    for trigger in UPLOADS {
        let decision = off.decide(trigger);
        assert_eq!((decision.action, decision.reason), (Action::None, Reason::MaxIsZero));
        assert!(decision.records.is_empty() && decision.floor.is_none());
    }
    assert_eq!(endpoint_at(0).target(|t| t.max = 1).decide(Trigger::Input).capacity, Some(1));
}

#[test]
fn an_endpoint_that_is_up_is_never_given_another_capacity_by_work() {
    for (count, wake_to) in [(1, 1), (1, 3), (4, 1), (6, 1)] {
        let mut world = endpoint_at(count);
        world.policy.wake_to = wake_to;
        for trigger in UPLOADS {
            assert_eq!(world.decide(trigger).capacity, None, "{count} up, wake_to {wake_to}");
        }
    }
    let unknown = endpoint_at(0).variant(|v| (v.desired, v.current) = (None, None));
    let decision = unknown.decide(Trigger::Input);
    assert_eq!((decision.capacity, decision.reason), (None, Reason::CapacityUnknown));
    assert!(lease(&decision).is_some());
}

#[test]
fn a_tick_does_not_wake_an_endpoint_with_a_maximum_of_zero() {
    let live = endpoint_at(0).lease_ends_in(minutes(5)).floor(0);
    let ended = endpoint_at(0).lease_ends_in(minutes(-1)).floor(0);
    let waiting = ended.backlog(&[(140, 2.0)]);
    for world in [live, waiting] {
        let with_max = |max| world.clone().target(|t| t.max = max).decide(Trigger::Tick);
        let off = with_max(0);
        assert_eq!((off.capacity, off.reason), (None, Reason::MaxIsZero));
        assert_eq!(with_max(1).capacity, Some(1));
    }
}

#[test]
fn a_tick_without_proof_puts_our_floor_back_only_within_the_maximum() {
    for (count, floor) in [(4, Some(Floor::Lower)), (5, None)] {
        let ended = endpoint_at(count).lease_ends_in(minutes(-1)).backlog(&[]);
        let decision = ended.suspended(|s| s.scheduled = true).decide(Trigger::Tick);
        assert_eq!((decision.floor, decision.capacity), (floor, None), "{count}");
    }
}

#[test]
fn a_busy_endpoint_gets_the_instances_for_its_backlog_if_scaling_out_is_allowed() {
    let busy = |items: f64| {
        let mut world = endpoint_at(1).lease_ends_in(minutes(-1)).backlog(&[(140, items)]);
        world.policy.inputs_per_instance = Some(2);
        world
    };
    for (items, capacity) in [(2.0, None), (3.0, Some(2)), (100.0, Some(4))] {
        assert_eq!(busy(items).decide(Trigger::Tick).capacity, capacity, "{items}");
    }
    let suspended = busy(100.0).suspended(|s| s.scaling_out = true);
    assert_eq!(suspended.decide(Trigger::Tick).capacity, None);
}

#[test]
fn a_floor_that_cannot_be_put_back_keeps_its_record_from_running_out() {
    let at = |count, left, scheduled| {
        let ended = endpoint_at(count).lease_ends_in(left);
        ended.suspended(|s| (s.scaling_in, s.scheduled) = (true, scheduled)).says(Trigger::Tick)
    };
    // R comes ten minutes after the end: two are left, and nine.
    let (soon, later) = (minutes(-8), minutes(-1));
    assert_eq!(at(5, soon, true), (Action::Extend, Reason::ScalingInSuspended));
    for other in [at(5, later, true), at(5, soon, false), at(1, soon, false)] {
        assert_eq!(other, (Action::None, Reason::ScalingInSuspended));
    }
}
