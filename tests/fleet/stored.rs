//! Stored routes: they are read at start-up and from time to time, and the last ones are kept.

use std::future::pending;

use reactive_scaler::{
    config::{Config, Mode},
    handler::{InvocationError, serve},
    port::AwsResult,
    scaler::Scaler,
    stored_routes::{Place, Store, StoredRoutes},
};
use serde_json::{Value, json};
use simulator::{Fault, Simulator};
use tokio::time::Instant;

use crate::setup::{VARIANT, id};

const PLACE: &str = "ssm:/reactive-scaler/routes";
const OF_A: &str = r#"[{"endpoint":"a","bucket":"a-inputs"}]"#;
const OF_A_AND_B: &str =
    r#"[{"endpoint":"a","bucket":"a-inputs"},{"endpoint":"b","bucket":"b-inputs"}]"#;

/// A warm container with routes that are stored in `PLACE`, and the endpoints `a` and `b` at zero.
struct Container<S> {
    sim: Simulator,
    scaler: Scaler<Simulator, Simulator>,
    stored: StoredRoutes<S, Simulator>,
}

fn world(routes: &str) -> Simulator {
    let sim = Simulator::new("2030-01-07T14:00:30Z".parse().unwrap());
    sim.with(|world| {
        for name in ["a", "b"] {
            world.add_async_endpoint(name, VARIANT, 0);
            world.register_target(&id(name), 0, 4);
        }
        world.store(PLACE, routes);
    });
    sim
}

impl<S: Store> Container<S> {
    async fn start(sim: Simulator, store: S) -> Self {
        let place = Place::of(PLACE).unwrap().unwrap();
        let (stored, routes) = StoredRoutes::start(store, place, None, sim.clone()).await.unwrap();
        let config = Config { routes, mode: Mode::Act };
        Self { scaler: Scaler::new(sim.clone(), sim.clone(), config), sim, stored }
    }

    /// As the function does it: routes first, then the event.
    async fn upload(&self, bucket: &str) -> Result<Value, InvocationError> {
        let not_refreshed = self.stored.refresh(&self.scaler).await;
        let event = json!({
            "source": "aws.s3",
            "detail-type": "Object Created",
            "time": self.sim.now().to_string(),
            "detail": { "bucket": { "name": bucket }, "object": { "key": "input" } },
        });
        let deadline = Instant::now() + std::time::Duration::from_secs(50);
        serve(&self.scaler, &self.sim, &event, not_refreshed, deadline, |_| {}).await
    }

    fn reads(&self) -> usize {
        self.sim.with(|world| world.calls("GetParameter"))
    }

    fn desired(&self, name: &str) -> i32 {
        self.sim.with(|world| world.capacity(&id(name)).1)
    }

    fn seconds(&self, seconds: u64) {
        self.sim.advance(std::time::Duration::from_secs(seconds));
    }
}

#[tokio::test]
async fn a_change_is_taken_after_five_minutes_and_not_before() {
    for (seconds, taken) in [(299, false), (300, true)] {
        let sim = world(OF_A);
        let container = Container::start(sim.clone(), sim).await;
        container.sim.with(|world| world.store(PLACE, OF_A_AND_B));
        // The model's own call took a moment: this is counted from the container's start.
        container.seconds(seconds);
        container.upload("b-inputs").await.unwrap();
        assert_eq!(container.desired("b"), i32::from(taken), "after {seconds} s");
        assert_eq!(container.reads(), 1 + usize::from(taken), "after {seconds} s");
    }
}

#[tokio::test]
async fn a_warm_container_reads_once_in_five_minutes_however_many_events_come() {
    let sim = world(OF_A);
    let container = Container::start(sim.clone(), sim).await;
    container.seconds(300);
    for _ in 0..50 {
        container.upload("a-inputs").await.unwrap();
    }
    assert_eq!(container.reads(), 2);
}

