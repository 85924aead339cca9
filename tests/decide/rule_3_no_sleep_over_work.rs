//! Rule 3: no sleep while there is work.

use reactive_scaler::decide::{Action, Backlog, Read, RecordWrite, Trigger, Verdict};
use reactive_scaler::lease::{Kept, Records};
use reactive_scaler::port::EndpointStatus;
use reactive_scaler::reason::Reason;

use super::setup::{QUIET, endpoint_at, lease, minutes, now, seconds};

#[test]
fn an_ended_lease_and_three_recent_zeros_scale_in_to_zero() {
    let world = endpoint_at(1).lease_ends_in(seconds(0)).backlog(QUIET);
    let decision = world.decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Sleep, Reason::Idle));
    assert_eq!(decision.capacity, Some(0));
    assert!(decision.records.is_empty(), "a sleep never touches the lease");
}

#[test]
fn a_live_lease_reads_no_metric_and_stays() {
    let world = endpoint_at(1).lease_ends_in(seconds(1));
    assert_eq!(world.says(Trigger::Tick), (Action::None, Reason::LeaseLive));
    let ended = endpoint_at(1).lease_ends_in(seconds(0));
    assert_eq!(ended.verdict(Trigger::Tick), Verdict::ReadBacklog);
}

#[test]
fn evidence_is_tested_on_both_sides_of_each_limit() {
    // The lease ends now, the idle window is 10 minutes: datapoints count after 10 minutes ago.
    let idle = (Action::Sleep, Reason::Idle);
    let busy = (Action::Extend, Reason::Backlog);
    let unknown = (Action::None, Reason::BacklogUnknown);
    for (points, expected, what) in [
        (&[(290, 0.0), (230, 0.0), (170, 0.0)][..], idle, "three zeros"),
        (&[(230, 0.0), (170, 0.0)], unknown, "two zeros"),
        (&[(600, 0.0), (230, 0.0), (170, 0.0)], unknown, "one at the window's edge"),
        (&[(599, 0.0), (230, 0.0), (170, 0.0)], idle, "one just inside it"),
        (&[(600, 5.0), (290, 0.0), (230, 0.0), (170, 0.0)], idle, "work before the window"),
        (&[(599, 5.0), (290, 0.0), (230, 0.0), (170, 0.0)], busy, "work just inside it"),
        (&[(290, 0.0), (230, 0.0), (170, 1.0)], busy, "work now"),
        (&[(290, 0.0), (230, 0.0), (170, f64::NAN)], busy, "a value that is no zero"),
        (&[(420, 0.0), (360, 0.0), (300, 0.0)], unknown, "the newest is stale"),
        (&[(420, 0.0), (360, 0.0), (299, 0.0)], idle, "the newest is just not"),
        (&[(230, 0.0), (170, 0.0), (-1, 0.0)], unknown, "one of them from the future"),
        (&[(230, 0.0), (170, 0.0), (0, 0.0)], idle, "one of them of just now"),
        (&[], unknown, "none at all"),
    ] {
        let world = endpoint_at(1).lease_ends_in(seconds(0)).backlog(points);
        assert_eq!(world.says(Trigger::Tick), expected, "{what}");
    }
}

#[test]
fn an_unreadable_metric_never_sleeps() {
    let mut world = endpoint_at(1).lease_ends_in(minutes(-1));
    world.seen.backlog = Backlog::Unreadable;
    assert_eq!(world.says(Trigger::Tick), (Action::None, Reason::BacklogUnknown));
    assert_eq!(world.says(Trigger::Sleep { force: true }), (Action::None, Reason::BacklogUnknown));
    // Three minutes before the record runs out, it is renewed so that every tick looks again.
    let mut early = endpoint_at(1).lease_ends_in(minutes(-7) + seconds(1));
    early.seen.backlog = Backlog::Unreadable;
    assert_eq!(early.decide(Trigger::Tick).records, []);
    let mut late = endpoint_at(1).lease_ends_in(minutes(-7));
    late.seen.backlog = Backlog::Unreadable;
    let decision = late.decide(Trigger::Tick);
    assert_eq!(decision.records, [RecordWrite::Extend(Kept::Lease, now())]);
    assert_eq!(decision.action, Action::Extend);
}

