//! A function that only observes, with connected results: it says when it would have scaled in an endpoint that something
//! else scales, and writes nothing but its ledger.

use std::time::Duration;

use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    scaler::Scaler,
};
use simulator::{JobState, Operation};

use crate::{
    results::setup::{result_event, upload_event},
    setup::{ENDPOINT, Setup, decision, id, plant_lease},
};

const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","results":true}]"#;

const MINUTE: Duration = Duration::from_secs(60);

/// The endpoint is in service with one instance that the function did not request.
fn observing() -> Setup {
    let mut setup = Setup::with_routes(ROUTES);
    let config = Config { routes: routes_from_json(ROUTES).unwrap(), mode: Mode::Observe };
    setup.container = Scaler::new(setup.sim.clone(), setup.sim.clone(), config);
    setup.with(|world| {
        world.scale_by_person(&id(), 1).unwrap();
        world.advance(30 * MINUTE);
        world.clear_calls();
    });
    setup
}

impl Setup {
    /// Action and reason of the next minute's tick.
    async fn observed(&self) -> (String, String) {
        self.sim.advance(MINUTE);
        decision(&self.tick().await)
    }

    /// An upload, its job, and its result.
    async fn work(&self, key: &str, number: u32) {
        let job = self.with(|world| world.upload(ENDPOINT));
        self.send(&upload_event(self, key, number)).await.unwrap();
        while !self.with(|world| matches!(world.job(job).unwrap().state, JobState::Completed(_))) {
            assert_eq!(self.observed().await, said("extend", "work_outstanding"));
        }
        self.send(&result_event(self, key, key)).await.unwrap();
    }
}

fn said(action: &str, reason: &str) -> (String, String) {
    (action.to_owned(), reason.to_owned())
}

#[tokio::test]
async fn each_tick_after_the_last_result_says_that_the_work_is_done() {
    let setup = observing();
    for (key, number) in [("a.json", 1), ("b.json", 2)] {
        setup.work(key, number).await;
        for _ in 0..3 {
            assert_eq!(setup.observed().await, said("sleep", "work_done"));
        }
    }
    assert_eq!(setup.desired(), 1);
    let wrote = setup.writes();
    assert!(wrote.iter().all(|(call, _)| *call == Operation::UpdateItem), "{wrote:?}");
}

#[tokio::test]
async fn an_endpoint_without_uploads_is_adopted_and_one_that_starts_is_not_done() {
    let setup = observing();
    assert_eq!(setup.observed().await, said("extend", "adopted"));
    setup.work("a.json", 1).await;
    setup.with(|world| world.scale_by_person(&id(), 2).unwrap());
    assert_ne!(setup.observed().await.1, "work_done");
}

#[tokio::test]
async fn a_lease_prevents_it_as_in_a_function_that_acts() {
    let setup = observing();
    setup.work("a.json", 1).await;
    setup.with(|world| plant_lease(world, 150));
    assert_eq!(setup.observed().await.1, "floor_restored");
    setup.sim.advance(11 * MINUTE);
    assert_eq!(setup.observed().await, said("sleep", "work_done"));
}

/// Otherwise the ledger of a function that observes would grow for a day.
#[tokio::test]
async fn items_are_deleted_after_an_hour() {
    let setup = observing();
    setup.work("a.json", 1).await;
    setup.minutes(59).await;
    assert_eq!(setup.with(|world| world.ledger(ENDPOINT).count()), 1);
    setup.minutes(2).await;
    assert_eq!(setup.with(|world| world.ledger(ENDPOINT).count()), 0);
    assert_eq!(setup.observed().await, said("extend", "adopted"));
    assert_eq!(setup.desired(), 1);
}
