//! Warm invocations: an input under a fresh lease, and the other programs' invocation without AWS calls.

use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use serde_json::json;

use crate::{
    contender::{Contender, prepare},
    figures::Figures,
    harness::{Function, ROUTE, TestWorld, upload, uploads},
};

/// Consecutive invocations before the next program's turn.
const BLOCK: usize = 100;

/// The time until Lambda's deadline.
const TIME_LEFT: Duration = Duration::from_secs(60);

/// Turns that count.
const TURNS: usize = 30;

/// A second in the ticks of `/proc/PID/stat` (`USER_HZ`, see proc(5)): 100 wherever Linux runs here.
const TICKS_PER_SECOND: f64 = 100.0;

struct Runner {
    contender: Contender,
    function: Function,
    event: Bytes,
    micros: Figures,
    ready_again: Figures,
    cpu_before: f64,
}

pub async fn side_by_side() {
    prepare();
    let test_world = TestWorld::at_zero().await;
    let input = uploads(1);
    // Of the same size, and no input to the peers: they answer it without a call.
    let other = json!({ "Records": [upload("my-inputs", "other/in/0.json", Timestamp::now())] });
    let mut runners = Vec::new();
    for (contender, event) in
        [(Contender::Scaler, &input), (Contender::Floor, &other), (Contender::Boto3, &other)]
    {
        let variables = contender.variables(None);
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let command = contender.command(None);
        let mut function = Function::start_as(command, test_world.url(), ROUTE, &variables).await;
        for _ in 0..BLOCK {
            function.invoke(event).await.answer();
        }
        let cpu_before = cpu_seconds(&function);
        let event = Bytes::from(event.to_string());
        let (micros, ready_again) = Default::default();
        runners.push(Runner { contender, function, event, micros, ready_again, cpu_before });
    }
    test_world.sim.with(|world| world.clear_calls());
    for _ in 0..TURNS {
        for runner in &mut runners {
            let (mut took, mut whole) = (Duration::ZERO, Duration::ZERO);
            for _ in 0..BLOCK {
                // Excludes the handling of the answer. The log is not read, because that would delay the next
                // invocation of a program that logs.
                runner.function.answered(runner.event.clone(), TIME_LEFT).await.unwrap();
                let moments = runner.function.moments();
                let handed_out = moments.handed_out.unwrap();
                took += moments.posted.unwrap() - handed_out;
                whole += moments.asked_last.unwrap() - handed_out;
            }
            let each = |took: Duration| took.as_secs_f64() * 1e6 / BLOCK as f64;
            runner.micros.0.push(each(took));
            runner.ready_again.0.push(each(whole));
        }
    }
    let all = BLOCK * TURNS;
    println!("\nWarm, no AWS call needed: {TURNS} blocks of {BLOCK} in turn, median (quartiles)\n");
    println!(
        "| | to the answer, µs | until it asks for more, µs | these per second | CPU of one, µs |"
    );
    println!("|---|---|---|---|---|");
    for Runner { contender, function, micros, ready_again, cpu_before, .. } in &runners {
        let cpu = (cpu_seconds(function) - cpu_before) * 1e6 / all as f64;
        let per_second = 1e6 / ready_again.median();
        println!(
            "| {} | {} | {} | {per_second:.0} | {cpu:.0} |",
            contender.name(),
            micros.spread(),
            ready_again.spread()
        );
    }
    for runner in &runners[1..] {
        let ratio = runners[0].micros.over(&runner.micros);
        let whole = runners[0].ready_again.over(&runner.ready_again);
        println!(
            "\nreactive-scaler over {}, turn by turn: to the answer {}, until it asks for more {}",
            runner.contender.name(),
            ratio.spread(),
            whole.spread()
        );
    }
    println!("AWS calls meanwhile: {}", test_world.sim.with(|world| world.calls_total()));
}

/// Processor time of the process so far, in user and kernel mode.
fn cpu_seconds(function: &Function) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", function.id())).unwrap();
    let after_name = stat.rsplit_once(") ").unwrap().1;
    let fields: Vec<&str> = after_name.split(' ').collect();
    let ticks = |field: usize| fields[field].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / TICKS_PER_SECOND
}
