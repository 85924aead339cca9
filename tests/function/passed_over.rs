//! Events that look relevant but lead to no action: one log line at INFO has the reason.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{
    ENDPOINT, Function, Invoked, TestWorld, in_sns, in_sqs, on_event_bus, queued, upload,
};

/// A text that must not be logged.
const PRIVATE: &str = "private-5e1f";

fn uploaded(bucket: &str, key: &str) -> Value {
    json!({ "Records": [upload(bucket, key, Timestamp::now())] })
}

fn folder(bucket: &str) -> Value {
    let mut event = uploaded(bucket, &format!("async/in/{PRIVATE}/"));
    event["Records"][0]["s3"]["object"]["size"] = json!(0);
    event
}

fn alarm(metric: &str, dimensions: &Value, state: &str) -> Value {
    json!({
        "AlarmName": PRIVATE,
        "NewStateValue": state,
        "Trigger": { "Namespace": "AWS/SageMaker", "MetricName": metric, "Dimensions": dimensions },
    })
}

fn of_endpoint(name: &str) -> Value {
    json!([{ "name": "EndpointName", "value": name }])
}

fn backlog_of(endpoint: &str) -> Value {
    alarm("HasBacklogWithoutCapacity", &of_endpoint(endpoint), "ALARM")
}

/// The event of a call to this endpoint.
fn invocation(endpoint: &str) -> Value {
    let text = include_str!("../../events/cloudtrail-invocation.json");
    serde_json::from_str(&text.replace("my-endpoint", endpoint)).unwrap()
}

/// The event of a call to this endpoint that failed.
fn failed_invocation(endpoint: &str) -> Value {
    let mut event = invocation(endpoint);
    event["detail"]["errorCode"] = json!("AccessDenied");
    event
}

/// The lines at INFO that are no decision: bucket, endpoint and text of each.
fn said(invoked: &Invoked) -> Vec<(&str, &str, &str)> {
    let lines = invoked.log.iter().filter(|line| line["message"] != "decision");
    lines
        .map(|line| {
            assert_eq!(line["level"], "INFO", "{line}");
            let field = |name: &str| line["fields"][name].as_str().unwrap_or_default();
            (field("bucket"), field("endpoint"), field("message"))
        })
        .collect()
}

/// Payloads with the bucket or endpoint that is said, and a part of the reason.
fn looks_like_work() -> Vec<(Value, &'static str, &'static str, &'static str)> {
    let key = format!("elsewhere/{PRIVATE}.json");
    let mut removed = uploaded("my-inputs", &key);
    removed["Records"][0]["eventName"] = json!("ObjectRemoved:Delete");
    let mut deleted = on_event_bus("my-inputs", &key);
    deleted["detail-type"] = json!("Object Deleted");
    let mut folder_on_bus = on_event_bus("my-inputs", &format!("async/in/{PRIVATE}/"));
    folder_on_bus["detail"]["object"]["size"] = json!(0);
    let grouped = json!({
        "AlarmName": PRIVATE,
        "NewStateValue": "ALARM",
        "Trigger": { "Metrics": [{
            "Id": "q",
            "Expression": "SELECT MAX(HasBacklogWithoutCapacity) FROM \"AWS/SageMaker\" GROUP BY EndpointName",
        }]},
    });
    let composite = json!({
        "AlarmName": PRIVATE,
        "NewStateValue": "ALARM",
        "AlarmRule": format!("ALARM({PRIVATE})"),
    });
    let nameless = alarm("ApproximateBacklogSize", &json!([]), "ALARM");
    let failures = alarm("InvocationFailures", &of_endpoint(ENDPOINT), "ALARM");
    let (no_key, marker) =
        ("whose key matches no route", "a folder that was created in the S3 console");
    let (no_route, no_name) = ("without a route", "without an endpoint name");
    let message = |message: &Value| in_sns(&[message.to_string()]);
    vec![
        (uploaded("my-inputs", &key), "my-inputs", "", no_key),
        (on_event_bus("my-inputs", &key), "my-inputs", "", no_key),
        (folder("my-inputs"), "my-inputs", "", marker),
        (folder_on_bus, "my-inputs", "", marker),
        (message(&folder("my-inputs")), "my-inputs", "", marker),
        (in_sqs(&[queued("m", &folder("my-inputs").to_string())]), "my-inputs", "", marker),
        (removed, "my-inputs", "", "does not report a created object"),
        (deleted, "my-inputs", "", "does not report a created object"),
        (message(&backlog_of("another")), "", "another", no_route),
        (
            invocation("another"),
            "",
            "another",
            "InvokeEndpointAsync call to an endpoint without a route",
        ),
        (invocation("no name"), "", "", "InvokeEndpointAsync call"),
        (message(&backlog_of("no/name")), "", "", no_name),
        (message(&nameless), "", "", no_name),
        (message(&grouped), "", "", no_name),
        (message(&failures), "", "", "does not report a backlog"),
        (message(&composite), "", "", "a composite alarm"),
    ]
}

