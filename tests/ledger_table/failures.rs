//! Faults, limits, retries, and time-outs of the adapter.

use std::time::{Duration, Instant};

use reactive_scaler::{
    aws::SdkAws,
    ledger::Item,
    port::{AwsResult, FailureKind, Ledger},
};
use simulator::{Fault, LoopbackAws, Refusal, Simulator};

use crate::setup::*;

const OPERATIONS: [&str; 5] = ["upload", "result", "items", "delete", "forget"];

async fn call(ledger: &impl Ledger, what: &str, item: &Item) -> AwsResult<()> {
    match what {
        "upload" => ledger.add_upload(ENDPOINT, &item.location, &upload("1"), at(0)).await,
        "result" => ledger.add_result(ENDPOINT, &item.location, &result("x"), at(0)).await,
        "items" => ledger.items(ENDPOINT, None).await.map(drop),
        "delete" => ledger.delete_unchanged(ENDPOINT, item).await.map(drop),
        _ => ledger.forget_unchanged(ENDPOINT, item).await.map(drop),
    }
}

fn count(sim: &Simulator) -> usize {
    sim.with(|world| world.ledger(ENDPOINT).count())
}

#[tokio::test]
async fn each_fault_has_the_kind_that_it_has_in_process() {
    let refused = |code: &str| Fault::Refused(Refusal::new(code, "in its own words"));
    let missing = Refusal::new("ResourceNotFoundException", "Requested resource not found");
    let faults = [
        (Fault::Throttled, FailureKind::Throttled),
        (refused("ProvisionedThroughputExceededException"), FailureKind::Throttled),
        (refused("RequestLimitExceeded"), FailureKind::Throttled),
        (Fault::AccessDenied, FailureKind::AccessDenied),
        (Fault::NoAnswer, FailureKind::NoAnswer),
        (Fault::NoAnswerAfterEffect, FailureKind::NoAnswer),
        (Fault::ServerError, FailureKind::NoAnswer),
        (Fault::Refused(missing), FailureKind::TableMissing),
        (refused("ValidationException"), FailureKind::Other),
    ];
    for (fault, kind) in faults {
        for what in OPERATIONS {
            let mut failures = Vec::new();
            for http in [false, true] {
                let sim = model();
                sim.add_upload(ENDPOINT, &location("a"), &upload("1"), at(0)).await.unwrap();
                let item = sim.items(ENDPOINT, None).await.unwrap().items.remove(0);
                sim.with(|world| world.faults.fail_between("*", fault.clone(), at(0), at(1)));
                // With two attempts: the SDK's quota for retries is that of the process.
                let (ticks, _server) = over_http_for_ticks(&sim).await;
                let answer = match http {
                    true => call(&ticks, what, &item).await,
                    false => call(&sim, what, &item).await,
                };
                let failure = answer.unwrap_err();
                assert_eq!(failure.kind, kind, "{fault:?}, {what}, {http}: {failure}");
                failures.push((failure.operation, count(&sim)));
            }
            assert_eq!(failures[0], failures[1], "{fault:?}, {what}");
        }
    }
}

#[tokio::test]
async fn one_failure_that_passes_is_not_seen() {
    for fault in [Fault::Throttled, Fault::ServerError, Fault::NoAnswer, Fault::NoAnswerAfterEffect]
    {
        let sim = model();
        let (ledger, _server) = over_http(&sim).await;
        let mut expected = Item::new(location("a"));
        expected.add_upload(&upload("1"), at(0));
        expected.add_result(&result("x"), at(0));
        sim.with(|world| world.faults.fail_nth("UpdateItem", 1, fault.clone()));
        call(&ledger, "upload", &expected).await.unwrap();
        sim.with(|world| world.faults.fail_nth("UpdateItem", 1, fault.clone()));
        call(&ledger, "result", &expected).await.unwrap();
        let items = ledger.items(ENDPOINT, None).await.unwrap().items;
        assert_eq!(items, [expected.clone()], "{fault:?}");
        for (operation, what) in [("UpdateItem", "forget"), ("DeleteItem", "delete")] {
            sim.with(|world| world.faults.fail_nth(operation, 1, fault.clone()));
            call(&ledger, what, &expected).await.unwrap();
        }
        assert_eq!(count(&sim), 0, "{fault:?}");
    }
}

#[tokio::test]
async fn a_write_beyond_the_limit_of_the_partition_key_is_throttled_and_tried_again() {
    let sim = model();
    sim.with(|world| world.settings.ledger_writes_per_second = 10);
    for number in 0..10 {
        let input = location(&number.to_string());
        sim.add_upload(ENDPOINT, &input, &upload("1"), at(0)).await.unwrap();
    }
    // Another partition key is not concerned.
    sim.add_upload("another", &location("a"), &upload("1"), at(0)).await.unwrap();
    let (ledger, _server) = over_http(&sim).await;
    sim.with(|world| world.clear_calls());
    let late = Item::new(location("late"));
    let failure = call(&ledger, "upload", &late).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Throttled, "{failure}");
    assert!(failure.answer.contains("ProvisionedThroughputExceededException"), "{failure}");
    assert_eq!(sim.with(|world| world.calls("UpdateItem")), ATTEMPTS);
    sim.advance_to(at(1));
    call(&ledger, "upload", &late).await.unwrap();
    assert_eq!(count(&sim), 11);
}

#[tokio::test]
async fn a_write_without_an_answer_ends_after_three_seconds() {
    // Takes connections and never answers.
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let ledger = SdkAws::new(&config(&url)).with_ledger(Some(TABLE.into()));
    for what in ["upload", "items"] {
        let begun = Instant::now();
        let failure = call(&ledger, what, &Item::new(location("a"))).await.unwrap_err();
        assert_eq!(failure.kind, FailureKind::NoAnswer, "{failure}");
        let (least, most) = (Duration::from_millis(2_700), Duration::from_secs(6));
        assert!((least..most).contains(&begun.elapsed()), "{what}: {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_write_of_several_slow_calls_ends_after_three_seconds() {
    let sim = model();
    for id in ["1", "2"] {
        sim.add_upload(ENDPOINT, &location("a"), &upload(id), at(0)).await.unwrap();
    }
    let server = LoopbackAws::start_after(Duration::from_millis(1_200), sim.clone()).await.unwrap();
    let ledger = SdkAws::new(&config(&server.url)).with_ledger(Some(TABLE.into()));
    let begun = Instant::now();
    let third = ledger.add_upload(ENDPOINT, &location("a"), &upload("3"), at(9)).await;
    assert_eq!(third.unwrap_err().kind, FailureKind::NoAnswer);
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn an_item_that_is_not_the_ledger_s_makes_it_unreadable() {
    use axum::{Json, Router, routing::post};
    let foreign = serde_json::json!({
        "Count": 1, "ScannedCount": 1,
        "Items": [{ "endpoint": { "S": ENDPOINT }, "location_hash": { "S": "x" } }],
    });
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = Router::new().route("/", post(move || async move { Json(foreign) }));
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let ledger = SdkAws::new(&config(&url)).with_ledger(Some(TABLE.into()));
    let failure = ledger.reading(ENDPOINT, at(0), at(0)).await.unwrap_err();
    assert_eq!((failure.kind, failure.operation), (FailureKind::Other, "Query"), "{failure}");
}
