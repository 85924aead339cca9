//! 10,000 uploads, each with its own invocation, in this number of containers. Each container is a process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use jiff::Timestamp;
use simulator::{Fault, Outcome};

use crate::{
    contender::Contender,
    harness::{Function, ROUTE, TestWorld, uploads},
};

const UPLOADS: usize = 10_000;

/// The time for which a throttling AWS refuses every call.
const THROTTLED: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Cold,
    Warm,
    Throttling,
}

pub async fn table() {
    println!("\nA storm of {UPLOADS} uploads, one per invocation; each container is a process\n");
    println!(
        "| containers | state | AWS calls | throttled | failed invocations | first capacity call \
         after, ms | all served after, s | desired at the end |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for containers in [1, 10, 100] {
        for weather in [Weather::Cold, Weather::Warm, Weather::Throttling] {
            storm(containers, weather).await;
        }
    }
}

async fn start(test_world: &TestWorld) -> Function {
    let variables = Contender::Scaler.variables(None);
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Function::start_as(Contender::Scaler.command(None), test_world.url(), ROUTE, &variables).await
}

async fn storm(containers: usize, weather: Weather) {
    let test_world = TestWorld::at_zero().await;
    let mut warm = Vec::new();
    if weather == Weather::Warm {
        for _ in 0..containers {
            let mut function = start(&test_world).await;
            function.invoke(&uploads(1)).await.answer();
            warm.push(function);
        }
    }
    let arrival = Arc::new(Mutex::new(None));
    let seen = arrival.clone();
    test_world.sim.with(|world| {
        world.clear_calls();
        world.before_call("UpdateEndpointWeightsAndCapacities", 1, move |_, _| {
            *seen.lock().unwrap() = Some(Instant::now());
        });
        if weather == Weather::Throttling {
            let now = Timestamp::now();
            world.faults.fail_between("*", Fault::Throttled, now, now + THROTTLED);
        }
    });
    let begun = Instant::now();
    let share = UPLOADS / containers;
    let mut warm = warm.into_iter();
    let serving = (0..containers).map(|_| {
        let (function, test_world) = (warm.next(), &test_world);
        async move {
            let mut function = match function {
                Some(function) => function,
                None => start(test_world).await,
            };
            let mut failed = 0;
            for _ in 0..share {
                failed += usize::from(function.invoke(&uploads(1)).await.result.is_err());
            }
            failed
        }
    });
    let failed: usize = join_all(serving).await.into_iter().sum();
    let all_after = begun.elapsed().as_secs_f64();
    let (calls, throttled) = test_world.sim.with(|world| {
        let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
        let mut throttled = 0;
        for call in world.journal.calls() {
            *calls.entry(call.operation.as_str()).or_default() += 1;
            throttled +=
                usize::from(call.outcome == Outcome::Refused("ThrottlingException".into()));
        }
        (calls, throttled)
    });
    let total: usize = calls.values().sum();
    let names: Vec<String> = calls.iter().map(|(name, count)| format!("{count} {name}")).collect();
    let first = *arrival.lock().unwrap();
    let first =
        first.map_or("none".into(), |at| format!("{:.1}", (at - begun).as_secs_f64() * 1e3));
    let state = match weather {
        Weather::Cold => "cold",
        Weather::Warm => "warm",
        Weather::Throttling => "cold, every call throttled for 3 s",
    };
    let by_name = if total == 0 { "0".into() } else { format!("{total}: {}", names.join(", ")) };
    println!(
        "| {containers} | {state} | {by_name} | {throttled} | {failed} | {first} | {all_after:.1} | {} |",
        test_world.capacity().1
    );
    assert_eq!(test_world.capacity().1, 1, "a lost wake");
}
