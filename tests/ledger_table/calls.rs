//! How many calls the adapter makes, and the attribute that it does not read.

use aws_sdk_dynamodb::types::AttributeValue;
use reactive_scaler::{
    aws::SdkAws,
    ledger::{Item, Location, Verdict},
    port::{FailureKind, Ledger},
};
use simulator::Simulator;

use crate::setup::*;

fn calls(sim: &Simulator) -> [usize; 3] {
    let calls = sim.with(|world| {
        ["UpdateItem", "Query", "DeleteItem"].map(|operation| world.calls(operation))
    });
    sim.with(|world| world.clear_calls());
    calls
}

#[tokio::test]
async fn an_upload_a_result_a_reading_and_a_deletion_are_one_call_each() {
    let sim = model();
    let (ledger, _server) = over_http(&sim).await;
    ledger.add_upload(ENDPOINT, &location("a"), &upload("1"), at(0)).await.unwrap();
    assert_eq!(calls(&sim), [1, 0, 0]);
    let input = Location::from_input_location("https://my-inputs.s3.amazonaws.com/a").unwrap();
    ledger.add_result(ENDPOINT, &input, &result("x"), at(60)).await.unwrap();
    assert_eq!(calls(&sim), [1, 0, 0]);
    let reading = ledger.reading(ENDPOINT, at(120), at(0)).await.unwrap();
    assert_eq!(
        reading.verdict(at(120), jiff::SignedDuration::ZERO),
        Verdict::Done { since: at(60) }
    );
    assert_eq!(calls(&sim), [0, 1, 0]);
    assert!(ledger.forget_unchanged(ENDPOINT, &reading.items[0]).await.unwrap());
    assert_eq!(calls(&sim), [1, 0, 0]);
    assert!(ledger.delete_unchanged(ENDPOINT, &reading.items[0]).await.unwrap());
    assert_eq!(calls(&sim), [0, 0, 1]);
}

#[tokio::test]
async fn an_event_that_adds_nothing_is_read_and_not_written() {
    let sim = model();
    let (ledger, _server) = over_http(&sim).await;
    for id in ["x", "x"] {
        ledger.add_result(ENDPOINT, &location("a"), &result(id), at(60)).await.unwrap();
    }
    assert_eq!(calls(&sim), [2, 1, 0]);
    // The duplicate of an upload's event changes its time.
    for id in ["1", "1"] {
        ledger.add_upload(ENDPOINT, &location("a"), &upload(id), at(61)).await.unwrap();
    }
    assert_eq!(calls(&sim), [2, 0, 0]);
}

#[tokio::test]
async fn the_third_upload_of_a_key_writes_only_its_time() {
    let sim = model();
    let (ledger, _server) = over_http(&sim).await;
    for (id, seconds) in [("1", 0), ("2", 1), ("3", 2)] {
        ledger.add_upload(ENDPOINT, &location("a"), &upload(id), at(seconds)).await.unwrap();
    }
    assert_eq!(calls(&sim), [4, 1, 0]);
    let item = sim.with(|world| world.ledger(ENDPOINT).next().cloned()).unwrap();
    assert_eq!((item.uploads.len(), item.touched_at), (2, Some(at(2))));
}

#[tokio::test]
async fn uploads_of_one_key_at_the_same_time_are_all_recorded() {
    let sim = model();
    let (ledger, _server) = over_http(&sim).await;
    let upload = |number: i64| {
        let ledger = &ledger;
        async move {
            let upload = upload(&number.to_string());
            ledger.add_upload(ENDPOINT, &location("a"), &upload, at(number)).await
        }
    };
    let all = futures_util::future::join_all((0..50).map(upload)).await;
    assert_eq!(all.iter().filter(|answer| answer.is_err()).count(), 0, "{all:?}");
    let item = sim.with(|world| world.ledger(ENDPOINT).next().cloned()).unwrap();
    assert_eq!((item.uploads.len(), item.touched_at), (2, Some(at(49))));
}

#[tokio::test]
async fn an_upload_is_recorded_if_its_item_is_deleted_between_reading_and_writing() {
    let sim = model();
    let (ledger, _server) = over_http(&sim).await;
    for id in ["1", "2"] {
        ledger.add_upload(ENDPOINT, &location("a"), &upload(id), at(0)).await.unwrap();
    }
    sim.with(|world| {
        let item = world.ledger(ENDPOINT).next().cloned().unwrap();
        world.after_call("Query", 1, move |world, _| {
            world.ledger_delete_unchanged(ENDPOINT, &item).unwrap();
        });
    });
    ledger.add_upload(ENDPOINT, &location("a"), &upload("3"), at(9)).await.unwrap();
    let mut alone = Item::new(location("a"));
    alone.add_upload(&upload("3"), at(9));
    assert_eq!(sim.with(|world| world.ledger(ENDPOINT).cloned().collect::<Vec<_>>()), [alone]);
}

#[tokio::test]
async fn an_item_expires_a_day_after_its_newest_event() {
    let sim = model();
    let (ledger, server) = over_http(&sim).await;
    let client = aws_sdk_dynamodb::Client::new(&config(&server.url));
    ledger.add_upload(ENDPOINT, &location("a"), &upload("1"), at(0)).await.unwrap();
    ledger.add_result(ENDPOINT, &location("a"), &result("x"), at(60)).await.unwrap();
    let answer = client
        .query()
        .table_name(TABLE)
        .key_condition_expression("endpoint = :endpoint")
        .expression_attribute_values(":endpoint", AttributeValue::S(ENDPOINT.into()))
        .send()
        .await
        .unwrap();
    let expires = at(60 + 24 * 3600).as_second().to_string();
    assert_eq!(answer.items()[0]["expires_at"], AttributeValue::N(expires));
}

#[tokio::test]
async fn without_a_table_nothing_is_called() {
    let sim = model();
    let (_, server) = over_http(&sim).await;
    let ledger = SdkAws::new(&config(&server.url));
    let failure =
        ledger.add_upload(ENDPOINT, &location("a"), &upload("1"), at(0)).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Other);
    assert!(failure.answer.contains("SCALER_LEDGER"), "{failure}");
    assert!(ledger.items(ENDPOINT, None).await.is_err());
    assert_eq!(calls(&sim), [0, 0, 0]);
}
