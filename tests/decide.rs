//! The decision core, row by row: each rule, and each boundary on both sides.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::Policy,
    decide::{
        Action, Backlog, Decision, Floor, FloorWithheld, Observed, Read, RecordWrite, Trigger,
        Verdict, decide,
    },
    lease::{Records, WATCH},
    port::{Datapoint, Endpoint, EndpointStatus, ScalableTarget, Suspended, Variant, VariantId},
    reason::Reason,
};

const POLICY: Policy =
    Policy { wake_to: 1, idle: SignedDuration::from_mins(10), inputs_per_instance: None };

fn now() -> Timestamp {
    "2030-01-07T14:00:00Z".parse().unwrap()
}

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

fn seconds(n: i64) -> SignedDuration {
    SignedDuration::from_secs(n)
}

/// One situation; a row changes what it is about.
#[derive(Clone)]
struct World {
    seen: Observed,
    policy: Policy,
}

/// A registered async endpoint in service with so many instances, min 0, max 4, no records.
fn endpoint_at(count: i32) -> World {
    let variant = Variant {
        name: "AllTraffic".into(),
        current: Some(count),
        desired: Some(count),
        serverless: false,
        managed: false,
    };
    let target = ScalableTarget {
        id: VariantId::new("my-endpoint", "AllTraffic"),
        min: 0,
        max: 4,
        suspended: Suspended::default(),
    };
    World {
        seen: Observed {
            endpoint: Endpoint {
                status: EndpointStatus::InService,
                asynchronous: true,
                variants: vec![variant.clone()],
                failure_reason: None,
                created_at: None,
            },
            variant,
            target: Read::Known(Some(target)),
            records: Read::Known(Records::default()),
            backlog: Backlog::NotRead,
        },
        policy: POLICY,
    }
}

impl World {
    fn target(mut self, change: impl FnOnce(&mut ScalableTarget)) -> Self {
        if let Read::Known(Some(target)) = &mut self.seen.target {
            change(target);
        }
        self
    }

    fn records(mut self, change: impl FnOnce(&mut Records)) -> Self {
        if let Read::Known(records) = &mut self.seen.records {
            change(records);
        }
        self
    }

    /// The lease ends (L) so long after now; our floor stands.
    fn lease_ends_in(self, left: SignedDuration) -> Self {
        self.records(|records| records.lease = Some(now() + left + WATCH)).target(|t| t.min = 1)
    }

    fn status(mut self, status: EndpointStatus) -> Self {
        self.seen.endpoint.status = status;
        self
    }

    fn variant(mut self, change: impl FnOnce(&mut Variant)) -> Self {
        change(&mut self.seen.variant);
        self
    }

    fn floor(self, min: i32) -> Self {
        self.target(|target| target.min = min)
    }

    fn suspended(self, change: impl FnOnce(&mut Suspended)) -> Self {
        self.target(|target| change(&mut target.suspended))
    }

    /// Datapoints by age in seconds and value.
    fn backlog(mut self, points: &[(i64, f64)]) -> Self {
        let points = points
            .iter()
            .map(|(age, value)| Datapoint { at: now() - seconds(*age), value: *value })
            .collect();
        self.seen.backlog = Backlog::Read(points);
        self
    }

    fn verdict(&self, trigger: Trigger) -> Verdict {
        decide(trigger, &self.seen, &self.policy, now())
    }

    fn decide(&self, trigger: Trigger) -> Decision {
        match self.verdict(trigger) {
            Verdict::Decided(decision) => decision,
            Verdict::ReadBacklog => panic!("asks for the backlog"),
        }
    }

    fn says(&self, trigger: Trigger) -> (Action, Reason) {
        let decision = self.decide(trigger);
        (decision.action, decision.reason)
    }
}

/// Three fresh zeros: enough to sleep on.
const QUIET: &[(i64, f64)] = &[(290, 0.0), (230, 0.0), (170, 0.0)];

const UPLOADS: [Trigger; 3] = [Trigger::Input, Trigger::Alarm, Trigger::Wake];

fn lease(decision: &Decision) -> Option<SignedDuration> {
    decision.records.iter().find_map(|record| match record {
        RecordWrite::Lease(end) => Some(end.duration_since(now())),
        _ => None,
    })
}

// Rule 1: no lost wake.

