//! What a tick costs: AWS calls by name, time and memory, for 1, 20 and 500 registered endpoints.
//!
//! The built function runs as a process of its own, over the Runtime API, against the loopback AWS, first with
//! immediate answers, then with answers that are delayed as long as those of AWS.
//!
//!     cargo bench --workspace --bench ticks
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[allow(dead_code, unused_imports)]
#[path = "../tests/harness/mod.rs"]
mod harness;

#[path = "released/mod.rs"]
mod released;

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use harness::{Function, VARIANT, ahead};
use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{LEASE, WATCH},
    port::VariantId,
};
use serde_json::json;
use simulator::{ActionPut, LoopbackAws, Simulator};
use tokio::process::Command;

const ROUTES: &str = r#"[{"preset":"sagemaker-sdk","bucket":"inputs-of-all"}]"#;

/// Ticks per row. At their pace of 10 calls a second, each of the largest takes a quarter of a minute.
const TICKS: usize = 6;

/// The assumed latency of an answer of AWS within a region.
const AWAY: Duration = Duration::from_millis(50);

/// The state of the awake endpoints.
#[derive(Debug, Clone, Copy)]
enum Awake {
    /// Their leases are live.
    Leased,
    /// Their leases have ended, and there is work: the backlog is read, and each lease extended.
    Judged,
}

impl Awake {
    fn as_str(self) -> &'static str {
        match self {
            Self::Leased => "lease live",
            Self::Judged => "lease over, busy",
        }
    }
}

struct Row {
    calls: BTreeMap<String, usize>,
    median: Duration,
    slowest: Duration,
    peak_kib: u64,
}

fn world(registered: usize, awake: usize, state: Awake) -> Simulator {
    let sim = Simulator::new(Timestamp::now());
    let end = match state {
        Awake::Leased => ahead(60),
        Awake::Judged => ahead(-1),
    };
    sim.with(|world| {
        for number in 0..registered {
            let name = format!("team-{number:03}-model");
            let id = VariantId::new(&name, VARIANT);
            let up = i32::from(number < awake);
            world.add_async_endpoint(&name, VARIANT, up);
            world.register_target(&id, up, 4);
            if up == 1 {
                world.plant_action(&id, &ActionPut::once(LEASE, end + WATCH, Some(0), None));
                let busy = (2..10).map(|minutes| (ahead(-minutes), 3.0)).collect();
                world.set_backlog_override(&name, Some(busy));
            }
        }
    });
    sim.follow_wall_clock();
    sim
}

async fn measure(registered: usize, awake: usize, state: Awake, latency: Duration) -> Row {
    let sim = world(registered, awake, state);
    let aws = LoopbackAws::start_after(latency, sim.clone()).await.unwrap();
    let program = Command::new(released::released("reactive-scaler"));
    let mut function = Function::start_as(program, &aws.url, ROUTES, &[]).await;
    let mut times = Vec::new();
    let mut calls = BTreeMap::new();
    for tick in 0..TICKS {
        if matches!(state, Awake::Judged) {
            // The last tick extended the leases. They have ended again.
            sim.with(|world| {
                let over = Timestamp::now() - SignedDuration::from_mins(1) + WATCH;
                for number in 0..awake {
                    let id = VariantId::new(format!("team-{number:03}-model"), VARIANT);
                    world.plant_action(&id, &ActionPut::once(LEASE, over, Some(0), None));
                }
            });
        }
        sim.with(|world| world.clear_calls());
        let begun = Instant::now();
        function.invoke(&json!({ "action": "tick" })).await.answer();
        // The first connects; the others are what a warm container does every minute.
        if tick > 0 {
            times.push(begun.elapsed());
        }
        calls.clear();
        sim.with(|world| {
            for call in world.journal.calls() {
                *calls.entry(call.operation.as_str().to_owned()).or_insert(0) += 1;
            }
        });
    }
    times.sort();
    Row {
        calls,
        median: times[times.len() / 2],
        slowest: times[times.len() - 1],
        peak_kib: function.peak_memory_kib(),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!(
        "| registered | awake | state | each answer after | calls of one tick | median | slowest | peak memory |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for latency in [Duration::ZERO, AWAY] {
        for (registered, awake, state) in [
            (1, 1, Awake::Leased),
            (20, 20, Awake::Leased),
            (500, 20, Awake::Leased),
            (500, 20, Awake::Judged),
        ] {
            let row = measure(registered, awake, state, latency).await;
            let all: usize = row.calls.values().sum();
            let by_name: Vec<String> =
                row.calls.iter().map(|(name, count)| format!("{count} {name}")).collect();
            println!(
                "| {registered} | {awake} | {} | {} ms | {all}: {} | {:.1} ms | {:.1} ms | {:.1} MiB |",
                state.as_str(),
                latency.as_millis(),
                by_name.join(", "),
                row.median.as_secs_f64() * 1e3,
                row.slowest.as_secs_f64() * 1e3,
                row.peak_kib as f64 / 1024.0,
            );
        }
    }
}
