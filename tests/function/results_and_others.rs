//! Results beside what the ledger does not explain: alarms, people's instances, uploads that nobody invokes, and a
//! ledger that cannot be read.

use std::time::{Duration, Instant};

use reactive_scaler::{
    lease::{LEASE, WATCH, WORK},
    ledger::{Location, RequestResult, Upload},
    port::Ledger,
};
use serde_json::Value;
use simulator::{ActionPut, Fault};

use super::results::{decided, result, tick, upload};
use crate::harness::{ENDPOINT, TestWorld, VARIANT, ago, id, zeros};

const KEY: &str = "async/in/a.json";
const INPUT: &str = "s3://my-inputs/async/in/a.json";

/// The backstop alarm of `my-endpoint`.
fn alarm() -> Value {
    serde_json::from_str(include_str!("../../events/alarm-eventbridge.json")).unwrap()
}

impl TestWorld {
    /// In service with one instance, a raised floor, a work record that ended a minute ago, and a backlog of 0.
    async fn after_work() -> Self {
        let world = Self::at_work().await;
        world.sim.with(|world| {
            let ended = ActionPut::once(WORK, ago(1) + WATCH, Some(0), None);
            world.plant_action(&id(), &ended);
            world.set_backlog_override(ENDPOINT, Some(zeros(&[4, 3, 2])));
            world.endpoint_mut(ENDPOINT).pace.scale_in = Duration::ZERO;
        });
        world
    }

    /// An hour ago, the object was uploaded so many times.
    async fn plant_uploads(&self, times: u32) {
        let location = Location::of_object("my-inputs", KEY).unwrap();
        for number in 0..times {
            let upload = Upload { id: format!("0{number}"), created_at: Some(ago(60)) };
            self.sim.add_upload(ENDPOINT, &location, &upload, ago(60)).await.unwrap();
        }
    }

    async fn until_in_service(&self) {
        let begin = Instant::now();
        while self.capacity() != (1, 1) {
            assert!(begin.elapsed() < Duration::from_secs(60), "{:?}", self.capacity());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The backlog alarm goes on while the instance starts. It belongs to the upload that woke the endpoint.
#[tokio::test]
async fn an_alarm_while_an_instance_starts_does_not_delay_the_end() {
    let world = TestWorld::at_zero().await;
    world.sim.with(|world| {
        world.endpoint_mut(ENDPOINT).pace.provisioning = Duration::from_secs(8);
    });
    let mut function = world.with_results().await;
    function.invoke(&upload(KEY, "01")).await.answer();
    function.invoke(&alarm()).await.answer();
    assert_eq!(world.capacity(), (0, 1));
    assert_eq!(world.release_of(LEASE), None);
    world.until_in_service().await;
    function.invoke(&result(INPUT, "one")).await.answer();
    assert_eq!(decided(&mut function, &tick()).await, ["tick sleep work_done 1->0"]);
}

/// The alarm wakes for a request that no upload explains. A result of an upload does not end its lease.
#[tokio::test]
async fn an_alarm_for_a_request_without_an_upload_is_not_undone_by_a_result() {
    let world = TestWorld::at_zero().await;
    world.sim.with(|world| world.endpoint_mut(ENDPOINT).pace.provisioning = Duration::ZERO);
    let mut function = world.with_results().await;
    function.invoke(&alarm()).await.answer();
    assert!(world.release_of(LEASE).is_some());
    world.until_in_service().await;
    function.invoke(&upload(KEY, "01")).await.answer();
    function.invoke(&result(INPUT, "one")).await.answer();
    assert_eq!(decided(&mut function, &tick()).await, ["tick none lease_live 1->1"]);
}

/// Somebody else started the instance. The lease of its adoption stands.
#[tokio::test]
async fn an_adoption_is_not_undone_by_a_result() {
    let world = TestWorld::new(|world| {
        world.add_async_endpoint(ENDPOINT, VARIANT, 1);
        world.register_target(&id(), 0, 1);
    })
    .await;
    let mut function = world.with_results().await;
    assert_eq!(decided(&mut function, &tick()).await, ["tick extend adopted 1->1"]);
    function.invoke(&upload(KEY, "01")).await.answer();
    function.invoke(&result(INPUT, "one")).await.answer();
    assert_eq!(decided(&mut function, &tick()).await, ["tick none lease_live 1->1"]);
}

/// One result can be that of either upload, so the metric decides.
#[tokio::test]
async fn a_key_that_was_uploaded_twice_is_left_to_the_metric() {
    let world = TestWorld::after_work().await;
    world.plant_uploads(2).await;
    let location = Location::of_object("my-inputs", KEY).unwrap();
    let received = RequestResult { inference_id: "one".to_owned(), received_at: Some(ago(59)) };
    world.sim.add_result(ENDPOINT, &location, &received, ago(59)).await.unwrap();
    let mut function = world.with_results().await;
    assert_eq!(decided(&mut function, &tick()).await, ["tick sleep idle 1->0"]);
}

#[tokio::test]
async fn an_upload_that_nobody_invokes_is_forgotten_by_the_metric_and_does_not_wake() {
    let world = TestWorld::after_work().await;
    world.plant_uploads(1).await;
    let mut function = world.with_results().await;
    assert_eq!(decided(&mut function, &tick()).await, ["tick sleep idle 1->0"]);
    for _ in 0..2 {
        assert_eq!(decided(&mut function, &tick()).await, ["tick none asleep 0->0"]);
    }
    assert_eq!(world.capacity(), (0, 0));
}

/// As without results. The tick fails, because the ledger cannot be read.
#[tokio::test]
async fn a_ledger_that_cannot_be_read_leaves_the_sleep_to_the_metric() {
    let world = TestWorld::after_work().await;
    let mut function = world.with_results().await;
    world.fail("Query", Fault::AccessDenied, 10);
    let invoked = function.invoke(&tick()).await;
    let problem = invoked.result.expect_err("the invocation fails").message;
    assert!(problem.contains("Query"), "{problem}");
    assert_eq!(world.capacity().1, 0);
}
