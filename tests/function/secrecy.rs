//! Data that is never written: neither to the log at any level, nor into an answer or an error.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{
    ENDPOINT, Function, ROUTE, TestWorld, in_sns, in_sqs, on_event_bus, queued, upload, zeros,
};

const CANARY: &str = "canary-7f3a";

const SECRET_KEY: &str = "secret-key-5d1c";
const SESSION_TOKEN: &str = "session-token-9b2e";

/// Payloads with the private text at every place for a user's data.
fn payloads() -> Vec<Vec<u8>> {
    let now = Timestamp::now();
    let key = format!("async/in/{CANARY}.json");
    let uploaded = |bucket: &str, key: &str| json!({ "Records": [upload(bucket, key, now)] });
    let mut with_identity = uploaded("my-inputs", &key);
    with_identity["Records"][0]["userIdentity"] = json!({ "principalId": CANARY });
    let mut without_key = uploaded("my-inputs", "x");
    without_key["Records"][0]["s3"] = json!({ "object": { "size": CANARY }, "bucket": CANARY });
    let undecodable = uploaded("my-inputs", &format!("{CANARY}%FF"));
    let alarm = |state: &str| {
        json!({
            "AlarmName": CANARY,
            "AlarmDescription": CANARY,
            "NewStateValue": state,
            "NewStateReason": CANARY,
            "AlarmRule": format!("ALARM({CANARY})"),
        })
    };
    let result = json!({
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
        "invocationStatus": "Failed",
        "failureReason": CANARY,
        "requestParameters": { "endpointName": ENDPOINT, "inputLocation": CANARY },
    });
    let changed = json!({
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Endpoint State Change",
        "detail": { "EndpointName": ENDPOINT, "EndpointStatus": CANARY },
    });
    let values = [
        uploaded("my-inputs", &key),
        uploaded("my-inputs", CANARY),
        uploaded(CANARY, &key),
        with_identity,
        without_key,
        undecodable,
        on_event_bus("my-inputs", &key),
        in_sns(&[CANARY.into(), json!(CANARY).to_string(), json!([CANARY]).to_string()]),
        in_sns(&[alarm("ALARM").to_string(), alarm("OK").to_string(), alarm(CANARY).to_string()]),
        in_sns(&[result.to_string()]),
        in_sqs(&[queued("a", CANARY), queued("b", &uploaded("my-inputs", &key).to_string())]),
        changed,
        json!({ "source": CANARY, "detail-type": CANARY, "detail": CANARY }),
        json!({ "unknown": CANARY, "Message": { "Body": CANARY } }),
        json!([CANARY]),
        json!(CANARY),
        json!({ "action": CANARY, "endpoint": ENDPOINT }),
        json!({ "action": "hold", "endpoint": ENDPOINT, "minutes": CANARY }),
        json!({ "action": "wake", "endpoint": [CANARY] }),
        json!({ "action": "tick" }),
    ];
    let cut_off = format!("{{\"Records\":[{{\"s3\":\"{CANARY}");
    let bodies = values.iter().map(Value::to_string).chain([CANARY.to_owned(), cut_off]);
    let not_utf8 = [CANARY.as_bytes(), b"\xff"].concat();
    bodies.map(String::into_bytes).chain([not_utf8]).collect()
}

async fn nothing_leaks_at(level: &str) {
    let test_world = TestWorld::with_ended_lease(zeros(&[4, 3, 2])).await;
    let variables = [
        ("AWS_LAMBDA_LOG_LEVEL", level),
        ("AWS_SECRET_ACCESS_KEY", SECRET_KEY),
        ("AWS_SESSION_TOKEN", SESSION_TOKEN),
    ];
    let mut function = Function::start_with(test_world.url(), ROUTE, &variables).await;
    for body in payloads() {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let invoked = function.invoke_bytes(body, Duration::from_secs(60)).await;
        let result = format!("{:?}", invoked.result);
        assert!(!result.contains(CANARY), "{shown} is in {result}");
        for line in &invoked.log {
            let line = line.to_string();
            for secret in [CANARY, SECRET_KEY, SESSION_TOKEN] {
                assert!(!line.contains(secret), "{secret} of {shown} was logged in {line}");
            }
        }
    }
    assert!(!function.written().contains(CANARY));
    assert!(test_world.sim.with(|world| world.calls_total()) > 0);
}

#[tokio::test]
async fn payloads_and_credentials_are_not_written_at_the_usual_level() {
    nothing_leaks_at("INFO").await;
}

#[tokio::test]
async fn payloads_and_credentials_are_not_written_at_level_debug() {
    nothing_leaks_at("DEBUG").await;
}

#[tokio::test]
async fn payloads_and_credentials_are_not_written_at_level_trace() {
    nothing_leaks_at("TRACE").await;
}
