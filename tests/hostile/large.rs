//! Payloads that take much memory. Lambda passes at most 6 MB to a function, and SQS and SNS accept
//! messages of at most 1 MiB.

use serde_json::{Value, json};

use crate::properties::within_bounds;

/// The proportions are those of a megabyte.
const LARGE: usize = 200_000;

/// A batch from a queue with this body.
fn queued(id: &str, body: &str) -> Value {
    json!({ "Records": [{ "eventSource": "aws:sqs", "messageId": id, "body": body }] })
}

fn published(message: &str) -> Value {
    json!({ "Records": [{ "EventSource": "aws:sns", "Sns": { "Message": message } }] })
}

fn enveloped(message: &str) -> String {
    json!({ "Type": "Notification", "Message": message }).to_string()
}

/// A list of this item, repeated to this size in bytes.
fn list_of(item: &str, length: usize) -> String {
    let items = vec![item; length / (item.len() + 1)];
    format!("{{\"Records\":[{}]}}", items.join(","))
}

fn large_list(item: &str) -> String {
    list_of(item, LARGE)
}

fn metric_alarm(pointer: &str, value: Value) -> Value {
    let mut alarm = json!({
        "AlarmName": "a",
        "NewStateValue": "ALARM",
        "Trigger": {
            "Namespace": "AWS/SageMaker",
            "MetricName": "ApproximateBacklogSize",
            "Dimensions": [],
            "Metrics": [],
        },
    });
    *alarm.pointer_mut(pointer).unwrap() = value;
    alarm
}

fn composite(rule: &str) -> Value {
    json!({ "AlarmName": "a", "NewStateValue": "ALARM", "AlarmRule": rule })
}

/// Asserts that decoding takes memory in proportion to the payload, and prints it.
fn decodes(what: &str, payload: &Value) {
    let length = payload.to_string().len();
    let info = within_bounds(payload, length);
    println!(
        "{what}: {length} bytes, {:.1} times as much held, {:.1} times as much asked for",
        info.bytes_max as f64 / length as f64,
        info.bytes_total as f64 / length as f64,
    );
}

#[test]
fn memory_for_a_message_of_small_values_is_proportional_to_its_size() {
    let record = r#"{"eventSource":"aws:s3","eventName":"ObjectCreated:","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}"#;
    let deleted = r#"{"eventSource":"aws:s3","eventName":"x"}"#;
    for item in ["0", "[]", "{}", "\"\"", r#"{"":0}"#, r#"{"":{"":0}}"#, record, deleted] {
        decodes(&format!("in a queue, {item}"), &queued(&"i".repeat(100), &large_list(item)));
        decodes(&format!("in a topic, {item}"), &published(&large_list(item)));
        let twice = enveloped(&large_list(item));
        decodes(&format!("in a topic in a queue, {item}"), &queued("m-1", &twice));
        let plain = serde_json::from_str(&large_list(item)).unwrap();
        decodes(&format!("plain, {item}"), &plain);
    }
}

#[test]
fn a_long_message_id_is_not_kept_once_for_each_record() {
    // Kept each time, it would be 100 MB with the good records alone.
    let id = "i".repeat(50_000);
    decodes("a long id", &queued(&id, &list_of("0", 20_000)));
    let record = r#"{"eventSource":"aws:s3","eventName":"ObjectCreated:","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}"#;
    decodes("a long id, good records", &queued(&id, &large_list(record)));
}

#[test]
fn keys_that_an_error_shows_are_not_kept_once_for_each_record() {
    let keys = (b'a'..=b'z').map(|key| format!("\"{}\":0", char::from(key).to_string().repeat(70)));
    let item = format!("{{{}}}", keys.collect::<Vec<_>>().join(","));
    decodes("many keys", &queued("m-1", &large_list(&item)));
    let escaped = format!("{{\"{}\":0}}", "\u{1}".repeat(64)).replace('\u{1}', "\\u0001");
    decodes("control characters", &queued("m-1", &large_list(&escaped)));
}

