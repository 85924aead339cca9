//! A wake never scales in, and never leaves the bounds.

use reactive_scaler::decide::{Action, Trigger};
use reactive_scaler::reason::Reason;

use super::stage::{UPLOADS, endpoint_at, lease, minutes};

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
fn max_zero_is_switched_off_and_max_one_is_not() {
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
fn a_tick_wakes_nothing_that_is_switched_off() {
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
