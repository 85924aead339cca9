//! No lost wake.

use reactive_scaler::decide::{Action, Floor, FloorWithheld, Read, Trigger, Verdict};
use reactive_scaler::port::EndpointStatus;
use reactive_scaler::reason::Reason;

use super::setup::{QUIET, UPLOADS, World, endpoint_at, lease, minutes, now, seconds};

#[test]
fn work_at_zero_asks_for_capacity_writes_the_lease_and_raises_the_floor() {
    for (trigger, reason) in UPLOADS.into_iter().zip([
        Reason::WorkArrived,
        Reason::AlarmFired,
        Reason::Requested,
        Reason::InvocationSeen,
    ]) {
        let decision = endpoint_at(0).decide(trigger);
        assert_eq!((decision.action, decision.reason), (Action::Wake, reason));
        assert_eq!(decision.capacity, Some(1));
        assert_eq!(lease(&decision), Some(minutes(11)), "idle window and W");
        assert_eq!(decision.floor, Some(Floor::Raise));
        assert_eq!(decision.floor_withheld, None);
    }
}

#[test]
fn a_status_that_takes_no_change_keeps_the_wake_in_the_lease() {
    for status in [
        EndpointStatus::Creating,
        EndpointStatus::Updating,
        EndpointStatus::SystemUpdating,
        EndpointStatus::RollingBack,
    ] {
        let decision = endpoint_at(0).status(status).decide(Trigger::Input);
        assert_eq!(decision.capacity, None, "{status:?}");
        assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::EndpointBusy));
        assert_eq!(lease(&decision), Some(minutes(11)));
        assert!(!decision.unserved);
    }
}

#[test]
fn a_status_that_may_take_a_change_is_tried() {
    for status in [
        EndpointStatus::InService,
        EndpointStatus::OutOfService,
        EndpointStatus::UpdateRollbackFailed,
        EndpointStatus::Other,
    ] {
        assert_eq!(endpoint_at(0).status(status).decide(Trigger::Input).capacity, Some(1));
    }
}

#[test]
fn a_failed_or_deleting_endpoint_fails_the_input_and_not_the_tick() {
    for (status, reason) in [
        (EndpointStatus::Failed, Reason::EndpointFailed),
        (EndpointStatus::Deleting, Reason::EndpointDeleting),
    ] {
        let world = endpoint_at(0).status(status);
        let input = world.decide(Trigger::Input);
        assert_eq!((input.action, input.reason, input.unserved), (Action::None, reason, true));
        assert!(!world.decide(Trigger::Tick).unserved);
    }
}

#[test]
fn a_live_lease_at_zero_is_served_by_the_tick() {
    for trigger in [Trigger::Tick, Trigger::EndpointChanged] {
        let world = endpoint_at(0).lease_ends_in(seconds(1));
        let decision = world.decide(trigger);
        assert_eq!((decision.action, decision.reason), (Action::Wake, Reason::LeaseUnserved));
        assert_eq!(decision.capacity, Some(1));
        // One second later it has ended: the backlog decides.
        let ended = endpoint_at(0).lease_ends_in(seconds(0));
        assert_eq!(ended.verdict(trigger), Verdict::ReadBacklog);
    }
}

#[test]
fn a_live_lease_at_zero_waits_while_the_endpoint_takes_no_change() {
    let world = endpoint_at(0).lease_ends_in(minutes(5)).status(EndpointStatus::Updating);
    assert_eq!(world.says(Trigger::Tick), (Action::None, Reason::EndpointBusy));
}

#[test]
fn at_zero_after_the_lease_the_backlog_is_watched_until_the_release() {
    let watching = |left| endpoint_at(0).lease_ends_in(left).floor(0);
    let busy = watching(minutes(-9)).backlog(&[(200, 0.0), (140, 2.0)]);
    let decision = busy.decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Wake, Reason::Backlog));
    assert_eq!((decision.capacity, lease(&decision)), (Some(1), Some(minutes(11))));
    let quiet = watching(minutes(-9)).backlog(QUIET);
    assert_eq!(quiet.says(Trigger::Tick), (Action::None, Reason::Asleep));
    // An unreadable metric must not undo a sleep.
    let unknown = watching(minutes(-9)).backlog(&[]);
    assert_eq!(unknown.says(Trigger::Tick), (Action::None, Reason::BacklogUnknown));
    // A datapoint of 5 minutes is stale, one of a second less is not.
    let stale = watching(minutes(-9)).backlog(&[(300, 1.0)]);
    assert_eq!(stale.says(Trigger::Tick), (Action::None, Reason::BacklogUnknown));
    let fresh = watching(minutes(-9)).backlog(&[(299, 1.0)]);
    assert_eq!(fresh.says(Trigger::Tick), (Action::Wake, Reason::Backlog));
}

