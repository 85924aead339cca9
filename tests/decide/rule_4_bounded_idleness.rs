//! Rule 4: bounded idle time, and the life of the lease.

use reactive_scaler::decide::{Action, Floor, FloorWithheld, RecordWrite, Trigger};
use reactive_scaler::lease::LEASE;
use reactive_scaler::port::EndpointStatus;
use reactive_scaler::reason::Reason;

use super::setup::{QUIET, endpoint_at, lease, minutes, seconds};

#[test]
fn an_endpoint_that_somebody_else_woke_is_adopted_first() {
    let decision = endpoint_at(2).backlog(QUIET).decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::Adopted));
    assert_eq!((lease(&decision), decision.floor), (Some(minutes(10)), Some(Floor::Raise)));
    // A record that AWS still lists after its R does not count.
    let passed = endpoint_at(2).records(|r| r.garbled = true);
    assert_eq!(passed.says(Trigger::Tick), (Action::Extend, Reason::Adopted));
}

#[test]
fn on_the_way_up_the_idle_window_does_not_start() {
    let waiting = |left| endpoint_at(1).lease_ends_in(left).variant(|v| v.current = Some(0));
    // A command renews the lease like an input: only if the lease gains more than W.
    let decision = waiting(minutes(10) - seconds(1)).decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::OnTheWayUp));
    assert_eq!(lease(&decision), Some(minutes(11)));
    assert_eq!(waiting(minutes(10)).says(Trigger::Tick), (Action::None, Reason::OnTheWayUp));
    // The lease has ended while instances start. The endpoint gets its idle window before a decision about sleep.
    for status in [EndpointStatus::Updating, EndpointStatus::InService] {
        let ended = waiting(minutes(-5)).status(status);
        assert_eq!(ended.says(Trigger::Tick), (Action::Extend, Reason::OnTheWayUp));
    }
}

#[test]
fn a_change_of_another_variant_extends_nothing() {
    let beside = |current, desired, left| {
        let mut world = endpoint_at(1).lease_ends_in(left).status(EndpointStatus::Updating);
        let mut other = world.seen.variant.clone();
        (other.name, other.current, other.desired) = ("Other".into(), current, desired);
        world.seen.endpoint.variants.push(other);
        world
    };
    for (current, desired) in [(1, 0), (0, 1), (2, 1)] {
        let beside = |left| beside(Some(current), Some(desired), left);
        assert_eq!(beside(minutes(1)).says(Trigger::Tick), (Action::None, Reason::LeaseLive));
        let ended = beside(minutes(-1)).floor(0).decide(Trigger::Tick);
        assert_eq!((ended.action, ended.reason), (Action::None, Reason::NotInService));
        assert_eq!((ended.floor, ended.records), (None, vec![]));
        // Without its record, the variant would be adopted.
        let runs_out = beside(minutes(-7)).floor(0).decide(Trigger::Tick);
        assert_eq!((runs_out.action, runs_out.reason), (Action::Extend, Reason::NotInService));
        assert_eq!((runs_out.floor, lease(&runs_out)), (None, Some(minutes(0))));
        // The same for a variant whose own instances start.
        let starting = beside(minutes(-1)).variant(|v| v.current = Some(0));
        assert_eq!(starting.says(Trigger::Tick), (Action::Extend, Reason::OnTheWayUp));
        // Not `Updating` because of the other.
        let maintained = beside(minutes(-1)).status(EndpointStatus::SystemUpdating);
        assert_eq!(maintained.says(Trigger::Tick), (Action::Extend, Reason::OnTheWayUp));
    }
    // A deployment, or unknown.
    for (current, desired) in [(Some(1), Some(1)), (None, Some(1)), (Some(1), None)] {
        let deployed = beside(current, desired, minutes(-1));
        assert_eq!(deployed.says(Trigger::Tick), (Action::Extend, Reason::OnTheWayUp));
    }
}

#[test]
fn a_floor_that_somebody_reset_is_raised_again() {
    let world = endpoint_at(1).lease_ends_in(minutes(5)).floor(0);
    let decision = world.decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::FloorRestored));
    assert_eq!(decision.floor, Some(Floor::Raise));
    assert_eq!(decision.records, [RecordWrite::MakeFloor(LEASE)]);
}

