//! An endpoint with connected results: its work record counts as a lease does, and its ledger is read.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    lease::{WATCH, WORK},
    ledger::{Location, RequestResult, Upload},
};
use simulator::{ActionPut, Fault, LambdaFunction};

use super::setup::{ENDPOINT, Setup, id};

const ROUTES: &str = r#"[{"endpoint":"my-endpoint","results":true,"job_minutes":5}]"#;

/// One instance, with a work record for ten more minutes and its floor.
async fn at_work() -> Setup {
    let setup = Setup::with(1).await;
    setup.sim.with(|world| {
        let at = Timestamp::now() + SignedDuration::from_mins(10) + WATCH;
        world.set_bounds(&id(), 1, 4);
        world.plant_action(&id(), &ActionPut::once(WORK, at, Some(0), None));
        let variables = [("SCALER_ROUTES", ROUTES), ("SCALER_LEDGER", "reactive-scaler-ledger")];
        world.put_function(LambdaFunction::new("my-scaler", variables));
        world.clear_calls();
    });
    setup
}

impl Setup {
    fn uploaded(&self, minutes_ago: i64) {
        let at = Timestamp::now() - SignedDuration::from_mins(minutes_ago);
        let upload = Upload { id: "01".into(), created_at: Some(at) };
        self.sim.with(|world| world.ledger_add_upload(ENDPOINT, &input(), &upload, at).unwrap());
    }

    fn completed(&self) {
        let at = Timestamp::now();
        let result = RequestResult { inference_id: "one".into(), received_at: Some(at) };
        self.sim.with(|world| world.ledger_add_result(ENDPOINT, &input(), &result, at).unwrap());
    }
}

fn input() -> Location {
    Location::of_object("my-inputs", "a.json").unwrap()
}

#[tokio::test]
async fn a_forced_sleep_ends_the_work_record_and_says_so() {
    let setup = at_work().await;
    setup.run(&["sleep", ENDPOINT]).await.assert(1, &["refused, lease_live", "work record until"]);
    // The function is not found, so its table is not known.
    setup.sim.with(|world| world.faults.fail_next("ListFunctions", Fault::AccessDenied, 9));
    let run = setup.run(&["sleep", ENDPOINT, "--force"]).await;
    run.assert(
        0,
        &["before   InService, 1 of 1", "MinCapacity 1, MaxCapacity 4, work record until"],
    );
    run.assert(0, &["MinCapacity 0, MaxCapacity 4, work record ended\n"]);
    run.assert(0, &["uploads without a result were not checked"]);
    assert!(!setup.records().live(setup.sim.now()));
    assert_eq!(setup.records().lease, None, "no lease is written beside it");
    let document = setup.json(&["sleep", ENDPOINT, "--force"]).await.1;
    assert!(document["before"]["work_ends"].is_string(), "{document}");
}

#[tokio::test]
async fn a_release_ends_the_work_record_and_says_so() {
    let setup = at_work().await;
    let run = setup.run(&["release", ENDPOINT]).await;
    run.assert(0, &["released", "MinCapacity 1, MaxCapacity 4, work record ended\n"]);
    assert_eq!(setup.capacity().1, 1);
}

#[tokio::test]
async fn a_wake_says_which_record_keeps_the_endpoint_awake() {
    let setup = at_work().await;
    setup.run(&["wake", ENDPOINT]).await.assert(0, &["lease until", "work record until"]);
}

#[tokio::test]
async fn with_the_function_a_sleep_is_refused_for_uploads_without_a_result() {
    let setup = at_work().await;
    setup.uploaded(2);
    let forced = ["sleep", ENDPOINT, "--function", "my-scaler", "--force"];
    let refused = ["refused, work_outstanding", "wait until each upload has a result"];
    setup.run(&forced).await.assert(1, &refused);
    assert_eq!(setup.capacity().1, 1);
    setup.completed();
    setup.run(&forced).await.assert(0, &["sleep, desired instances 1 -> 0"]);
    assert_eq!(setup.capacity().1, 0);
}

#[tokio::test]
async fn an_old_upload_refuses_only_a_sleep_without_force() {
    let setup = at_work().await;
    setup.uploaded(30);
    let sleep = ["sleep", ENDPOINT, "--function", "my-scaler"];
    setup.sim.with(|world| world.remove_action(&id(), WORK));
    setup.sim.with(|world| world.set_bounds(&id(), 0, 4));
    setup.run(&sleep).await.assert(1, &["refused, work_outstanding"]);
    setup.run(&[&sleep[..], &["--force"]].concat()).await.assert(0, &["desired instances 1 -> 0"]);
}

/// No option names the function, so nothing of it has to be readable.
#[tokio::test]
async fn the_ledger_of_a_function_that_was_found_does_not_stop_the_command() {
    let setup = at_work().await;
    setup.sim.with(|world| world.faults.fail_next("Query", Fault::AccessDenied, 10));
    let run = setup.run(&["sleep", ENDPOINT, "--force"]).await;
    run.assert(0, &["desired instances 1 -> 0", "uploads without a result were not checked"]);
}

#[tokio::test]
async fn a_ledger_that_cannot_be_read_stops_the_command() {
    let setup = at_work().await;
    setup.sim.with(|world| world.faults.fail_next("Query", Fault::AccessDenied, 10));
    let run = setup.run(&["sleep", ENDPOINT, "--function", "my-scaler", "--force"]).await;
    run.assert(
        2,
        &["dynamodb:Query on table/reactive-scaler-ledger", "allow your own credentials"],
    );
    assert_eq!(setup.writes(), Vec::<String>::new());
}
