//! Virtual time: the size of the steps makes no difference.

use std::time::Duration;

use proptest::prelude::*;
use reactive_scaler::port::{EndpointStatus, Suspended};
use simulator::{
    ActionPut, Fault, JobSpec, MetricName, PastSchedule, Publishing, Registration, Settings, World,
};

use crate::setup::*;

/// A change to the world.
#[derive(Debug, Clone)]
enum Change {
    Upload { after: u64, delay: u64, processing: u64 },
    Inline,
    Scale(i32),
    Call(i32),
    Register(Option<i32>, Option<i32>),
    Action { name: &'static str, after: u64, min: Option<i32>, max: Option<i32> },
    AlarmLow(bool),
    Suspend(bool),
    Deploy(u64),
    Status(EndpointStatus, u64),
    Quota(Option<i32>),
    Shortage(bool),
    Fail(Fault),
    LoseMetrics(u64),
    Recreate(i32),
}

fn change() -> impl Strategy<Value = Change> {
    let bound = || proptest::option::of(0..4i32);
    let status = proptest::sample::select(vec![
        EndpointStatus::SystemUpdating,
        EndpointStatus::RollingBack,
        EndpointStatus::OutOfService,
        EndpointStatus::UpdateRollbackFailed,
        EndpointStatus::Deleting,
    ]);
    let fault = proptest::sample::select(vec![Fault::Throttled, Fault::NoAnswerAfterEffect]);
    prop_oneof![
        6 => (0..900u64, 0..90u64, 0..200u64)
            .prop_map(|(after, delay, processing)| Change::Upload { after, delay, processing }),
        2 => Just(Change::Inline),
        2 => (0..4i32).prop_map(Change::Scale),
        2 => (0..4i32).prop_map(Change::Call),
        2 => (bound(), bound()).prop_map(|(min, max)| Change::Register(min, max)),
        3 => (proptest::sample::select(vec!["a", "b"]), 0..900u64, bound(), bound())
            .prop_map(|(name, after, min, max)| Change::Action { name, after, min, max }),
        1 => any::<bool>().prop_map(Change::AlarmLow),
        1 => any::<bool>().prop_map(Change::Suspend),
        1 => (1..400u64).prop_map(Change::Deploy),
        1 => (status, 1..400u64).prop_map(|(status, lasting)| Change::Status(status, lasting)),
        1 => proptest::option::of(0..3i32).prop_map(Change::Quota),
        1 => any::<bool>().prop_map(Change::Shortage),
        1 => fault.prop_map(Change::Fail),
        1 => (1..300u64).prop_map(Change::LoseMetrics),
        1 => (0..3i32).prop_map(Change::Recreate),
    ]
}

fn settings() -> impl Strategy<Value = Settings> {
    let flags = any::<[bool; 4]>();
    (flags, 0..200u64, 0..90u64, 0..5u64, 1..3usize, 30..900u64).prop_map(
        |([keep, store, sparse, deregister], lag, late, latency, concurrency, ttl)| {
            let mut settings = Settings {
                keep_past_actions: keep,
                deregister_on_delete: deregister,
                metric_lag: secs(lag),
                schedule_lateness: secs(late),
                call_latency: secs(latency),
                ..Settings::default()
            };
            if store {
                settings.past_schedule = PastSchedule::Store;
            }
            if sparse {
                settings.publishing = Publishing::WithBacklogOrInstance;
            }
            settings.pace.concurrency = concurrency;
            settings.pace.request_ttl = secs(ttl);
            settings
        },
    )
}

/// Ignores refusals: a change can fail.
fn run(world: &mut World, change: &Change) {
    let now = world.now();
    let here = world.endpoint(ENDPOINT).is_some();
    let registered = world.target(&id()).is_some();
    match change.clone() {
        Change::Upload { after, delay, processing } => {
            let spec = JobSpec {
                processing: Some(secs(processing)),
                invocation_delay: Some(secs(delay)),
                at: Some(now + secs(after)),
                inline: false,
            };
            world.add_job(ENDPOINT, &spec);
        }
        Change::Inline => {
            world.invoke_inline(ENDPOINT);
        }
        Change::Scale(to) => drop(world.scale_by_person(&id(), to)),
        Change::Call(to) => drop(set_capacity(world, to)),
        Change::Register(min, max) => {
            let registration = Registration { min, max, ..Registration::default() };
            world.register_scalable_target(&id(), registration).ok();
        }
        Change::Action { name, after, min, max } => {
            let put = ActionPut::once(name, now + secs(after), min, max);
            world.put_scheduled_action(&id(), &put).ok();
        }
        Change::AlarmLow(in_alarm) if registered => world.set_alarm_low(&id(), in_alarm),
        Change::Suspend(all) if registered => {
            let suspended = Suspended { scaling_in: all, scaling_out: all, scheduled: all };
            world.suspend(&id(), suspended);
        }
        Change::Deploy(lasting) if here => world.begin_deployment(ENDPOINT, secs(lasting)),
        Change::Status(status, lasting) if here => {
            world.begin_status(ENDPOINT, status, secs(lasting));
        }
        Change::Quota(quota) if here => world.set_quota(ENDPOINT, quota),
        Change::Shortage(shortage) if here => world.set_capacity_shortage(ENDPOINT, shortage),
        Change::Fail(fault) => world.faults.fail_next("*", fault, 1),
        Change::LoseMetrics(lasting) => world.lose_metrics(now, now + secs(lasting)),
        Change::Recreate(count) => {
            world.add_async_endpoint(ENDPOINT, VARIANT, count);
        }
        _ => {}
    }
}

/// The state that is visible from the outside.
fn everything(world: &World) -> String {
    let metrics = [
        MetricName::BacklogSize,
        MetricName::BacklogSizePerInstance,
        MetricName::HasBacklogWithoutCapacity,
    ];
    let metrics = metrics.map(|metric| world.visible(metric, ENDPOINT, at(0), world.now()));
    let paid = world.endpoint(ENDPOINT).map(|_| (world.paid(ENDPOINT), world.worked(ENDPOINT)));
    let lines = world.journal.entries().iter().map(|entry| format!("{entry:?}\n"));
    format!(
        "{}\n{world:#?}\n{:#?}\n{:#?}\n{metrics:#?}\n{paid:?}",
        lines.collect::<String>(),
        world.jobs(),
        world.activities()
    )
}

proptest! {
    #[test]
    fn one_big_step_equals_many_small_ones(
        settings in settings(),
        count in 0..3i32,
        changes in proptest::collection::vec((0..500u64, change()), 1..25),
        steps_ms in proptest::collection::vec(1..100_000u64, 1..10),
    ) {
        let mut big = target_with(count, 0, 3, settings);
        let mut small = target_with(count, 0, 3, big.settings.clone());
        let mut steps = steps_ms.iter().cycle().map(|ms| Duration::from_millis(*ms));
        let end = (3600, Change::LoseMetrics(1));
        for (gap, change) in changes.iter().chain([&end]) {
            let until = big.now() + secs(*gap);
            big.advance_to(until);
            while small.now() < until {
                let step = steps.next().unwrap();
                small.advance_to(until.min(small.now() + step));
            }
            // Both worlds are at the same time, and both have handled everything that is due.
            small.advance_to(until);
            run(&mut big, change);
            run(&mut small, change);
        }
        prop_assert_eq!(everything(&big), everything(&small));
    }

    #[test]
    fn no_job_is_lost_and_none_ends_twice(
        settings in settings(),
        count in 0..3i32,
        changes in proptest::collection::vec((0..500u64, change()), 1..25),
    ) {
        let mut world = target_with(count, 0, 3, settings);
        for (gap, change) in &changes {
            world.advance(secs(*gap));
            run(&mut world, change);
        }
        world.advance(mins(120));
        use simulator::{Event, JobState};
        let ended = world.journal.events().filter(|(_, event)| {
            matches!(
                event,
                Event::Completed(_)
                    | Event::Killed(_)
                    | Event::Expired(_)
                    | Event::InvocationRefused(_)
            )
        });
        // The longest time to live is 15 minutes, so all jobs have ended after two hours.
        prop_assert_eq!(ended.count(), world.jobs().len());
        let open = |state| {
            matches!(state, JobState::Announced | JobState::Waiting | JobState::Running(_))
        };
        prop_assert_eq!(world.jobs().iter().filter(|job| open(job.state)).count(), 0);
    }
}

#[test]
fn simulated_time_does_not_decrease() {
    let mut world = endpoint_at(0);
    world.advance(mins(5));
    world.advance_to(at(60));
    assert_eq!(world.now(), at(300));
}

#[test]
fn events_that_are_due_now_happen_without_time_passing() {
    let mut world = endpoint_at(1);
    let spec = JobSpec { processing: Some(Duration::ZERO), ..JobSpec::default() };
    world.add_job(ENDPOINT, &spec);
    world.advance(Duration::ZERO);
    assert_eq!((world.completed(ENDPOINT), world.now()), (1, at(0)));
}
