//! Decisions for commands.

use jiff::Timestamp;
use reactive_scaler::decide::{Action, Decision, Floor, RecordWrite, Trigger, Verdict};
use reactive_scaler::lease::{HOLD, Kept, Record, WATCH};
use reactive_scaler::port::EndpointStatus;
use reactive_scaler::reason::Reason;

use super::setup::{QUIET, endpoint_at, minutes, now, seconds};

#[test]
fn a_hold_wakes_keeps_awake_and_never_shortens_another() {
    let until = now() + minutes(60);
    let hold = Trigger::Hold { until };
    let decision = endpoint_at(0).decide(hold);
    assert_eq!((decision.action, decision.reason), (Action::Hold, Reason::Held));
    assert_eq!((decision.capacity, decision.floor), (Some(1), Some(Floor::Raise)));
    assert_eq!(decision.records, [RecordWrite::Hold(until)]);
    let standing = |at: Timestamp| {
        endpoint_at(1).records(|r| r.hold = Some(Record::floor(at + WATCH))).floor(1).decide(hold)
    };
    assert_eq!(standing(until - seconds(1)).action, Action::Hold);
    let longer = standing(until);
    assert_eq!((longer.action, longer.reason), (Action::None, Reason::HeldLonger));
    assert!(longer.records.is_empty());
}

#[test]
fn the_later_of_lease_and_hold_counts() {
    let world = endpoint_at(1)
        .lease_ends_in(minutes(-5))
        .records(|r| r.hold = Some(Record::floor(now() + WATCH + seconds(1))));
    assert_eq!(world.says(Trigger::Tick), (Action::None, Reason::LeaseLive));
    let both_over = endpoint_at(1)
        .lease_ends_in(minutes(-5))
        .records(|r| r.hold = Some(Record::floor(now() + WATCH)));
    assert_eq!(both_over.verdict(Trigger::Tick), Verdict::ReadBacklog);
}

#[test]
fn a_release_ends_the_lease_and_deletes_the_hold() {
    let held = endpoint_at(1).lease_ends_in(minutes(5)).records(|r| r.hold = r.lease);
    let decision = held.decide(Trigger::Release);
    assert_eq!((decision.action, decision.reason), (Action::Release, Reason::Released));
    assert_eq!(decision.records, [RecordWrite::End(Kept::Lease), RecordWrite::Delete(HOLD)]);
    assert_eq!(decision.capacity, None);
    assert_eq!(endpoint_at(1).says(Trigger::Release), (Action::None, Reason::NothingToRelease));
}

#[test]
fn a_sleep_command_respects_the_lease_and_with_force_only_the_backlog() {
    let held = endpoint_at(1).lease_ends_in(minutes(5)).backlog(QUIET);
    let asked = Trigger::Sleep { force: false };
    let forced = Trigger::Sleep { force: true };
    assert_eq!(held.says(asked), (Action::None, Reason::LeaseLive));
    let decision = held.decide(forced);
    assert_eq!((decision.action, decision.reason), (Action::Sleep, Reason::Requested));
    assert_eq!(decision.records, [RecordWrite::End(Kept::Lease)]);
    let busy = endpoint_at(1).lease_ends_in(minutes(5)).backlog(&[(170, 1.0)]);
    assert_eq!(busy.says(forced), (Action::None, Reason::Backlog));
    let over = endpoint_at(1).lease_ends_in(minutes(-1)).backlog(QUIET);
    assert_eq!(over.says(asked), (Action::Sleep, Reason::Requested));
    assert_eq!(endpoint_at(0).says(asked), (Action::None, Reason::Asleep));
}

#[test]
fn a_status_command_never_changes_anything() {
    for world in [endpoint_at(0), endpoint_at(1).lease_ends_in(minutes(-1))] {
        let decision = world.decide(Trigger::Status);
        assert_eq!(decision, Decision::none(Reason::Status));
    }
}

#[test]
fn a_sleep_command_examines_a_whole_idle_window() {
    let asked = Trigger::Sleep { force: false };
    let forced = Trigger::Sleep { force: true };
    let quiet = |mut points: Vec<(i64, f64)>| {
        points.extend_from_slice(QUIET);
        points
    };
    // From the end of a lease that has ended: work 13 minutes ago, and the window began 15 ago.
    let ended = endpoint_at(1).lease_ends_in(minutes(-5));
    let worked = ended.clone().backlog(&quiet(vec![(780, 1.0)]));
    assert_eq!(worked.says(asked), (Action::None, Reason::Backlog));
    let worked_before = ended.backlog(&quiet(vec![(960, 1.0)]));
    assert_eq!(worked_before.says(asked), (Action::Sleep, Reason::Requested));
    // From now on under a live lease, and without one: work 8 minutes ago.
    for world in [endpoint_at(1).lease_ends_in(minutes(5)), endpoint_at(1)] {
        let worked = world.backlog(&quiet(vec![(480, 1.0)]));
        assert_eq!(worked.says(forced), (Action::None, Reason::Backlog));
    }
}