#[test]
fn too_deep_nesting_is_refused() {
    for deep in [100, 127, 128, 1_000, 100_000] {
        let lists = format!("{}{}", "[".repeat(deep), "]".repeat(deep));
        let objects = format!("{}0{}", "{\"Records\":".repeat(deep), "}".repeat(deep));
        let half = "[".repeat(deep);
        for text in [lists, objects, half] {
            decodes(&format!("{deep} deep"), &queued("m-1", &text));
            decodes(
                &format!("{deep} deep in Records"),
                &published(&format!("{{\"Records\":{text}}}")),
            );
        }
    }
}

#[test]
fn wrappings_within_wrappings_are_opened_a_few_times() {
    let mut message = large_list("0");
    message.truncate(20_000);
    // Each wrapper doubles the backslashes of the wrapper inside it.
    for wrapping in 1..=9 {
        message = match wrapping % 3 {
            0 => queued("m-1", &message).to_string(),
            1 => published(&message).to_string(),
            _ => enveloped(&message),
        };
        let payload = serde_json::from_str(&message).unwrap();
        decodes(&format!("{wrapping} wrappings"), &payload);
    }
}

#[test]
fn large_texts_are_copied_a_few_times_at_most() {
    for key in ["k", "+", "%41", "%FF", "%", "é", "\\"] {
        let key = key.repeat(LARGE / key.len());
        let record = json!({
            "eventSource": "aws:s3",
            "eventName": "ObjectCreated:Put",
            "s3": { "bucket": { "name": key }, "object": { "key": key } },
        });
        let event = json!({ "Records": [record] });
        decodes("a long key", &event);
        decodes("a long key in a queue", &queued("m-1", &event.to_string()));
        decodes(
            "a long text for a time",
            &json!({
                "source": "aws.s3", "detail-type": "Object Created", "time": key,
                "detail": { "bucket": { "name": "b" }, "object": { "key": "k" } },
            }),
        );
        decodes("a long command", &json!({ "action": key, "endpoint": key, "field": key }));
        decodes("a long source", &json!({ "source": key, "detail-type": key, "detail": key }));
    }
    let number = format!("{{\"Records\":{}}}", "9".repeat(LARGE));
    decodes("a long number", &queued("m-1", &number));
}

#[test]
fn memory_for_large_alarms_is_proportional_to_their_size() {
    for rule in ["a ", "(", "\"", "\\", "\"a\" ", "\"\\\"\" ", "9% ", "é", "ALARM("] {
        decodes("a long rule", &composite(&rule.repeat(LARGE / rule.len())));
    }
    let names = (0..20_000).map(|number| format!("ALARM(\"{number}\")")).collect::<Vec<_>>();
    decodes("many names", &composite(&names.join(" OR ")));
    let children = vec![json!({ "Arn": "arn:aws:cloudwatch:x:1:alarm:a" }); 5_000];
    let mut many = composite("ALARM(a)");
    many["TriggeringChildren"] = json!(children);
    decodes("many children", &many);
    let dimensions =
        (0..5_000).map(|n| json!({ "name": "EndpointName", "value": format!("e{n}") }));
    let dimensions = dimensions.collect::<Value>();
    decodes("many dimensions", &metric_alarm("/Trigger/Dimensions", dimensions));
    let metrics = (0..2_000).map(|number| {
        let dimension = json!({ "name": "EndpointName", "value": format!("e{number}") });
        json!({ "MetricStat": { "Metric": {
            "Namespace": "AWS/SageMaker",
            "MetricName": "ApproximateBacklogSize",
            "Dimensions": [dimension],
        } } })
    });
    decodes("many metrics", &metric_alarm("/Trigger/Metrics", metrics.collect()));
}

#[test]
fn many_keys_and_many_resources_are_looked_through_once() {
    let fields = (0..20_000).map(|number| (format!("k{number}"), json!(0)));
    let many = Value::Object(fields.collect());
    decodes("many keys", &many);
    decodes("many keys in a topic", &published(&many.to_string()));
    decodes(
        "a schedule's detail",
        &json!({
            "source": "aws.scheduler", "detail-type": "x", "detail": many.to_string(),
        }),
    );
    decodes(
        "many resources",
        &json!({
            "source": "aws.sagemaker",
            "detail-type": "SageMaker Endpoint State Change",
            "detail": { "EndpointStatus": "x" },
            "resources": vec!["arn:aws:sagemaker:x:1:endpoint"; 6_000],
        }),
    );
}
