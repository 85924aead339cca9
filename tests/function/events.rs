//! Every payload of `events/`, at an endpoint at zero and at one that is awake.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde_json::{Value, json};

use crate::harness::{TestWorld, ahead, writes, zeros};

/// A payload, and the decision for it.
struct Row {
    file: &'static str,
    /// At zero, with no lease.
    asleep: &'static [&'static str],
    /// With one instance, a lease that ends in 20 minutes, and no backlog.
    awake: &'static [&'static str],
    /// Messages to retry. `None` if the payload is not a batch of a queue.
    again: Option<&'static [&'static str]>,
}

const fn row(
    file: &'static str,
    asleep: &'static [&'static str],
    awake: &'static [&'static str],
) -> Row {
    Row { file, asleep, awake, again: None }
}

const fn queue(
    file: &'static str,
    asleep: &'static [&'static str],
    awake: &'static [&'static str],
    again: &'static [&'static str],
) -> Row {
    Row { file, asleep, awake, again: Some(again) }
}

const UPLOAD: &[&str] = &["input wake work_arrived 0->1"];
const UPLOAD_AWAKE: &[&str] = &["input none lease_fresh 1->1"];
const ALARM: &[&str] = &["alarm wake alarm_fired 0->1"];
const ALARM_AWAKE: &[&str] = &["alarm none lease_fresh 1->1"];
const CALL: &[&str] = &["input wake invocation_seen 0->1"];
const TICK: &[&str] = &["tick none asleep 0->0"];
const TICK_AWAKE: &[&str] = &["tick none lease_live 1->1"];
const RESULT: &[&str] = &["result none result_seen ?->?"];
const NOTHING: &[&str] = &[];

#[rustfmt::skip]
const TABLE: &[Row] = &[
    row("s3-notification", UPLOAD, UPLOAD_AWAKE),
    row("s3-notification-several-records", UPLOAD, UPLOAD_AWAKE),
    row("s3-eventbridge", UPLOAD, UPLOAD_AWAKE),
    row("s3-in-sns", UPLOAD, UPLOAD_AWAKE),
    row("s3-eventbridge-in-sns", UPLOAD, UPLOAD_AWAKE),
    queue("s3-in-sqs", UPLOAD, UPLOAD_AWAKE, &[]),
    queue("s3-in-sns-in-sqs", UPLOAD, UPLOAD_AWAKE, &[]),
    queue("s3-eventbridge-in-sqs", UPLOAD, UPLOAD_AWAKE, &[]),
    queue("sqs-one-broken-record", UPLOAD, UPLOAD_AWAKE, &["2e1424d4-f796-459a-8184-9c92662be6da"]),
    row("s3-test-event", NOTHING, NOTHING),
    row("s3-folder-notification", NOTHING, NOTHING),
    row("s3-folder-eventbridge", NOTHING, NOTHING),
    row("alarm-in-sns", ALARM, ALARM_AWAKE),
    row("alarm-in-sns-null-description", ALARM, ALARM_AWAKE),
    row("alarm-metric-math-in-sns", ALARM, ALARM_AWAKE),
    row("alarm-composite-in-sns", ALARM, ALARM_AWAKE),
    row("alarm-composite-eventbridge", ALARM, ALARM_AWAKE),
    row("alarm-contributor-in-sns", ALARM, ALARM_AWAKE),
    row("alarm-contributor-eventbridge", ALARM, ALARM_AWAKE),
    row("alarm-contributor-direct", ALARM, ALARM_AWAKE),
    row("alarm-direct", ALARM, ALARM_AWAKE),
    row("alarm-eventbridge", ALARM, ALARM_AWAKE),
    row("cloudtrail-invocation", CALL, UPLOAD_AWAKE),
    row("alarm-ok-in-sns", NOTHING, NOTHING),
    row("schedule-rule", TICK, TICK_AWAKE),
    row("schedule-scheduler-default", TICK, TICK_AWAKE),
    row("schedule-scheduler-input", TICK, TICK_AWAKE),
    row("endpoint-state-change",
        &["endpoint_changed none asleep 0->0"], &["endpoint_changed none lease_live 1->1"]),
    row("async-result-completed-in-sns", RESULT, RESULT),
    row("async-result-failed-in-sns", RESULT, RESULT),
    row("command-tick", TICK, TICK_AWAKE),
    row("command-wake",
        &["command wake requested 0->1"], &["command none lease_fresh 1->1"]),
    row("command-hold",
        &["command hold held 0->1"], &["command hold held 1->1"]),
    row("command-release",
        &["command none nothing_to_release 0->0"], &["command release released 1->1"]),
    row("command-observe", UPLOAD, UPLOAD_AWAKE),
    row("command-status",
        &["command none status 0->0"], &["command none status 1->1"]),
    row("command-sleep",
        &["command none asleep 0->0"], &["command none lease_live 1->1"]),
    row("command-sleep-force",
        &["command none asleep 0->0"], &["command sleep requested 1->0"]),
];

/// The payloads of the folder, by name.
fn payloads() -> BTreeMap<String, Value> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "events"].iter().collect();
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
        })
        .collect()
}

/// Checks the whole answer against the contract.
fn check_shape(row: &Row, answer: &Value) {
    for decision in answer["decisions"].as_array().unwrap() {
        assert_eq!(decision["endpoint"], "my-endpoint", "{}", row.file);
        let variant = &decision["variant"];
        let known = decision["signal"] != "result";
        assert_eq!(*variant, if known { json!("AllTraffic") } else { json!(null) }, "{}", row.file);
        assert_eq!(decision.get("errors"), None, "{}", row.file);
    }
    let again = row
        .again
        .map(|ids| ids.iter().map(|id| json!({ "itemIdentifier": id })).collect::<Vec<_>>());
    assert_eq!(answer.get("batchItemFailures"), again.map(Value::from).as_ref(), "{}", row.file);
}

#[test]
fn every_payload_has_its_row_and_every_row_its_payload() {
    let mut rows: Vec<_> = TABLE.iter().map(|row| row.file.to_owned()).collect();
    rows.sort();
    assert_eq!(payloads().into_keys().collect::<Vec<_>>(), rows);
}

#[tokio::test]
async fn at_an_endpoint_at_zero_every_payload_is_answered_as_the_contract_says() {
    let payloads = payloads();
    for row in TABLE {
        let test_world = TestWorld::at_zero().await;
        let invoked = test_world.function().await.invoke(&payloads[row.file]).await;
        assert_eq!(invoked.decided(), row.asleep, "{}", row.file);
        check_shape(row, invoked.answer());
        let wakes = invoked.answer()["decisions"][0]["to"] == 1 && row.file != "command-observe";
        assert_eq!(writes(&test_world.sim).is_empty(), !wakes, "{}", row.file);
        assert_eq!(test_world.capacity(), (0, i32::from(wakes)), "{}", row.file);
    }
}

#[tokio::test]
async fn at_an_awake_endpoint_every_payload_is_answered_as_the_contract_says() {
    let payloads = payloads();
    for row in TABLE {
        let test_world = TestWorld::awake_until(ahead(20)).await;
        test_world.sim.with(|world| {
            let datapoints = zeros(&[12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
            world.set_backlog_override("my-endpoint", Some(datapoints));
        });
        let invoked = test_world.function().await.invoke(&payloads[row.file]).await;
        assert_eq!(invoked.decided(), row.awake, "{}", row.file);
        check_shape(row, invoked.answer());
        let desired = i32::from(row.file != "command-sleep-force");
        assert_eq!(test_world.capacity().1, desired, "{}", row.file);
    }
}
