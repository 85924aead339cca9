//! The memory for an event with many endpoints in many messages.

use allocation_counter::measure;
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    port::VariantId,
    report,
    scaler::{Outcome, Scaler},
    signal,
};
use serde_json::{Value, json};
use simulator::{Fault, Simulator};
use tokio::time::{Duration, Instant};

const ENDPOINTS: u32 = 500;
const MESSAGES: usize = 10_000;

/// A Lambda function of the template has 256 MB.
const MOST: u64 = 64 * 1024 * 1024;

fn world() -> (Scaler<Simulator, Simulator>, Simulator) {
    let sim = Simulator::new("2030-01-07T14:00:30Z".parse().unwrap());
    for number in 0..ENDPOINTS {
        let name = format!("whisper-{number}");
        sim.with(|world| {
            world.add_async_endpoint(&name, "AllTraffic", 0);
            world.register_target(&VariantId::new(&name, "AllTraffic"), 0, 1);
        });
    }
    let routes = r#"[{"endpoint":"whisper-*","bucket":"my-inputs","to":"all"}]"#;
    let config = Config { routes: routes_from_json(routes).unwrap(), mode: Mode::Act };
    (Scaler::new(sim.clone(), sim.clone(), config), sim)
}

fn messages() -> Value {
    let body = json!({ "Records": [{
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "s3": { "bucket": { "name": "my-inputs" }, "object": { "key": "x" } },
    }] })
    .to_string();
    let message = |number: usize| json!({ "eventSource": "aws:sqs", "messageId": format!("{number:036}"), "body": body });
    json!({ "Records": (0..MESSAGES).map(message).collect::<Vec<Value>>() })
}

#[test]
fn message_ids_are_not_kept_once_for_each_endpoint() {
    let (scaler, sim) = world();
    let refused = Fault::AccessDenied;
    sim.with(|world| world.faults.fail_next("PutScheduledAction", refused, ENDPOINTS));
    let decoded = signal::decode(&messages()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut outcome = Outcome::default();
    let info = measure(|| {
        outcome = runtime.block_on(async {
            scaler.serve(decoded, Instant::now() + Duration::from_secs(50)).await
        });
    });
    println!("{} bytes held at most", info.bytes_max);
    assert!(info.bytes_max <= MOST, "{} bytes held at a time", info.bytes_max);
    let mut answer = Value::Null;
    let info = measure(|| answer = report::answer(&outcome));
    assert!(info.bytes_max <= MOST, "{} bytes held at a time for the answer", info.bytes_max);
    assert_eq!(answer["decisions"].as_array().unwrap().len(), ENDPOINTS as usize);
    assert_eq!(answer["batchItemFailures"].as_array().unwrap().len(), MESSAGES);
}
