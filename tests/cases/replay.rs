//! Several endpoints at zero, and what a payload does to them.

use reactive_scaler::port::VariantId;
use serde_json::{Value, json};

use crate::harness::{Function, Invoked, TestWorld, VARIANT};

/// The endpoints that the alarms' contributors name, each with a route.
pub const ENDPOINTS: [&str; 3] = ["my-endpoint", "another-endpoint", "third-endpoint"];

/// A file of `payloads/`.
pub fn payload(name: &str) -> Value {
    let file = format!("{}/tests/cases/payloads/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

/// These endpoints, registered and at zero.
pub async fn at_zero(endpoints: &[&str]) -> TestWorld {
    TestWorld::new(|world| {
        for name in endpoints {
            world.add_async_endpoint(name, VARIANT, 0);
            world.register_target(&VariantId::new(*name, VARIANT), 0, 1);
        }
    })
    .await
}

/// Those of the endpoints for which an instance is requested.
pub fn woken<'a>(test_world: &TestWorld, endpoints: &[&'a str]) -> Vec<&'a str> {
    let desired = |name: &str| {
        let id = VariantId::new(name, VARIANT);
        test_world.sim.with(|world| world.capacity(&id).1)
    };
    endpoints.iter().copied().filter(|name| desired(name) > 0).collect()
}

/// Sends a payload to a function with a route for each of [`ENDPOINTS`].
pub async fn send(payload: &Value) -> (TestWorld, Invoked) {
    let routes: Value = ENDPOINTS.iter().map(|name| json!({ "endpoint": name })).collect();
    let test_world = at_zero(&ENDPOINTS).await;
    let mut function = Function::start(test_world.url(), &routes.to_string()).await;
    let invoked = function.invoke(payload).await;
    (test_world, invoked)
}

/// The log lines that are no decision, as level and text.
pub fn said(invoked: &Invoked) -> Vec<(&str, &str)> {
    let lines = invoked.log.iter().filter(|line| line["message"] != "decision");
    lines
        .map(|line| {
            let message = line["fields"]["message"].as_str().unwrap_or_default();
            (line["level"].as_str().unwrap(), message)
        })
        .collect()
}