#[tokio::test]
async fn an_event_that_looks_like_work_and_wakes_nothing_is_logged_once_with_its_reason() {
    let test_world = TestWorld::at_zero().await;
    for (payload, bucket, endpoint, reason) in looks_like_work() {
        let mut function = test_world.function().await;
        let first = function.invoke(&payload).await;
        let [(said_bucket, said_endpoint, text)] = said(&first)[..] else {
            panic!("{payload}: {:?}", first.log);
        };
        assert_eq!((said_bucket, said_endpoint), (bucket, endpoint), "{payload}");
        assert!(text.starts_with("passed over: ") && text.contains(reason), "{payload}: {text}");
        assert_eq!(first.answer()["decisions"], json!([]));
        let again = function.invoke(&payload).await;
        assert!(again.log.is_empty(), "{payload}: {:?}", again.log);
        assert!(!function.written().contains(PRIVATE), "{}", function.written());
    }
    assert_eq!(test_world.capacity(), (0, 0));
}

#[tokio::test]
async fn normal_and_foreign_events_are_not_logged() {
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    let waiting = "HasBacklogWithoutCapacity";
    let message = |message: &Value| in_sns(&[message.to_string()]);
    for payload in [
        uploaded("another-bucket", "async/in/a.json"),
        on_event_bus("another-bucket", "async/in/a.json"),
        folder("another-bucket"),
        message(&alarm(waiting, &of_endpoint("another"), "OK")),
        message(&alarm(waiting, &of_endpoint("another"), "INSUFFICIENT_DATA")),
        message(&alarm("CPUUtilization", &of_endpoint(ENDPOINT), "ALARM")),
        json!({ "Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "my-inputs" }),
        json!({ "Records": [] }),
        failed_invocation(ENDPOINT),
        failed_invocation("another"),
        json!({
            "source": "aws.sagemaker",
            "detail-type": "SageMaker Endpoint State Change",
            "detail": { "EndpointName": "another", "EndpointStatus": "IN_SERVICE" },
        }),
    ] {
        let invoked = function.invoke(&payload).await;
        assert_eq!(*invoked.answer(), json!({ "decisions": [] }), "{payload}");
        assert!(invoked.log.is_empty(), "{payload}: {:?}", invoked.log);
    }
}

#[tokio::test]
async fn one_ignored_input_of_many_is_logged_and_the_others_wake() {
    let test_world = TestWorld::at_zero().await;
    let now = Timestamp::now();
    let keys = ["elsewhere/a", "async/in/b", "elsewhere/c"];
    let records: Vec<Value> = keys.iter().map(|key| upload("my-inputs", key, now)).collect();
    let invoked = test_world.function().await.invoke(&json!({ "Records": records })).await;
    assert_eq!(invoked.decided(), ["input wake work_arrived 0->1"]);
    assert_eq!(said(&invoked).len(), 1, "{:?}", invoked.log);
}

#[tokio::test]
async fn ten_endpoints_of_a_kind_are_logged_a_minute() {
    let test_world = TestWorld::at_zero().await;
    let messages: Vec<String> =
        (0..12).map(|number| backlog_of(&format!("another-{number}")).to_string()).collect();
    let invoked = test_world.function().await.invoke(&in_sns(&messages)).await;
    assert_eq!(said(&invoked).len(), 10, "{:?}", invoked.log);
}

#[tokio::test]
async fn a_route_for_any_bucket_is_asked_about_every_bucket() {
    let test_world = TestWorld::at_zero().await;
    let routes = json!([{ "endpoint": ENDPOINT, "prefix": "async/in/" }]).to_string();
    let mut function = Function::start(test_world.url(), &routes).await;
    let invoked = function.invoke(&uploaded("another-bucket", "elsewhere/a.json")).await;
    let buckets: Vec<&str> = said(&invoked).iter().map(|(bucket, ..)| *bucket).collect();
    assert_eq!(buckets, ["another-bucket"]);
    // A value that is no bucket's name is not repeated.
    let invoked = function.invoke(&uploaded(&format!("{PRIVATE}:"), "elsewhere/a.json")).await;
    assert!(invoked.log.is_empty(), "{:?}", invoked.log);
}