#[test]
fn work_extends_the_lease_by_three_minutes() {
    let world = endpoint_at(1).lease_ends_in(minutes(-1)).backlog(&[(170, 1.0)]);
    assert_eq!(lease(&world.decide(Trigger::Tick)), Some(minutes(3)));
}

#[test]
fn an_endpoint_that_must_stay_up_is_not_scaled_in() {
    let ready = || endpoint_at(1).lease_ends_in(minutes(-1)).backlog(QUIET);
    for (world, reason) in [
        (ready().floor(2), Reason::MinCapacitySet),
        (ready().records(|r| *r = Records::default()), Reason::MinCapacitySet),
        (ready().suspended(|s| s.scaling_in = true), Reason::ScalingInSuspended),
        (ready().variant(|v| v.serverless = true), Reason::Serverless),
        (ready().variant(|v| v.managed = true), Reason::ManagedInstanceScaling),
        (ready().status(EndpointStatus::Failed), Reason::EndpointFailed),
        (ready().status(EndpointStatus::Deleting), Reason::EndpointDeleting),
        (ready().variant(|v| v.desired = None), Reason::CapacityUnknown),
    ] {
        for trigger in [Trigger::Tick, Trigger::Sleep { force: true }] {
            let decision = world.decide(trigger);
            assert_eq!((decision.capacity, decision.reason), (None, reason), "{trigger:?}");
        }
    }
    for status in [
        EndpointStatus::OutOfService,
        EndpointStatus::Creating,
        EndpointStatus::Updating,
        EndpointStatus::SystemUpdating,
        EndpointStatus::RollingBack,
        EndpointStatus::UpdateRollbackFailed,
        EndpointStatus::Other,
    ] {
        for trigger in [Trigger::Tick, Trigger::Sleep { force: true }] {
            assert_ne!(ready().status(status).decide(trigger).action, Action::Sleep, "{status:?}");
        }
    }
}

#[test]
fn a_real_time_endpoint_is_never_touched() {
    for count in [0, 1] {
        let mut world = endpoint_at(count).lease_ends_in(minutes(-1)).backlog(QUIET);
        world.seen.endpoint.asynchronous = false;
        for trigger in [Trigger::Input, Trigger::Tick, Trigger::Sleep { force: true }] {
            let decision = world.decide(trigger);
            assert_eq!((decision.reason, decision.capacity), (Reason::NotAsync, None));
            assert!(decision.records.is_empty() && decision.floor.is_none());
        }
    }
}

#[test]
fn an_endpoint_with_unreadable_state_is_not_scaled_in() {
    let mut world = endpoint_at(1).backlog(QUIET);
    world.seen.records = Read::Failed;
    assert_eq!(world.says(Trigger::Tick), (Action::None, Reason::LeaseUnreadable));
    let mut world = endpoint_at(1).lease_ends_in(minutes(-1)).backlog(QUIET);
    world.seen.target = Read::Failed;
    assert_eq!(world.says(Trigger::Tick), (Action::None, Reason::TargetUnreadable));
}

#[test]
fn a_datapoint_in_the_future_is_not_the_newest() {
    let world = endpoint_at(1).backlog(&[(900, 3.0), (600, 2.0), (-60, 1.0)]);
    assert_eq!(world.seen.backlog.newest_at(now()), Some(now() - minutes(10)));
    assert_eq!(endpoint_at(1).backlog(&[]).seen.backlog.newest_at(now()), None);
    assert_eq!(endpoint_at(1).seen.backlog.newest_at(now()), None);
}
