//! The real process, invoked repeatedly with all kinds of payloads. After it is warm, its memory and its number of
//! open files do not grow.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::Fault;

use crate::harness::{Function, TestWorld, in_sns, in_sqs, on_event_bus, queued, upload, uploads};

/// Invocations of one round.
const ROUND: usize = 20;

/// Rounds until it is warm: connections are open, buffers have grown, and each code path has run once.
const WARM: usize = 40;

/// Maximum growth after that, in KiB, because the allocator's use varies.
const SLACK_KIB: u64 = 512;

fn rounds() -> usize {
    if crate::full() { 1_000 } else { 140 }
}

/// Payloads that do not depend on the state of the world. They may fail.
fn payloads() -> Vec<Value> {
    let now = jiff::Timestamp::now();
    let broken = json!({ "Records": [upload("my-inputs", "async/in/a", now), 7, { "a": "b" }] });
    let alarm = include_str!("../../events/alarm-in-sns.json");
    let changed = include_str!("../../events/endpoint-state-change.json");
    let command = |action: &str| json!({ "action": action, "endpoint": "my-endpoint" });
    vec![
        uploads(1),
        on_event_bus("my-inputs", "async/in/b"),
        uploads(100),
        on_event_bus("somebody-elses", "async/in/b"),
        json!({ "action": "tick" }),
        in_sns(&[uploads(1).to_string(), "no JSON".into()]),
        in_sqs(&[queued("a", &uploads(1).to_string()), queued("b", &broken.to_string())]),
        broken,
        serde_json::from_str(alarm).unwrap(),
        serde_json::from_str(changed).unwrap(),
        command("hold"),
        command("status"),
        command("release"),
        json!({ "action": "sleep", "endpoint": "my-endpoint", "force": true }),
        json!({ "action": "observe", "event": uploads(1) }),
        json!({ "action": "wake", "endpoint": "nobody-s" }),
        json!({ "what": "ever" }),
    ]
}

/// One round. Every tenth round closes a connection.
async fn round(test_world: &TestWorld, function: &mut Function, number: usize) {
    let payloads = payloads();
    for payload in &payloads {
        let _ = function.invoke(payload).await;
    }
    let _ = function.invoke_bytes("no JSON at all", Duration::from_secs(60)).await;
    test_world.sim.with(|world| {
        world.clear_calls();
        world.faults.fail_next("DescribeEndpoint", Fault::AccessDenied, 1);
    });
    let command = json!({ "action": "release", "endpoint": "my-endpoint" });
    function.invoke(&command).await.error();
    if number.is_multiple_of(10) {
        test_world.sim.with(|world| world.faults.fail_next("*", Fault::NoAnswer, 1));
    }
    let _ = function.invoke(&command).await;
    assert_eq!(payloads.len() + 3, ROUND);
}

#[tokio::test]
async fn memory_and_open_files_do_not_grow() {
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    let mut seen = Vec::new();
    for number in 0..rounds() {
        round(&test_world, &mut function, number).await;
        let now = (function.resident_kib(), function.open_files());
        if number == WARM || (number + 1).is_multiple_of(rounds() / 10) {
            let invocations = (number + 1) * ROUND;
            println!(
                "after {invocations} invocations: {} KiB resident, {} open files",
                now.0, now.1
            );
        }
        if number >= WARM {
            seen.push(now);
        }
    }
    let (warm_kib, _) = seen[0];
    let (last_kib, _) = seen[seen.len() - 1];
    assert!(
        last_kib <= warm_kib + SLACK_KIB,
        "{warm_kib} KiB resident once warm, {last_kib} in the end"
    );
    // Connections are closed and opened again, so the number varies but must not grow.
    let most = |part: &[(u64, usize)]| part.iter().map(|(_, files)| *files).max().unwrap();
    let (first, last) = seen.split_at(seen.len() / 2);
    assert!(most(last) <= most(first), "{} open files, later {}", most(first), most(last));
}
