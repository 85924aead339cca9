//! The order of endpoints if a tick has time for only some of them. The endpoints that have waited longest come first,
//! even if the container does not know which these are. Time is virtual.

use std::{collections::BTreeSet, time::Duration};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler::{self, InvocationError},
    lease::{LEASE, WATCH},
    rate::Pace,
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::{ActionPut, Simulator};
use tokio::time::{Instant, sleep_until};

use crate::{
    setup::{SDK, VARIANT, id},
    slow::names,
    slow_aws::{Asked, SlowAws},
};

const CALL: Duration = Duration::from_millis(100);

/// These endpoints, with the capacity that they have, and leases that end in so many minutes, or have ended.
fn aws(endpoints: &[(String, i32, i64)]) -> SlowAws {
    let sim = Simulator::new("2030-01-07T14:00:30Z".parse().unwrap());
    sim.with(|world| {
        for (name, up, minutes) in endpoints {
            let id = id(name);
            world.add_async_endpoint(name, VARIANT, *up);
            world.register_target(&id, 0, 4);
            world.set_bounds(&id, *up, 4);
            let release = world.now() + SignedDuration::from_mins(*minutes) + WATCH;
            world.plant_action(&id, &ActionPut::once(LEASE, release, Some(0), None));
        }
    });
    SlowAws::new(&sim, CALL)
}

/// So many endpoints that are awake, with live leases.
fn awake(count: usize) -> SlowAws {
    let all: Vec<_> = names("e", count).into_iter().map(|name| (name, 1, 60)).collect();
    aws(&all)
}

fn container(aws: &SlowAws) -> Scaler<SlowAws, SlowAws> {
    let config = Config { routes: routes_from_json(SDK).unwrap(), mode: Mode::Act };
    Scaler::new(aws.clone(), aws.clone(), config).with_ticks_by(aws.clone(), Pace::default())
}

/// This minute's tick, and what it asked AWS for.
async fn tick(
    container: &Scaler<SlowAws, SlowAws>,
    aws: &SlowAws,
    time: Duration,
) -> (Result<Value, InvocationError>, Vec<Asked>) {
    let begun = Instant::now();
    aws.take_asked();
    let payload = json!({ "action": "tick" });
    let answer = handler::serve(container, aws, &payload, None, begun + time, |_| {}).await;
    sleep_until(begun + Duration::from_secs(60)).await;
    (answer, aws.take_asked())
}

fn looks(asked: &[Asked]) -> BTreeSet<String> {
    let described = asked.iter().filter(|one| one.operation == "DescribeEndpoint");
    described.map(|one| one.resource.clone()).collect()
}

/// A tick has time for a third of them. With the rotation by the minute alone, each tick would begin with the same
/// one.
#[tokio::test(start_paused = true)]
async fn a_container_continues_with_the_endpoints_that_its_last_tick_did_not_read() {
    let aws = awake(450);
    let container = container(&aws);
    let mut seen = BTreeSet::new();
    for _ in 0..3 {
        let (answer, asked) = tick(&container, &aws, Duration::from_secs(20)).await;
        answer.unwrap();
        assert!(looks(&asked).len() < 200, "{}", looks(&asked).len());
        seen.extend(looks(&asked));
    }
    assert_eq!(seen.len(), 450);
}

#[tokio::test(start_paused = true)]
async fn no_endpoint_is_left_out_by_several_containers_with_one_tick_each() {
    let aws = awake(600);
    let mut seen = BTreeSet::new();
    for _ in 0..4 {
        let (answer, asked) = tick(&container(&aws), &aws, Duration::from_secs(50)).await;
        answer.unwrap();
        assert!(looks(&asked).len() < 500, "{}", looks(&asked).len());
        seen.extend(looks(&asked));
    }
    assert_eq!(seen.len(), 600);
}

/// One after the other, they alone would take the whole tick.
#[tokio::test(start_paused = true)]
async fn twelve_endpoints_that_do_not_answer_do_not_prevent_other_wakes() {
    let all: Vec<_> = names("e", 60).into_iter().map(|name| (name, 0, 30)).collect();
    let mut aws = aws(&all);
    aws.hanging = names("e", 12).into_iter().collect();
    let (answer, _) = tick(&container(&aws), &aws, Duration::from_secs(50)).await;
    let error = answer.unwrap_err();
    assert!(error.message.starts_with("12 things failed"), "{error:?}");
    let desired = |name: &str| aws.sim.with(|world| world.capacity(&id(name)).1);
    let woken = all.iter().filter(|(name, ..)| desired(name) == 1).count();
    assert_eq!(woken, 48);
}

/// Looks at the others take the tick's whole time: a backlog that was read after them would be too late.
#[tokio::test(start_paused = true)]
async fn endpoints_with_ended_leases_are_decided_among_many_with_live_leases() {
    let mut all: Vec<_> = names("e", 450).into_iter().map(|name| (name, 1, 60)).collect();
    for (_, _, minutes) in &mut all[..5] {
        *minutes = -1;
    }
    let aws = aws(&all);
    let now = aws.sim.now();
    let work = |at: Timestamp| (-10..10).map(move |n| (at + SignedDuration::from_mins(n), 3.0));
    aws.sim.with(|world| {
        for (name, ..) in &all[..5] {
            world.set_backlog_override(name, Some(work(now).collect()));
        }
    });
    let begun = Instant::now();
    let (answer, asked) = tick(&container(&aws), &aws, Duration::from_secs(50)).await;
    answer.unwrap();
    let renewed: BTreeSet<&str> = asked
        .iter()
        .filter(|one| one.operation == "PutScheduledAction")
        .filter(|one| one.at.duration_since(begun) < Duration::from_secs(15))
        .map(|one| one.resource.as_str())
        .collect();
    assert_eq!(renewed.len(), 5, "{renewed:?}");
}
