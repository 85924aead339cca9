//! Virtual time: how it is cut into steps makes no difference.

use std::time::Duration;

use proptest::prelude::*;
use reactive_scaler::port::{EndpointStatus, Suspended};
use simulator::{
    ActionPut, Fault, JobSpec, MetricName, PastSchedule, Publishing, Registration, Settings, World,
};

use crate::stage::*;

/// Something done to the world at one instant.
#[derive(Debug, Clone)]
enum Deed {
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

fn deed() -> impl Strategy<Value = Deed> {
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
            .prop_map(|(after, delay, processing)| Deed::Upload { after, delay, processing }),
        2 => Just(Deed::Inline),
        2 => (0..4i32).prop_map(Deed::Scale),
        2 => (0..4i32).prop_map(Deed::Call),
        2 => (bound(), bound()).prop_map(|(min, max)| Deed::Register(min, max)),
        3 => (proptest::sample::select(vec!["a", "b"]), 0..900u64, bound(), bound())
            .prop_map(|(name, after, min, max)| Deed::Action { name, after, min, max }),
        1 => any::<bool>().prop_map(Deed::AlarmLow),
        1 => any::<bool>().prop_map(Deed::Suspend),
        1 => (1..400u64).prop_map(Deed::Deploy),
        1 => (status, 1..400u64).prop_map(|(status, lasting)| Deed::Status(status, lasting)),
        1 => proptest::option::of(0..3i32).prop_map(Deed::Quota),
        1 => any::<bool>().prop_map(Deed::Shortage),
        1 => fault.prop_map(Deed::Fail),
        1 => (1..300u64).prop_map(Deed::LoseMetrics),
        1 => (0..3i32).prop_map(Deed::Recreate),
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

/// Refusals are part of the journal or of no consequence: each deed may come to nothing.
fn run(world: &mut World, deed: &Deed) {
    let now = world.now();
    let here = world.endpoint(ENDPOINT).is_some();
    let registered = world.target(&id()).is_some();
    match deed.clone() {
        Deed::Upload { after, delay, processing } => {
            let spec = JobSpec {
                processing: Some(secs(processing)),
                invocation_delay: Some(secs(delay)),
                at: Some(now + secs(after)),
                inline: false,
            };
            world.add_job(ENDPOINT, &spec);
        }
        Deed::Inline => {
            world.invoke_inline(ENDPOINT);
        }
        Deed::Scale(to) => drop(world.scale_by_person(&id(), to)),
        Deed::Call(to) => drop(set_capacity(world, to)),
        Deed::Register(min, max) => {
            let registration = Registration { min, max, ..Registration::default() };
            world.register_scalable_target(&id(), registration).ok();
        }
        Deed::Action { name, after, min, max } => {
            let put = ActionPut::once(name, now + secs(after), min, max);
            world.put_scheduled_action(&id(), &put).ok();
        }
        Deed::AlarmLow(in_alarm) if registered => world.set_alarm_low(&id(), in_alarm),
        Deed::Suspend(all) if registered => {
            let suspended = Suspended { scaling_in: all, scaling_out: all, scheduled: all };
            world.suspend(&id(), suspended);
        }
        Deed::Deploy(lasting) if here => world.begin_deployment(ENDPOINT, secs(lasting)),
        Deed::Status(status, lasting) if here => {
            world.begin_status(ENDPOINT, status, secs(lasting));
        }
        Deed::Quota(quota) if here => world.set_quota(ENDPOINT, quota),
        Deed::Shortage(shortage) if here => world.set_capacity_shortage(ENDPOINT, shortage),
        Deed::Fail(fault) => world.faults.fail_next("*", fault, 1),
        Deed::LoseMetrics(lasting) => world.lose_metrics(now, now + secs(lasting)),
        Deed::Recreate(count) => {
            world.add_async_endpoint(ENDPOINT, VARIANT, count);
        }
        _ => {}
    }
}

/// Everything that can be told apart from outside.
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
        deeds in proptest::collection::vec((0..500u64, deed()), 1..25),
        steps_ms in proptest::collection::vec(1..100_000u64, 1..10),
    ) {
        let mut big = target_with(count, 0, 3, settings);
        let mut small = target_with(count, 0, 3, big.settings.clone());
        let mut steps = steps_ms.iter().cycle().map(|ms| Duration::from_millis(*ms));
        let end = (3600, Deed::LoseMetrics(1));
        for (gap, deed) in deeds.iter().chain([&end]) {
            let until = big.now() + secs(*gap);
            big.advance_to(until);
            while small.now() < until {
                let step = steps.next().unwrap();
                small.advance_to(until.min(small.now() + step));
            }
            // Both stand at the same instant, and both have done what was due at it.
            small.advance_to(until);
            run(&mut big, deed);
            run(&mut small, deed);
        }
        prop_assert_eq!(everything(&big), everything(&small));
    }

    #[test]
    fn no_job_is_lost_and_none_ends_twice(
        settings in settings(),
        count in 0..3i32,
        deeds in proptest::collection::vec((0..500u64, deed()), 1..25),
    ) {
        let mut world = target_with(count, 0, 3, settings);
        for (gap, deed) in &deeds {
            world.advance(secs(*gap));
            run(&mut world, deed);
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
        // The longest time to live is 15 minutes, so after two hours all have ended.
        prop_assert_eq!(ended.count(), world.jobs().len());
        let open = |state| {
            matches!(state, JobState::Announced | JobState::Waiting | JobState::Running(_))
        };
        prop_assert_eq!(world.jobs().iter().filter(|job| open(job.state)).count(), 0);
    }
}

#[test]
fn time_never_goes_back() {
    let mut world = endpoint_at(0);
    world.advance(mins(5));
    world.advance_to(at(60));
    assert_eq!(world.now(), at(300));
}

#[test]
fn what_is_due_now_happens_without_time_passing() {
    let mut world = endpoint_at(1);
    let spec = JobSpec { processing: Some(Duration::ZERO), ..JobSpec::default() };
    world.add_job(ENDPOINT, &spec);
    world.advance(Duration::ZERO);
    assert_eq!((world.completed(ENDPOINT), world.now()), (1, at(0)));
}
