//! Payloads that are not valid, and batches with a record that cannot be read. The process continues,
//! and the other records still wake their endpoints.

use std::{fs, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{
    Function, FunctionError, TestWorld, calls, in_sns, in_sqs, queued, upload, uploads,
};

fn good() -> Value {
    upload("my-inputs", "async/in/good.json", Timestamp::now())
}

fn notification(records: &[Value]) -> Value {
    json!({ "Records": records })
}

/// Records of a bucket that cannot be read.
fn broken_records() -> Vec<Value> {
    let with = |pointer: &str, value: Value| {
        let mut record = good();
        *record.pointer_mut(pointer).unwrap() = value;
        record
    };
    vec![
        json!(null),
        json!(7),
        json!("text"),
        json!([]),
        json!({}),
        json!({ "eventSource": "aws:s3" }),
        json!({ "eventSource": ["aws:s3"] }),
        json!({ "eventSource": "aws:kinesis" }),
        with("/eventName", json!(7)),
        with("/s3", json!(null)),
        with("/s3/bucket", json!("my-inputs")),
        with("/s3/bucket/name", json!(["my-inputs"])),
        with("/s3/bucket/name", json!("")),
        with("/s3/object", json!([])),
        with("/s3/object/key", json!(7)),
        with("/s3/object/key", json!(null)),
        with("/s3/object/key", json!("")),
    ]
}

/// Invokes the function with bytes that are not a payload, and asserts that it handles the next event.
async fn fails_and_lives(function: &mut Function, body: &[u8]) -> FunctionError {
    let time = Duration::from_secs(60);
    let failed = function.invoke_bytes(body.to_vec(), time).await;
    let next = function.invoke(&json!({ "Records": [] })).await;
    assert_eq!(*next.answer(), json!({ "decisions": [] }));
    match failed.result {
        Err(error) => error,
        Ok(answer) => panic!("{} was answered: {answer}", String::from_utf8_lossy(body)),
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_fails_and_the_next_event_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/events/s3-notification.json");
    let whole = fs::read(path).unwrap();
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    let deep = "[".repeat(100_000);
    let truncated = [1, whole.len() / 2, whole.len() - 3].map(|length| &whole[..length]);
    let others: [&[u8]; 9] = [
        b"",
        b" ",
        b"not json",
        b"{'Records': []}",
        b"{\"Records\": [,]}",
        b"NaN",
        b"\xff\xfe\x00",
        b"\"\xc3\x28\"",
        deep.as_bytes(),
    ];
    for body in truncated.into_iter().chain(others) {
        fails_and_lives(&mut function, body).await;
    }
    assert_eq!(calls(&test_world.sim), [""; 0]);
    let invoked = function.invoke_bytes(whole, Duration::from_secs(60)).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
}

#[tokio::test]
async fn json_of_no_known_shape_fails_with_its_top_level_keys() {
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    for (payload, said) in [
        (json!(null), "null, not an object"),
        (json!(true), "a boolean, not an object"),
        (json!(42), "a number, not an object"),
        (json!("wake"), "a string, not an object"),
        (json!([{ "action": "wake" }]), "an array, not an object"),
        (json!({}), "the top-level keys []"),
        (json!({ "b": 1, "a": { "c": 2 } }), "the top-level keys [a, b]"),
        (json!({ "Records": 7 }), "`Records` is a number, not an array"),
        (json!({ "Records": null }), "`Records` is null, not an array"),
        (json!({ "Records": { "0": good() } }), "`Records` is an object, not an array"),
        (json!({ "source": 7, "detail-type": [] }), "the top-level keys [detail-type, source]"),
    ] {
        let error = fails_and_lives(&mut function, payload.to_string().as_bytes()).await;
        assert_eq!(error.kind, "EventNotUnderstood", "{payload}");
        assert!(error.message.contains(said), "{payload}: {}", error.message);
    }
    assert_eq!(calls(&test_world.sim), [""; 0]);
}

#[tokio::test]
async fn an_invalid_record_of_a_bucket_does_not_prevent_the_other_wakes() {
    for broken in broken_records() {
        for (records, index) in [([broken.clone(), good()], 0), ([good(), broken.clone()], 1)] {
            let test_world = TestWorld::at_zero().await;
            let mut function = test_world.function().await;
            let invoked = function.invoke(&notification(&records)).await;
            assert_eq!(invoked.logged(), ["input wake work_arrived 0->1"], "{broken}");
            assert_eq!(test_world.capacity(), (0, 1), "{broken}");
            let error = invoked.error();
            assert_eq!(error.kind, "BrokenRecords");
            let named = format!("Records[{index}]");
            assert!(error.message.contains(&named), "{broken}: {}", error.message);
            let other = format!("Records[{}]", 1 - index);
            assert!(!error.message.contains(&other), "{broken}: {}", error.message);
            let next = function.invoke(&json!({ "Records": [] })).await;
            assert_eq!(*next.answer(), json!({ "decisions": [] }), "{broken}");
        }
    }
}

#[tokio::test]
async fn one_broken_record_among_ten_thousand_is_the_one_that_is_named() {
    let test_world = TestWorld::at_zero().await;
    let mut event = uploads(10_000);
    event["Records"][7_777] = json!({ "eventSource": "aws:s3" });
    let invoked = test_world.function().await.invoke(&event).await;
    assert_eq!(invoked.logged(), ["input wake work_arrived 0->1"]);
    let message = &invoked.error().message;
    assert!(message.contains("Records[7777]"), "{message}");
    assert_eq!(message.matches("Records[").count(), 1, "{message}");
}

/// Texts that a topic or a queue may carry and that cannot be read.
fn broken_messages() -> Vec<String> {
    vec![
        String::new(),
        "not json".into(),
        "{\"Records\": [".into(),
        "7".into(),
        "null".into(),
        "{}".into(),
        json!({ "unknown": "shape" }).to_string(),
        // A command in a queue is refused, because permission to write to a queue does not include permission to scale.
        json!({ "action": "sleep", "endpoint": "my-endpoint", "force": true }).to_string(),
        notification(&[json!({ "eventSource": "aws:s3" })]).to_string(),
    ]
}

#[tokio::test]
async fn an_invalid_message_of_a_topic_does_not_prevent_the_other_wakes() {
    for broken in broken_messages() {
        let test_world = TestWorld::at_zero().await;
        let good = notification(&[good()]).to_string();
        let event = in_sns(&[broken.clone(), good]);
        let invoked = test_world.function().await.invoke(&event).await;
        assert_eq!(invoked.logged(), ["input wake work_arrived 0->1"], "{broken}");
        assert_eq!(invoked.error().kind, "BrokenRecords");
        assert!(invoked.error().message.contains("Records[0]"), "{}", invoked.error().message);
    }
}

#[tokio::test]
async fn only_the_invalid_message_of_a_queue_is_returned() {
    for broken in broken_messages() {
        let test_world = TestWorld::at_zero().await;
        let good = notification(&[good()]).to_string();
        let event = in_sqs(&[queued("a", &good), queued("b", &broken), queued("c", &good)]);
        let invoked = test_world.function().await.invoke(&event).await;
        assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"], "{broken}");
        let again = &invoked.answer()["batchItemFailures"];
        assert_eq!(*again, json!([{ "itemIdentifier": "b" }]), "{broken}");
    }
}

#[tokio::test]
async fn a_message_with_a_broken_and_a_good_record_wakes_and_comes_again() {
    let test_world = TestWorld::at_zero().await;
    let mixed = notification(&[json!({ "eventSource": "aws:s3" }), good()]).to_string();
    let invoked = test_world.function().await.invoke(&in_sqs(&[queued("a", &mixed)])).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
    assert_eq!(invoked.answer()["batchItemFailures"], json!([{ "itemIdentifier": "a" }]));
}