#[tokio::test]
async fn unreadable_routes_are_reported_once_and_the_last_valid_ones_are_used() {
    for break_it in [
        |sim: &Simulator| sim.with(|world| world.unstore(PLACE)),
        |sim: &Simulator| sim.with(|world| world.store(PLACE, r#"[{"endpoint":"a b"}]"#)),
        |sim: &Simulator| sim.with(|world| world.store(PLACE, "[]")),
        |sim: &Simulator| {
            sim.with(|world| world.faults.fail_next("GetParameter", Fault::AccessDenied, 1));
        },
    ] {
        let sim = world(OF_A);
        let container = Container::start(sim.clone(), sim).await;
        break_it(&container.sim);
        container.seconds(300);
        let error = container.upload("a-inputs").await.unwrap_err();
        assert_eq!(container.desired("a"), 1, "{error:?}");
        assert_eq!(error.kind, "NotEverythingDone");
        assert!(error.message.contains(PLACE), "{error:?}");
        assert!(error.message.contains("the last good ones stay"), "{error:?}");
        // The next attempt is five minutes later: until then, nothing fails.
        container.upload("a-inputs").await.unwrap();
        container.sim.with(|world| world.store(PLACE, OF_A_AND_B));
        container.seconds(300);
        container.upload("b-inputs").await.unwrap();
        assert_eq!(container.desired("b"), 1);
    }
}

#[tokio::test]
async fn a_refusal_names_the_field() {
    let sim = world(OF_A);
    let container = Container::start(sim.clone(), sim).await;
    container.sim.with(|world| world.store(PLACE, r#"[{"endpoint":"a","idle_minutes":0}]"#));
    container.seconds(300);
    let error = container.upload("a-inputs").await.unwrap_err();
    assert!(error.message.contains("[0].idle_minutes"), "{error:?}");
}

#[tokio::test]
async fn changed_routes_clear_the_memory_of_their_endpoints() {
    let sim = world(OF_A);
    let container = Container::start(sim.clone(), sim).await;
    container.seconds(280);
    container.upload("a-inputs").await.unwrap();
    container.sim.with(|world| {
        world.store(PLACE, r#"[{"endpoint":"a","bucket":"a-inputs","idle_minutes":60}]"#);
    });
    container.seconds(20);
    // With the old routes, an input within W of the wake would make no call.
    let answer = container.upload("a-inputs").await.unwrap();
    assert_eq!(answer["decisions"][0]["reason"], "lease_renewed", "{answer}");
}

/// Answers once, and never again.
struct Hanging(Simulator, std::sync::atomic::AtomicBool);

impl Store for Hanging {
    async fn read(&self, place: &Place) -> AwsResult<String> {
        match self.1.swap(true, std::sync::atomic::Ordering::Relaxed) {
            false => self.0.read(place).await,
            true => pending().await,
        }
    }
}

#[tokio::test]
async fn a_store_that_does_not_answer_keeps_no_input_waiting() {
    let sim = world(OF_A);
    let container = Container::start(sim.clone(), Hanging(sim, false.into())).await;
    container.seconds(300);
    let error = container.upload("a-inputs").await.unwrap_err();
    assert!(error.message.contains("no answer within 3 s"), "{error:?}");
    assert_eq!(container.desired("a"), 1);
}

#[test]
fn a_location_is_distinguished_from_routes_and_checked() {
    for routes in ["[]", "", "my-endpoint", "{\"ssm:\":1}"] {
        assert_eq!(Place::of(routes), Ok(None), "{routes}");
    }
    let object = |bucket: &str, key: &str| Place::Object { bucket: bucket.into(), key: key.into() };
    for (setting, place) in [
        ("ssm:/a", Place::Parameter("/a".into())),
        (" ssm:/team/a.b-c_d\n", Place::Parameter("/team/a.b-c_d".into())),
        ("s3://my-config/routes.json", object("my-config", "routes.json")),
        ("s3://my-config/a b/ü.json", object("my-config", "a b/ü.json")),
    ] {
        assert_eq!(Place::of(setting), Ok(Some(place.clone())), "{setting}");
        assert_eq!(place.to_string(), setting.trim());
    }
    for (setting, form) in [
        ("ssm:", "ssm:/NAME"),
        ("ssm:name", "ssm:/NAME"),
        ("ssm:/", "ssm:/NAME"),
        ("ssm:/a b", "ssm:/NAME"),
        ("s3:my-config/routes.json", "s3://BUCKET/KEY"),
        ("s3://my-config", "s3://BUCKET/KEY"),
        ("s3://my-config/", "s3://BUCKET/KEY"),
        ("s3://My-Config/routes.json", "s3://BUCKET/KEY"),
    ] {
        let error = Place::of(setting).unwrap_err().to_string();
        assert!(error.contains("SCALER_ROUTES") && error.contains(form), "{setting}: {error}");
    }
}