#[test]
fn a_sleep_leaves_an_ended_record_behind() {
    let asked = Trigger::Sleep { force: false };
    let without = endpoint_at(1).backlog(QUIET).decide(asked);
    assert_eq!((without.capacity, without.records), (Some(0), vec![RecordWrite::End(Kept::Lease)]));
    let ended = endpoint_at(1).lease_ends_in(minutes(-1)).backlog(QUIET).decide(asked);
    assert_eq!((ended.capacity, ended.records), (Some(0), vec![]));
    let held = endpoint_at(1)
        .records(|r| r.hold = Some(Record::floor(now() + WATCH + minutes(5))))
        .floor(1);
    let forced = held.backlog(QUIET).decide(Trigger::Sleep { force: true });
    assert_eq!(forced.records, [RecordWrite::End(Kept::Lease), RecordWrite::Delete(HOLD)]);
}

#[test]
fn a_hold_reports_why_its_wake_waits() {
    let hold = Trigger::Hold { until: now() + minutes(60) };
    let suspended = endpoint_at(0).suspended(|s| s.scaling_out = true);
    assert_eq!(suspended.says(hold), (Action::Hold, Reason::ScalingOutSuspended));
    let busy = endpoint_at(0).status(EndpointStatus::Updating);
    assert_eq!(busy.says(hold), (Action::Hold, Reason::EndpointBusy));
    assert_eq!(endpoint_at(1).says(hold), (Action::Hold, Reason::Held));
}

#[test]
fn a_release_ends_a_lease_or_a_hold_without_the_other() {
    let leased = endpoint_at(1).lease_ends_in(seconds(1)).decide(Trigger::Release);
    assert_eq!(
        (leased.action, leased.records),
        (Action::Release, vec![RecordWrite::End(Kept::Lease)])
    );
    // A hold that has ended stands until its R.
    let held = endpoint_at(1)
        .records(|r| r.hold = Some(Record::floor(now() + WATCH)))
        .decide(Trigger::Release);
    let ended = vec![RecordWrite::End(Kept::Lease), RecordWrite::Delete(HOLD)];
    assert_eq!((held.action, held.records), (Action::Release, ended));
    let ended = endpoint_at(1).lease_ends_in(seconds(0));
    assert_eq!(ended.says(Trigger::Release), (Action::None, Reason::NothingToRelease));
}

#[test]
fn a_forced_sleep_at_zero_ends_the_records_that_would_wake_the_endpoint() {
    let asked = Trigger::Sleep { force: false };
    let forced = Trigger::Sleep { force: true };
    let held = endpoint_at(0).lease_ends_in(minutes(5)).floor(1).records(|r| r.hold = r.lease);
    assert_eq!(held.says(asked), (Action::None, Reason::LeaseLive));
    let decision = held.decide(forced);
    assert_eq!((decision.action, decision.reason), (Action::Release, Reason::Asleep));
    assert_eq!(decision.records, [RecordWrite::End(Kept::Lease), RecordWrite::Delete(HOLD)]);
    assert_eq!((decision.capacity, decision.floor), (None, Some(Floor::Lower)));
    let without_floor = endpoint_at(0).lease_ends_in(minutes(5)).floor(0).decide(forced);
    assert_eq!((without_floor.reason, without_floor.floor), (Reason::Asleep, None));
    let over = endpoint_at(0).lease_ends_in(minutes(0));
    for trigger in [asked, forced] {
        assert_eq!(over.says(trigger), (Action::None, Reason::Asleep));
    }
}

#[test]
fn a_forced_sleep_without_registration_respects_the_backlog() {
    let asked = Trigger::Sleep { force: false };
    let forced = Trigger::Sleep { force: true };
    assert_eq!(endpoint_at(1).unregistered().says(asked), (Action::None, Reason::NotRegistered));
    assert_eq!(endpoint_at(1).unregistered().verdict(forced), Verdict::ReadBacklog);
    let decision = endpoint_at(1).unregistered().backlog(QUIET).decide(forced);
    assert_eq!((decision.action, decision.capacity), (Action::Sleep, Some(0)));
    assert!(decision.records.is_empty() && decision.floor.is_none());
    let busy = endpoint_at(1).unregistered().backlog(&[(170, 1.0)]);
    assert_eq!(busy.says(forced), (Action::None, Reason::Backlog));
    let unknown = endpoint_at(1).unregistered().backlog(&[]);
    assert_eq!(unknown.says(forced), (Action::None, Reason::BacklogUnknown));
    assert_eq!(endpoint_at(0).unregistered().says(forced), (Action::None, Reason::Asleep));
    let updating = endpoint_at(1).unregistered().status(EndpointStatus::Updating);
    assert_eq!(updating.says(forced), (Action::None, Reason::NotInService));
}
