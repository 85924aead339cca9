//! The speed of the laboratory: simulated endpoint-days per second, by number of endpoints.
//!
//!     cargo bench --workspace --bench laboratory
//!     cargo bench --workspace --bench laboratory -- 100    # a day of 100 endpoints, once, for a profiler
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler,
    port::VariantId,
    scaler::Scaler,
};
use scalerctl_laboratory::simulate::{
    Deployment, DurationDistribution, Pattern, Scenario, begin, built_in, run_candidate,
};
use serde_json::{Value, json};
use simulator::{Job, JobState, Simulator};

const VARIANT: &str = "AllTraffic";

/// Runs per row; the median counts.
const RUNS: usize = 5;

/// The median duration of a run in seconds. If the system provides it, only processor time counts.
fn median(runs: usize, mut run: impl FnMut()) -> f64 {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let (start, before) = (Instant::now(), on_core());
            run();
            before.zip(on_core()).map_or(start.elapsed(), |(before, after)| after - before)
        })
        .collect();
    times.sort();
    times[runs / 2].as_secs_f64()
}

fn on_core() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(Duration::from_nanos(text.split_whitespace().next()?.parse().ok()?))
}

/// One sporadic endpoint for this number of days, under each candidate.
fn one_endpoint(runtime: &tokio::runtime::Runtime, days: u32) {
    let deployment = Deployment {
        idle_minutes: 10,
        job_minutes: 15,
        wake_to: 1,
        inputs_per_instance: None,
        buffer_seconds: 60,
    };
    let processing = DurationDistribution::Fixed(Duration::from_secs(45));
    let until = begin() + SignedDuration::from_hours(24 * i64::from(days));
    let arrivals = Pattern::Sporadic.arrivals(days, &processing, 1);
    let scenario = Scenario { until, ..Scenario::new(arrivals, until) };
    println!("| policy, one sporadic endpoint, {days} days | seconds | endpoint-days per second |");
    println!("|---|---|---|");
    for candidate in built_in(deployment) {
        let seconds = median(RUNS, || {
            runtime.block_on(run_candidate(&candidate, &scenario, || ())).unwrap();
        });
        let speed = f64::from(days) / seconds;
        println!("| {} | {seconds:.3} | {speed:.0} |", candidate.id);
    }
}

fn upload(name: &str) -> Value {
    json!({
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": { "bucket": { "name": "inputs" }, "object": { "key": format!("in/{name}/x") } },
    })
}

/// A day of this number of endpoints under one function: two uploads each, and every tick.
async fn a_day_of(endpoints: usize) {
    let sim = Simulator::new(begin());
    let names: Vec<String> = (0..endpoints).map(|n| format!("endpoint-{n:04}")).collect();
    sim.with(|world| {
        for name in &names {
            world.add_async_endpoint(name, VARIANT, 0);
            world.register_target(&VariantId::new(name, VARIANT), 0, 4);
        }
    });
    let routes = r#"[{"endpoint":"{endpoint}","prefix":"in/{endpoint}/"}]"#;
    let config = Config { routes: routes_from_json(routes).unwrap(), mode: Mode::Act };
    let scaler = Scaler::new(sim.clone(), sim.clone(), config);
    let tick = json!({ "action": "tick" });
    let serve = async |payload: &Value| {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(50);
        handler::serve(&scaler, &sim, payload, None, deadline, |_| {}).await.unwrap();
    };
    // Half an hour more, for the last uploads.
    for minute in 0..24 * 60 + 30 {
        sim.advance(Duration::from_secs(60));
        // Each endpoint has two uploads, distributed over the day.
        for (number, name) in names.iter().enumerate() {
            if minute < 24 * 60 && (number * 7 + minute) % 720 == 0 {
                sim.with(|world| world.upload(name));
                serve(&upload(name)).await;
            }
        }
        serve(&tick).await;
    }
    let is_done = |job: &&Job| matches!(job.state, JobState::Completed(_));
    let done = sim.with(|world| world.jobs().iter().filter(is_done).count());
    assert_eq!(done, 2 * endpoints, "every upload is served");
}

fn many_endpoints(runtime: &tokio::runtime::Runtime) {
    println!("\n| endpoints under one function, 1 day | seconds | endpoint-days per second |");
    println!("|---|---|---|");
    for endpoints in [1, 10, 100, 1000] {
        let seconds = median(RUNS, || runtime.block_on(a_day_of(endpoints)));
        println!("| {endpoints} | {seconds:.3} | {:.0} |", endpoints as f64 / seconds);
    }
}

fn main() {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    if let Some(endpoints) = std::env::args().find_map(|argument| argument.parse().ok()) {
        return runtime.block_on(a_day_of(endpoints));
    }
    one_endpoint(&runtime, 30);
    many_endpoints(&runtime);
}