#[test]
fn work_at_zero_asks_for_capacity_writes_the_lease_and_raises_the_floor() {
    for (trigger, reason) in
        UPLOADS.into_iter().zip([Reason::WorkArrived, Reason::AlarmFired, Reason::Requested])
    {
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
fn an_endpoint_beyond_help_fails_the_input_and_not_the_tick() {
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
fn capacity_that_was_never_granted_is_asked_for_again() {
    // The floor still stands, the lease has ended, the metric says nothing: renew.
    let world = endpoint_at(0).lease_ends_in(minutes(-1)).backlog(&[]);
    let decision = world.decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::BacklogUnknown));
    assert_eq!(lease(&decision), Some(minutes(3)));
    // The backlog went away by itself: let go, and take the floor along.
    let gone = endpoint_at(0).lease_ends_in(minutes(-1)).backlog(QUIET).decide(Trigger::Tick);
    assert_eq!((gone.action, gone.floor), (Action::Release, Some(Floor::Lower)));
    assert_eq!(gone.capacity, None);
}

#[test]
fn scaling_out_suspended_keeps_the_intent_in_the_lease_alone() {
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
    // The intent outlives its lease while there is, or may be, work.
    for points in [&[(170, 1.0)][..], &[]] {
        let ended = world.clone().lease_ends_in(minutes(-1)).floor(0).backlog(points);
        assert_eq!(ended.says(Trigger::Tick), (Action::Extend, Reason::ScalingOutSuspended));
    }
    let done = world.lease_ends_in(minutes(-1)).floor(0).backlog(QUIET);
    assert_eq!(done.decide(Trigger::Tick).action, Action::None);
    // Resumed: the live lease is served.
    let resumed = endpoint_at(0).lease_ends_in(minutes(5)).floor(0);
    assert_eq!(resumed.decide(Trigger::Tick).capacity, Some(1));
}

#[test]
fn an_unregistered_variant_is_woken_and_never_put_to_sleep() {
    let mut world = endpoint_at(0);
    world.seen.target = Read::Known(None);
    let decision = world.decide(Trigger::Input);
    assert_eq!((decision.action, decision.capacity), (Action::Wake, Some(1)));
    assert_eq!(decision.floor_withheld, Some(FloorWithheld::NotRegistered));
    assert!(decision.records.is_empty());
    // Nothing would remember a wake that cannot be asked for now: it must fail.
    let busy = world.clone().status(EndpointStatus::Updating).decide(Trigger::Input);
    assert_eq!((busy.reason, busy.unserved), (Reason::EndpointBusy, true));
    let mut up = endpoint_at(1).backlog(QUIET);
    up.seen.target = Read::Known(None);
    for trigger in [Trigger::Tick, Trigger::Sleep { force: true }] {
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

// Rule 2: a wake never scales in, and never leaves the bounds.

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

// Rule 3: no sleep over work.

#[test]
fn an_ended_lease_and_three_fresh_zeros_put_it_to_sleep() {
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
fn evidence_has_boundaries_on_both_sides() {
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
    assert_eq!(decision.records, [RecordWrite::Lease(now())]);
    assert_eq!(decision.action, Action::Extend);
}

#[test]
fn work_extends_the_lease_by_three_minutes() {
    let world = endpoint_at(1).lease_ends_in(minutes(-1)).backlog(&[(170, 1.0)]);
    assert_eq!(lease(&world.decide(Trigger::Tick)), Some(minutes(3)));
}

#[test]
fn what_must_not_sleep_does_not() {
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
fn what_cannot_be_read_is_never_slept_over() {
    let mut world = endpoint_at(1).backlog(QUIET);
    world.seen.records = Read::Failed;
    assert_eq!(world.says(Trigger::Tick), (Action::None, Reason::LeaseUnreadable));
    let mut world = endpoint_at(1).lease_ends_in(minutes(-1)).backlog(QUIET);
    world.seen.target = Read::Failed;
    assert_eq!(world.says(Trigger::Tick), (Action::None, Reason::TargetUnreadable));
}

// Rule 4: bounded idleness; the lease's life.

#[test]
fn an_endpoint_that_somebody_else_woke_is_adopted_first() {
    let decision = endpoint_at(2).backlog(QUIET).decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::Adopted));
    assert_eq!((lease(&decision), decision.floor), (Some(minutes(10)), Some(Floor::Raise)));
    // A record that AWS still lists after its R is none.
    let passed = endpoint_at(2).records(|r| r.garbled = true);
    assert_eq!(passed.says(Trigger::Tick), (Action::Extend, Reason::Adopted));
}

#[test]
fn on_the_way_up_the_idle_window_does_not_start() {
    let waiting = |left| endpoint_at(1).lease_ends_in(left).variant(|v| v.current = Some(0));
    // Renewed as an input would: only where it gains more than W.
    let decision = waiting(minutes(10) - seconds(1)).decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::OnTheWayUp));
    assert_eq!(lease(&decision), Some(minutes(11)));
    assert_eq!(waiting(minutes(10)).says(Trigger::Tick), (Action::None, Reason::OnTheWayUp));
    // Its lease ended meanwhile: it is not judged, it is given its window.
    for status in [EndpointStatus::Updating, EndpointStatus::InService] {
        let ended = waiting(minutes(-5)).status(status);
        assert_eq!(ended.says(Trigger::Tick), (Action::Extend, Reason::OnTheWayUp));
    }
}

#[test]
fn a_floor_that_somebody_reset_is_raised_again() {
    let world = endpoint_at(1).lease_ends_in(minutes(5)).floor(0);
    let decision = world.decide(Trigger::Tick);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::FloorRestored));
    assert_eq!((decision.floor, decision.records.len()), (Some(Floor::Raise), 0));
}

