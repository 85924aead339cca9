//! Rule 2: a wake never scales in, and never leaves the bounds of the scalable target. Tested with random
//! situations and all triggers.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use reactive_scaler::{
    config::Policy,
    decide::{
        Action, Backlog, Decision, Floor, LedgerSeen, MinOwner, Observed, Read, RecordWrite,
        Trigger, Verdict, decide,
    },
    lease::{AtRelease, Record, Records},
    ledger::{Item, Location, Reading, RequestResult, Upload},
    port::{Datapoint, Endpoint, EndpointStatus, ScalableTarget, Suspended, Variant},
};
use simulator::{Event, Fault};

use crate::setup::{CAPACITY, Setup, id, plant_lease};

fn now() -> Timestamp {
    "2030-01-07T14:00:00Z".parse().unwrap()
}

fn from_now(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn status() -> impl Strategy<Value = EndpointStatus> {
    use EndpointStatus::*;
    prop_oneof![
        6 => Just(InService),
        1 => prop::sample::select(vec![
            OutOfService, Creating, Updating, SystemUpdating, RollingBack, Deleting, Failed,
            UpdateRollbackFailed, Other,
        ]),
    ]
}

fn read<T: std::fmt::Debug + Clone + 'static>(
    known: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Read<T>> {
    prop_oneof![9 => known.prop_map(Read::Known), 1 => Just(Read::Failed)]
}

fn target() -> impl Strategy<Value = Option<ScalableTarget>> {
    let rarely = prop::bool::weighted(0.15);
    let target = (0..4i32, 0..4i32, rarely, rarely, rarely).prop_map(
        |(min, above, scaling_in, scaling_out, scheduled)| ScalableTarget {
            id: id(),
            min,
            max: min + above,
            suspended: Suspended { scaling_in, scaling_out, scheduled },
        },
    );
    prop::option::weighted(0.9, target)
}

fn release() -> impl Strategy<Value = Option<Timestamp>> {
    // Around L = now and R = now, where the answers change.
    prop::option::of(prop_oneof![1..700i64, 590..611i64, 1..5000i64].prop_map(from_now))
}

fn record() -> impl Strategy<Value = Option<Record>> {
    let at_release =
        prop_oneof![3 => Just(AtRelease::DropFloor), 1 => (0..4i32).prop_map(AtRelease::KeepMax)];
    (release(), at_release)
        .prop_map(|(release, at_release)| Some(Record { release: release?, at_release }))
}

fn records() -> impl Strategy<Value = Records> {
    let rarely = || prop::bool::weighted(0.1);
    let no_floor = prop_oneof![3 => Just(None), 1 => release()];
    let no_floor = no_floor.prop_map(|release| Some(Record::plain(release?, 1)));
    let work = prop_oneof![2 => Just(None), 1 => record()];
    (record(), work, record(), no_floor, rarely(), rarely()).prop_map(
        |(lease, work, hold, no_floor, foreign_min, floor_just_over)| {
            let garbled = false;
            Records { lease, work, hold, no_floor, foreign_min, floor_just_over, garbled }
        },
    )
}

fn backlog() -> impl Strategy<Value = Backlog> {
    let value = prop_oneof![8 => Just(0.0), 1 => Just(1.0), 1 => Just(f64::NAN)];
    let point =
        (0..2000i64, value).prop_map(|(age, value)| Datapoint { at: from_now(-age), value });
    let steady = (0..400i64).prop_map(|newest| {
        let at = |n: i64| Datapoint { at: from_now(-newest - 60 * n), value: 0.0 };
        Backlog::Read((0..8).map(at).collect())
    });
    prop_oneof![
        1 => Just(Backlog::NotRead),
        1 => Just(Backlog::Unreadable),
        2 => prop::collection::vec(point, 0..12).prop_map(Backlog::Read),
        4 => steady,
    ]
}

/// An item with some uploads and results at random times.
fn item() -> impl Strategy<Value = Item> {
    let event = || (any::<bool>(), prop_oneof![0..200i64, 0..5000i64]);
    (0..1000u32, prop::collection::vec(event(), 1..4)).prop_map(|(key, events)| {
        let location = Location::of_object("my-inputs", &key.to_string()).unwrap();
        let mut item = Item::new(location);
        for (number, (is_upload, ago)) in events.into_iter().enumerate() {
            let id = number.to_string();
            match is_upload {
                true => item
                    .add_upload(&Upload { id, created_at: Some(from_now(-ago)) }, from_now(-ago)),
                false => {
                    let received_at = Some(from_now(-ago));
                    item.add_result(
                        &RequestResult { inference_id: id, received_at },
                        from_now(-ago),
                    );
                }
            }
        }
        item
    })
}

fn ledger() -> impl Strategy<Value = LedgerSeen> {
    let read = prop::collection::vec(item(), 0..3).prop_map(|items| {
        let mut reading = Reading::begun(now());
        reading.add_page(items, true, Timestamp::MIN);
        LedgerSeen::Read(reading)
    });
    let unreadable = (0..7200i64)
        .prop_map(|ago| LedgerSeen::Unreadable { since: from_now(-ago), part: Vec::new() });
    prop_oneof![2 => Just(LedgerSeen::NotRead), 1 => unreadable, 6 => read]
}

fn observed() -> impl Strategy<Value = Observed> {
    let count = || prop::option::weighted(0.95, 0..5i32);
    let flags = (prop::bool::weighted(0.9), prop::bool::weighted(0.05), prop::bool::weighted(0.05));
    (status(), count(), count(), flags, read(target()), read(records()), backlog(), ledger())
        .prop_map(
            |(
                status,
                current,
                desired,
                (asynchronous, serverless, managed),
                target,
                records,
                backlog,
                ledger,
            )| {
                let name = id().variant;
                let variant = Variant { name, current, desired, serverless, managed };
                let variants = vec![variant.clone()];
                let endpoint = Endpoint {
                    status,
                    asynchronous,
                    variants,
                    failure_reason: None,
                    created_at: None,
                    config: None,
                };
                Observed { endpoint, variant, target, records, backlog, ledger }
            },
        )
}

fn trigger() -> impl Strategy<Value = Trigger> {
    prop_oneof![
        3 => Just(Trigger::Input),
        1 => Just(Trigger::InputInLedger),
        1 => Just(Trigger::Alarm),
        1 => Just(Trigger::Invocation),
        4 => Just(Trigger::Tick),
        1 => Just(Trigger::EndpointChanged),
        1 => Just(Trigger::Wake),
        1 => any::<bool>().prop_map(|force| Trigger::Sleep { force }),
        1 => (1..9000i64).prop_map(|s| Trigger::Hold { until: from_now(s) }),
        1 => Just(Trigger::Release),
        1 => Just(Trigger::Status),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let done_after = prop::option::of((0..5i64).prop_map(SignedDuration::from_mins));
    (1..6i32, 5..60i64, prop::option::of(1..4u32), done_after).prop_map(
        |(wake_to, idle, inputs_per_instance, done_after)| Policy {
            done_after,
            wake_to,
            idle: SignedDuration::from_mins(idle),
            inputs_per_instance,
        },
    )
}

fn writes_nothing(decision: &Decision) -> bool {
    decision.capacity.is_none() && decision.records.is_empty() && decision.floor.is_none()
}

/// Uploads without a result, and when they were touched, implemented independently of the function's code.
fn outstanding(ledger: &LedgerSeen) -> Vec<Timestamp> {
    let LedgerSeen::Read(reading) = ledger else { return Vec::new() };
    let is_finished = |item: &Item| {
        item.uploads.len() == 1
            && !item.results.is_empty()
            && item.received_at.unwrap() + SignedDuration::from_secs(5) >= item.created_at.unwrap()
    };
    let items = reading.items.iter().filter(|item| !item.uploads.is_empty() && !is_finished(item));
    items.map(|item| item.touched_at.unwrap()).collect()
}

/// Whether the ledger alone allows zero instances.
fn work_is_done(seen: &Observed, records: &Records, trigger: Trigger, policy: &Policy) -> bool {
    let (Some(done_after), LedgerSeen::Read(reading)) = (policy.done_after, &seen.ledger) else {
        return false;
    };
    let newest = reading.items.iter().filter_map(|item| item.result_at).max();
    let hour = SignedDuration::from_hours(1);
    let strays = reading.items.iter().filter(|item| item.uploads.is_empty());
    matches!(trigger, Trigger::Tick | Trigger::EndpointChanged)
        && seen.variant.current >= seen.variant.desired
        && seen.variant.current.is_some()
        && records.lease.is_none()
        && records.hold.is_none()
        && records.work.is_some()
        && outstanding(&seen.ledger).is_empty()
        && newest.is_some_and(|newest| newest + done_after <= now())
        && strays.filter_map(|item| item.result_at).all(|at| at + hour <= now())
}

/// Whether rule 3 allows zero instances, implemented independently of the function's code.
fn may_sleep(seen: &Observed, trigger: Trigger, policy: &Policy) -> bool {
    let points = match &seen.backlog {
        Backlog::Read(points) => points.as_slice(),
        Backlog::NotRead | Backlog::Unreadable => &[],
    };
    let forced = trigger == (Trigger::Sleep { force: true });
    let is_async = seen.endpoint.status == EndpointStatus::InService
        && seen.endpoint.asynchronous
        && !seen.variant.serverless
        && !seen.variant.managed;
    let idle_since = |since: Timestamp| {
        let counted: Vec<_> = points.iter().filter(|p| since < p.at && p.at <= now()).collect();
        let fresh = |p: &&Datapoint| now().duration_since(p.at) < SignedDuration::from_mins(5);
        counted.len() >= 3
            && counted.iter().all(|p| p.value == 0.0)
            && counted.iter().copied().any(|p| fresh(&p))
    };
    // The exception: a person stops an instance of a variant that is not registered.
    if seen.target == Read::Known(None) {
        return forced && is_async && idle_since(now() - policy.idle);
    }
    let Read::Known(Some(target)) = &seen.target else { return false };
    let Read::Known(records) = &seen.records else { return false };
    let records_of = || [records.lease, records.work, records.hold].into_iter().flatten();
    let ends = records_of().map(|r| r.release - SignedDuration::from_mins(10)).max();
    let live = ends.is_some_and(|ends| ends > now());
    let missed = target.suspended.scheduled && records.floor_just_over;
    let cancelled_until =
        records.no_floor.map(|no_floor| no_floor.release - SignedDuration::from_mins(3));
    let counts = records_of()
        .any(|r| r.at_release == AtRelease::DropFloor && Some(r.release) > cancelled_until);
    let our_floor = target.min == 1 && (counts || missed);
    let since = ends.filter(|ends| *ends <= now()).unwrap_or(now()) - policy.idle;
    let oldest = match trigger {
        Trigger::Sleep { force: true } => now() - policy.idle,
        Trigger::Sleep { force: false } => Timestamp::MIN,
        _ => since,
    };
    let known_work = outstanding(&seen.ledger).into_iter().any(|at| at >= oldest);
    is_async
        && !target.suspended.scaling_in
        && (target.min == 0 || our_floor)
        && (work_is_done(seen, records, trigger, policy)
            || (!live || forced) && idle_since(since) && !known_work)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_decision_follows_the_rules(
        seen in observed(),
        trigger in trigger(),
        policy in policy(),
    ) {
        let Verdict::Decided(decision) = decide(trigger, &seen, &policy, now()) else {
            prop_assert_eq!(&seen.backlog, &Backlog::NotRead, "it asks once");
            return Ok(());
        };
        let target = match &seen.target {
            Read::Known(target) => target.clone(),
            Read::Failed => None,
        };
        match decision.capacity {
            Some(0) => {
                prop_assert_eq!(decision.action, Action::Sleep);
                prop_assert!(may_sleep(&seen, trigger, &policy), "rule 3: {:?}", decision);
            }
            Some(to) => {
                // A hold at zero wakes the endpoint, and its action is still `hold`.
                prop_assert!(matches!(decision.action, Action::Wake | Action::Hold));
                let desired = seen.variant.desired.expect("a known capacity");
                prop_assert!(to >= 1 && to > desired, "never in");
                if desired > 0 {
                    prop_assert!(matches!(trigger, Trigger::Tick | Trigger::EndpointChanged));
                    prop_assert!(policy.inputs_per_instance.is_some());
                }
                if let Some(target) = &target {
                    prop_assert!((target.min..=target.max).contains(&to), "bounds");
                    if desired == 0 {
                        // A tick requests the owner's minimum, and no more.
                        let owned = |records: &Records| match MinOwner::of(target, records) {
                            MinOwner::Owner => true,
                            MinOwner::OursEnding => !target.suspended.scheduled,
                            MinOwner::None | MinOwner::Ours => false,
                        };
                        let by_owner = matches!(trigger, Trigger::Tick | Trigger::EndpointChanged)
                            && matches!(&seen.records, Read::Known(records) if owned(records));
                        let wanted = if by_owner { 1 } else { policy.wake_to };
                        prop_assert_eq!(to, wanted.max(target.min).min(target.max));
                    }
                }
            }
            None => {}
        }
        match decision.floor {
            Some(Floor::Raise) => {
                let target = target.clone().expect("a floor needs a target");
                let desired = decision.capacity.or(seen.variant.desired).expect("a known capacity");
                prop_assert!(target.min == 0 && target.max >= 1 && desired <= target.max);
                prop_assert!(!target.suspended.scaling_out && !target.suspended.scheduled);
            }
            Some(Floor::Lower) => prop_assert_eq!(target.clone().map(|target| target.min), Some(1)),
            None => {}
        }
        if target.is_none() {
            prop_assert!(decision.floor.is_none());
            // The current capacity can be kept while the target cannot be read.
            let kept = seen.target == Read::Failed
                && matches!(&seen.records, Read::Known(records) if records.exist())
                && matches!(decision.records[..], [RecordWrite::Extend(_, end)] if end == now());
            prop_assert!(kept || decision.records.is_empty(), "{:?}", decision);
        }
        for record in &decision.records {
            if let RecordWrite::Extend(_, end) = record {
                prop_assert!(*end >= now(), "a record that ends in the past: {:?}", decision);
            }
        }
        if !seen.endpoint.asynchronous || seen.variant.serverless || seen.variant.managed {
            prop_assert!(writes_nothing(&decision), "left alone: {:?}", decision);
        }
        if trigger == Trigger::Status {
            prop_assert!(writes_nothing(&decision));
        }
        if trigger.requests_capacity() {
            // The capacity does not depend on the records, so it can be requested while they are read.
            let unread = Observed { records: Read::Failed, ..seen.clone() };
            let Verdict::Decided(early) = decide(trigger, &unread, &policy, now()) else {
                panic!("a wake reads no backlog")
            };
            prop_assert_eq!(early.capacity, decision.capacity, "records move no capacity");
        }
        if let Some(target) = &target
            && target.max == 0
            && trigger.requests_capacity()
        {
            prop_assert!(writes_nothing(&decision), "max is zero: {:?}", decision);
        }
    }

    #[test]
    fn equal_observations_lead_to_equal_decisions(seen in observed(), trigger in trigger(), policy in policy()) {
        prop_assert_eq!(
            decide(trigger, &seen, &policy, now()),
            decide(trigger, &seen, &policy, now())
        );
    }
}

/// RegisterScalableTarget brings the capacity into the bounds, independent of the parameters in the call.
#[tokio::test]
async fn an_input_above_the_maximum_leaves_the_floor_though_scheduled_scaling_is_suspended() {
    for (max, floor) in [(3, 0), (2, 1)] {
        let setup = Setup::at_zero().ready_to_sleep_with(3);
        setup.with(|world| {
            plant_lease(world, 60);
            world.set_bounds(&id(), 1, max);
            world.suspend(&id(), Suspended { scheduled: true, ..Suspended::default() });
        });
        setup.upload().await.unwrap();
        assert_eq!((setup.desired(), setup.min()), (3, floor), "max {max}");
    }
}

/// A tick may put the floor back without proof that there is no work, so it may scale nothing in by it.
#[tokio::test]
async fn a_tick_leaves_the_floor_where_putting_it_back_would_scale_in() {
    for (max, floor) in [(2, 1), (3, 0)] {
        let setup = Setup::at_zero().ready_to_sleep_with(3);
        setup.with(|world| {
            world.set_bounds(&id(), 1, max);
            let suspended = Suspended { scaling_in: true, scheduled: true, ..Suspended::default() };
            world.suspend(&id(), suspended);
        });
        // Longer than a record stands: it must not run out beside a floor of ours.
        setup.minutes(30).await;
        assert_eq!((setup.desired(), setup.min()), (3, floor), "max {max}");
        setup.with(|world| world.suspend(&id(), Suspended::default()));
        setup.minutes(30).await;
        assert_eq!((setup.desired(), setup.min()), (0, 0), "max {max}");
    }
}

/// During a sleep, work arrives and a person lowers the maximum: the floor is put
/// back only where AWS would not clamp.
#[tokio::test]
async fn a_sleep_that_stays_puts_no_floor_back_where_that_would_scale_in() {
    for (max, floor, withheld) in [(3, 1, None), (2, 0, Some("capacity_out_of_bounds"))] {
        let setup = Setup::at_zero().ready_to_sleep_with(3);
        setup.with(|world| {
            world.after_call("RegisterScalableTarget", 1, move |world, _| {
                plant_lease(world, 600);
                world.set_bounds(&id(), 0, max);
            });
        });
        let answer = setup.tick().await.unwrap();
        let decision = &answer["decisions"][0];
        assert_eq!(decision["reason"], "work_slipped_in", "max {max}");
        assert_eq!(decision["floor_withheld"].as_str(), withheld, "max {max}");
        assert_eq!((setup.desired(), setup.min()), (3, floor), "max {max}");
    }
}

/// A sleep's capacity call fails and nobody knows whether it was carried out, while an input has renewed the
/// lease: a wake to `wake_to` would scale in what still runs.
#[tokio::test]
async fn work_during_a_capacity_call_of_unknown_result_is_not_scaled_in() {
    for (fault, served_by) in [
        (Fault::ServerError, 2),
        (Fault::NoAnswer, 2),
        (Fault::AccessDenied, 2),
        (Fault::NoAnswerAfterEffect, 1),
    ] {
        let setup = Setup::at_zero().ready_to_sleep_with(2);
        setup.with(|world| {
            world.faults.fail_next(CAPACITY, fault.clone(), 1);
            world.after_call(CAPACITY, 1, |world, _| plant_lease(world, 600));
        });
        setup.tick().await.unwrap_err();
        assert_eq!(setup.min(), 1, "{fault:?}: the floor that was taken is back");
        assert!(setup.within(3, |world| world.capacity(&id()).1 == served_by).await, "{fault:?}");
        setup.with(|world| {
            let scaled_in = world.journal.events().any(|(_, event)| {
                matches!(event, Event::CapacityRequested { from, to, .. } if to < from && *to > 0)
            });
            assert!(!scaled_in, "{fault:?}");
        });
    }
}

/// During a sleep, a person changes the bounds, and work arrives at the same time as its capacity call: what
/// wakes it goes by the bounds of the last look, not by those that the tick began with.
#[tokio::test]
async fn work_during_a_sleep_is_served_within_the_bounds_of_the_last_look() {
    for (before, after, asked) in [(3, 1, 1), (1, 3, 2)] {
        let routes = r#"[{"endpoint":"my-endpoint","wake_to":2}]"#;
        let setup = Setup::with_routes(routes).ready_to_sleep_with(1);
        setup.with(|world| {
            world.set_bounds(&id(), 1, before);
            world.after_call("RegisterScalableTarget", 1, move |world, _| {
                world.set_bounds(&id(), 0, after);
            });
            world.after_call(CAPACITY, 1, |world, _| plant_lease(world, 600));
        });
        setup.tick().await.unwrap();
        let asked_for: Vec<String> = setup
            .writes()
            .into_iter()
            .filter(|(operation, _)| operation.as_str() == CAPACITY)
            .map(|(_, arguments)| arguments)
            .collect();
        assert_eq!(asked_for.len(), 2, "to zero and up again");
        assert!(asked_for[1].contains(&asked.to_string()), "{before} to {after}: {asked_for:?}");
    }
}

/// The same where the capacity call failed: only the floor is left to go by them.
#[tokio::test]
async fn a_failed_sleep_puts_no_floor_back_above_the_bounds_of_the_last_look() {
    for (max, floor) in [(2, 1), (1, 0)] {
        let setup = Setup::at_zero().ready_to_sleep_with(2);
        setup.with(|world| {
            world.after_call("RegisterScalableTarget", 1, move |world, _| {
                world.set_bounds(&id(), 0, max);
            });
            world.faults.fail_next(CAPACITY, Fault::ServerError, 1);
            world.after_call(CAPACITY, 1, |world, _| plant_lease(world, 600));
        });
        setup.tick().await.unwrap_err();
        assert_eq!((setup.desired(), setup.min()), (2, floor), "max {max}");
    }
}