#[test]
fn capacity_that_was_not_granted_is_requested_again() {
    // The floor is raised, the lease has ended, and the metric is unknown: the lease is renewed.
    let world = endpoint_at(0).lease_ends_in(minutes(-1)).backlog(&[]);
    let decision = world.decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::BacklogUnknown));
    assert_eq!(lease(&decision), Some(minutes(3)));
    // The backlog is empty again, so the floor is lowered.
    let gone = endpoint_at(0).lease_ends_in(minutes(-1)).backlog(QUIET).decide(Trigger::Tick);
    assert_eq!((gone.action, gone.floor), (Action::Release, Some(Floor::Lower)));
    assert_eq!(gone.capacity, None);
}

#[test]
fn while_scaling_out_is_suspended_only_the_lease_is_written() {
    let world = endpoint_at(0).suspended(|s| s.scaling_out = true);
    let decision = world.decide(Trigger::Input);
    assert_eq!(
        (decision.action, decision.reason, decision.capacity),
        (Action::Extend, Reason::ScalingOutSuspended, None)
    );
    assert_eq!(lease(&decision), Some(minutes(11)));
    assert_eq!(decision.floor, None);
    let live = world.clone().lease_ends_in(minutes(5)).floor(0);
    assert_eq!(live.says(Trigger::Tick), (Action::None, Reason::ScalingOutSuspended));
    // The record is kept after the end of the lease while there is or can be work.
    for points in [&[(170, 1.0)][..], &[]] {
        let ended = world.clone().lease_ends_in(minutes(-1)).floor(0).backlog(points);
        assert_eq!(ended.says(Trigger::Tick), (Action::Extend, Reason::ScalingOutSuspended));
    }
    let done = world.lease_ends_in(minutes(-1)).floor(0).backlog(QUIET);
    assert_eq!(done.decide(Trigger::Tick).action, Action::None);
    // Scaling is resumed, so the live lease wakes the endpoint.
    let resumed = endpoint_at(0).lease_ends_in(minutes(5)).floor(0);
    assert_eq!(resumed.decide(Trigger::Tick).capacity, Some(1));
}

#[test]
fn an_unregistered_variant_is_woken_and_put_to_sleep_only_by_force() {
    let mut world = endpoint_at(0);
    world.seen.target = Read::Known(None);
    let decision = world.decide(Trigger::Input);
    assert_eq!((decision.action, decision.capacity), (Action::Wake, Some(1)));
    assert_eq!(decision.floor_withheld, Some(FloorWithheld::NotRegistered));
    assert!(decision.records.is_empty());
    // No record can store a wake that the status does not allow yet, so it must fail.
    let busy = world.clone().status(EndpointStatus::Updating).decide(Trigger::Input);
    assert_eq!((busy.reason, busy.unserved), (Reason::EndpointBusy, true));
    let mut up = endpoint_at(1).backlog(QUIET);
    up.seen.target = Read::Known(None);
    for trigger in [Trigger::Tick, Trigger::Sleep { force: false }] {
        assert_eq!(up.says(trigger), (Action::None, Reason::NotRegistered));
    }
    assert!(up.decide(Trigger::Hold { until: now() + minutes(60) }).unserved);
}

#[test]
fn waking_fails_open_where_bounds_or_records_cannot_be_read() {
    let mut no_target = endpoint_at(0);
    no_target.seen.target = Read::Failed;
    no_target.policy.wake_to = 3;
    let decision = no_target.decide(Trigger::Input);
    assert_eq!(decision.capacity, Some(1), "the least that serves the work");
    assert!(decision.records.is_empty(), "a lease could drop a floor of the user's");
    let mut no_records = endpoint_at(0);
    no_records.seen.records = Read::Failed;
    let decision = no_records.decide(Trigger::Input);
    assert_eq!((decision.capacity, lease(&decision)), (Some(1), Some(minutes(11))));
    assert_eq!((decision.floor, decision.floor_withheld), (None, Some(FloorWithheld::Unreadable)));
}

#[test]
fn work_that_is_found_while_the_endpoint_takes_no_change_keeps_the_lease() {
    let waiting = endpoint_at(0).lease_ends_in(minutes(-1)).backlog(&[(140, 2.0)]);
    let decision = waiting.status(EndpointStatus::Updating).decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::EndpointBusy));
    assert_eq!((decision.capacity, lease(&decision)), (None, Some(minutes(3))));
}

#[test]
fn a_wake_that_is_not_recorded_fails_for_the_caller() {
    let busy = |world: World| world.status(EndpointStatus::Updating).decide(Trigger::Input);
    // With a user's MinCapacity there is no lease that stores the wake.
    assert!(busy(endpoint_at(0).floor(1)).unserved);
    assert!(!busy(endpoint_at(1).floor(1)).unserved);
    assert!(!busy(endpoint_at(0).floor(1).suspended(|s| s.scaling_out = true)).unserved);
    assert!(!busy(endpoint_at(0)).unserved);
    let mut unreadable = endpoint_at(0);
    unreadable.seen.target = Read::Failed;
    assert_eq!(unreadable.decide(Trigger::Input).capacity, Some(1));
    assert_eq!(busy(unreadable).capacity, None);
}