#[test]
fn the_floor_is_raised_only_where_it_can_do_no_harm() {
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
fn our_floor_goes_back_when_aws_would_miss_its_release() {
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

// Rules 5 and 6: idempotent and cheap.

#[test]
fn an_input_moves_the_end_only_if_that_gains_more_than_w() {
    // Written: idle + W from now. Gain of W exactly, with the end one idle window away: no.
    let fresh = endpoint_at(1).lease_ends_in(minutes(10));
    assert_eq!(fresh.says(Trigger::Input), (Action::None, Reason::LeaseFresh));
    let due = endpoint_at(1).lease_ends_in(minutes(10) - seconds(1));
    let decision = due.decide(Trigger::Input);
    assert_eq!((decision.action, decision.reason), (Action::Extend, Reason::LeaseRenewed));
    assert_eq!(lease(&decision), Some(minutes(11)));
}

#[test]
fn at_zero_without_a_record_no_metric_is_read() {
    assert_eq!(endpoint_at(0).says(Trigger::Tick), (Action::None, Reason::Asleep));
}

// What people ask for.

#[test]
fn a_hold_wakes_keeps_awake_and_never_shortens_another() {
    let until = now() + minutes(60);
    let hold = Trigger::Hold { until };
    let decision = endpoint_at(0).decide(hold);
    assert_eq!((decision.action, decision.reason), (Action::Hold, Reason::Held));
    assert_eq!((decision.capacity, decision.floor), (Some(1), Some(Floor::Raise)));
    assert_eq!(decision.records, [RecordWrite::Hold(until)]);
    let standing =
        |at: Timestamp| endpoint_at(1).records(|r| r.hold = Some(at + WATCH)).floor(1).decide(hold);
    assert_eq!(standing(until - seconds(1)).action, Action::Hold);
    let longer = standing(until);
    assert_eq!((longer.action, longer.reason), (Action::None, Reason::HeldLonger));
    assert!(longer.records.is_empty());
}

#[test]
fn the_later_of_lease_and_hold_counts() {
    let world = endpoint_at(1)
        .lease_ends_in(minutes(-5))
        .records(|r| r.hold = Some(now() + WATCH + seconds(1)));
    assert_eq!(world.says(Trigger::Tick), (Action::None, Reason::LeaseLive));
    let both_over =
        endpoint_at(1).lease_ends_in(minutes(-5)).records(|r| r.hold = Some(now() + WATCH));
    assert_eq!(both_over.verdict(Trigger::Tick), Verdict::ReadBacklog);
}

#[test]
fn a_release_ends_the_lease_and_deletes_the_hold() {
    let held = endpoint_at(1).lease_ends_in(minutes(5)).records(|r| r.hold = r.lease);
    let decision = held.decide(Trigger::Release);
    assert_eq!((decision.action, decision.reason), (Action::Release, Reason::Released));
    assert_eq!((decision.records, decision.delete_hold), (vec![RecordWrite::EndLease], true));
    assert_eq!(decision.capacity, None);
    assert_eq!(endpoint_at(1).says(Trigger::Release), (Action::None, Reason::NothingToRelease));
}

#[test]
fn a_sleep_that_is_asked_for_obeys_the_lease_and_by_force_only_the_backlog() {
    let held = endpoint_at(1).lease_ends_in(minutes(5)).backlog(QUIET);
    let asked = Trigger::Sleep { force: false };
    let forced = Trigger::Sleep { force: true };
    assert_eq!(held.says(asked), (Action::None, Reason::LeaseLive));
    let decision = held.decide(forced);
    assert_eq!((decision.action, decision.reason), (Action::Sleep, Reason::Requested));
    assert_eq!(decision.records, [RecordWrite::EndLease]);
    let busy = endpoint_at(1).lease_ends_in(minutes(5)).backlog(&[(170, 1.0)]);
    assert_eq!(busy.says(forced), (Action::None, Reason::Backlog));
    let over = endpoint_at(1).lease_ends_in(minutes(-1)).backlog(QUIET);
    assert_eq!(over.says(asked), (Action::Sleep, Reason::Requested));
    assert_eq!(endpoint_at(0).says(asked), (Action::None, Reason::Asleep));
}

#[test]
fn a_status_changes_nothing_whatever_it_finds() {
    for world in [endpoint_at(0), endpoint_at(1).lease_ends_in(minutes(-1))] {
        let decision = world.decide(Trigger::Status);
        assert_eq!(decision, Decision::none(Reason::Status));
    }
}
