//! For any event, only endpoints that a route names are read and changed.

use std::{cell::Cell, collections::BTreeSet, time::Duration};

use proptest::{
    prelude::*,
    test_runner::{Config as Cases, TestRunner},
};
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler::serve,
    port::VariantId,
    scaler::Scaler,
};
use serde_json::Value;
use simulator::{Call, Simulator};
use tokio::time::Instant;

use crate::mutations::damaged;

/// The endpoint of `events/`, by name and by uploads.
const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/"}]"#;

const VARIANT: &str = "AllTraffic";

/// Registered endpoints. One has a route. The names are similar, so that damaged names can match.
const ENDPOINTS: [&str; 4] = ["my-endpoint", "my-endpoin", "my-endpoint-2", "wake"];

fn world() -> Simulator {
    let sim = Simulator::new("2026-03-02T09:15:00Z".parse().unwrap());
    sim.with(|world| {
        for name in ENDPOINTS {
            world.add_async_endpoint(name, VARIANT, 0);
            world.register_target(&VariantId::new(name, VARIANT), 0, 1);
        }
    });
    sim
}

/// Handles a payload in a new container. Returns the calls.
fn calls_for(payload: &Value) -> Vec<Call> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let sim = world();
    let config = Config { routes: routes_from_json(ROUTES).unwrap(), mode: Mode::Act };
    let scaler = Scaler::new(sim.clone(), sim.clone(), config);
    let _ = runtime.block_on(async {
        let deadline = Instant::now() + Duration::from_secs(600);
        serve(&scaler, &sim, payload, None, deadline, |_| {}).await
    });
    sim.with(|world| {
        for name in &ENDPOINTS[1..] {
            let id = VariantId::new(*name, VARIANT);
            assert_eq!(world.capacity(&id), (0, 0), "{name} was changed");
            assert_eq!(world.target(&id).unwrap().min, 0, "{name} was changed");
        }
        world.journal.calls().cloned().collect()
    })
}

#[test]
fn only_routed_endpoints_are_read_and_changed() {
    let allowed = BTreeSet::from(["my-endpoint", "endpoint/my-endpoint/variant/AllTraffic", "*"]);
    // A command can name a variant that does not exist. The function must read the endpoint to find that out.
    let looked_at = |call: &Call| {
        !call.operation.is_write() && call.resource.starts_with("endpoint/my-endpoint/variant/")
    };
    let (acted, passed) = (Cell::new(0), Cell::new(0));
    let cases = Cases { cases: 2048, failure_persistence: None, ..Cases::default() };
    let result = TestRunner::new(cases).run(&damaged(3), |bytes| {
        let Ok(payload) = serde_json::from_slice(&bytes) else { return Ok(()) };
        let calls = calls_for(&payload);
        for call in &calls {
            let fine = allowed.contains(call.resource.as_str()) || looked_at(call);
            prop_assert!(fine, "{} of {}", call.operation.as_str(), call.resource);
        }
        let count = if calls.is_empty() { &passed } else { &acted };
        count.set(count.get() + 1);
        Ok(())
    });
    result.unwrap();
    println!("{} events made calls, {} made none", acted.get(), passed.get());
    assert!(acted.get() > 100 && passed.get() > 100, "{acted:?} {passed:?}");
}