#[test]
fn a_floor_is_not_raised_again_beside_a_record_that_ends_within_a_minute() {
    for trigger in [Trigger::Tick, Trigger::Alarm, Trigger::Invocation] {
        let floor = |left| {
            let decision = endpoint_at(1).lease_ends_in(left).floor(0).decide(trigger);
            // An alarm renews the lease without results.
            let renewed = decision.records.iter().any(|w| matches!(w, RecordWrite::Extend(..)));
            (decision.floor, renewed)
        };
        assert_eq!(floor(seconds(61)).0, Some(Floor::Raise), "{trigger:?}");
        let (raised, renewed) = floor(seconds(60));
        assert_eq!(raised.is_some(), renewed, "{trigger:?}");
    }
    let ending = endpoint_at(1).lease_ends_in(seconds(60)).floor(0).decide(Trigger::Tick);
    assert_eq!((ending.action, ending.reason), (Action::None, Reason::LeaseLive));
    assert_eq!((ending.floor, ending.records), (None, vec![]));
}

#[test]
fn a_floor_that_is_not_raised_has_a_reason_and_the_lease_is_written() {
    for (world, withheld) in [
        (
            endpoint_at(0).suspended(|s| s.scheduled = true),
            FloorWithheld::ScheduledScalingSuspended,
        ),
        (endpoint_at(0).records(|r| r.foreign_min = true), FloorWithheld::ForeignScheduledAction),
        (endpoint_at(5), FloorWithheld::CapacityOutOfBounds),
        (endpoint_at(1).suspended(|s| s.scaling_out = true), FloorWithheld::ScalingOutSuspended),
    ] {
        let decision = world.decide(Trigger::Input);
        assert_eq!((decision.floor, decision.floor_withheld), (None, Some(withheld)));
        assert!(lease(&decision).is_some(), "the lease protects all the same");
    }
    assert_eq!(endpoint_at(4).decide(Trigger::Input).floor, Some(Floor::Raise));
}

#[test]
fn our_floor_is_removed_if_aws_would_miss_its_release() {
    for left in [minutes(5), minutes(-1)] {
        let world = endpoint_at(1)
            .lease_ends_in(left)
            .suspended(|s| (s.scheduled, s.scaling_in) = (true, true));
        assert_eq!(world.decide(Trigger::Tick).floor, Some(Floor::Lower));
    }
    let users = endpoint_at(1).floor(1).suspended(|s| s.scheduled = true);
    assert_eq!(users.decide(Trigger::Tick).floor, None);
}

#[test]
fn a_min_of_one_is_ours_exactly_with_our_record_beside_it() {
    let users = endpoint_at(1).floor(1);
    for trigger in [Trigger::Tick, Trigger::Input] {
        let decision = users.decide(trigger);
        assert_eq!((decision.action, decision.reason), (Action::None, Reason::MinCapacitySet));
        assert!(decision.records.is_empty() && decision.floor.is_none());
    }
    let ours = endpoint_at(1).lease_ends_in(minutes(5));
    assert_eq!(ours.says(Trigger::Tick), (Action::None, Reason::LeaseLive));
    let two = endpoint_at(2).lease_ends_in(minutes(5)).floor(2);
    assert_eq!(two.says(Trigger::Tick), (Action::None, Reason::MinCapacitySet));
}

#[test]
fn our_floor_is_restored_only_if_aws_would_not_scale_in() {
    let at = |count| endpoint_at(count).lease_ends_in(minutes(5)).suspended(|s| s.scheduled = true);
    let at_the_maximum = at(4).decide(Trigger::Tick);
    assert_eq!((at_the_maximum.floor, at_the_maximum.floor_withheld), (Some(Floor::Lower), None));
    let above = at(5).decide(Trigger::Tick);
    let withheld = Some(FloorWithheld::CapacityOutOfBounds);
    assert_eq!((above.floor, above.floor_withheld), (None, withheld));
}
