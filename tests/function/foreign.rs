//! An event that matches no route has an empty answer and makes no call.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::harness::{TestWorld, calls, in_sns, on_event_bus, upload};

fn uploaded(bucket: &str, key: &str) -> Value {
    json!({ "Records": [upload(bucket, key, Timestamp::now())] })
}

fn changed(endpoint: &str) -> Value {
    json!({
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Endpoint State Change",
        "detail": { "EndpointName": endpoint, "EndpointStatus": "IN_SERVICE" },
    })
}

fn alarm(metric: &str, endpoint: &str) -> Value {
    let message = json!({
        "AlarmName": "work waits",
        "NewStateValue": "ALARM",
        "Trigger": {
            "Namespace": "AWS/SageMaker",
            "MetricName": metric,
            "Dimensions": [{ "name": "EndpointName", "value": endpoint }],
        },
    });
    in_sns(&[message.to_string()])
}

fn result(endpoint: &str) -> Value {
    let message = json!({
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
        "invocationStatus": "Completed",
        "requestParameters": { "endpointName": endpoint },
    });
    in_sns(&[message.to_string()])
}

/// Names of endpoints that no route has: other ones, and ones that SageMaker's pattern excludes.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "another",
        "my-endpoint-2",
        "my-endpoin",
        "MY-ENDPOINT",
        "my endpoint",
        "-my-endpoint",
        "../my-endpoint",
        "my-endpoint/variant/AllTraffic",
        "my-endpoint\u{0}",
        "mÿ-endpoint",
        "*",
        " ",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("e".repeat(64));
    names.push("e".repeat(100_000));
    names
}

#[tokio::test]
async fn an_event_without_a_route_is_answered_with_an_empty_list_and_no_call() {
    let mut payloads = vec![
        uploaded("another-bucket", "async/in/a.json"),
        uploaded("my-inputs-2", "async/in/a.json"),
        uploaded("my-inputs", "async/out/a.json"),
        uploaded("my-inputs", "async/in"),
        uploaded("my-inputs", "ASYNC/IN/a.json"),
        on_event_bus("another-bucket", "async/in/a.json"),
        on_event_bus("my-inputs", "elsewhere/a.json"),
        alarm("CPUUtilization", "my-endpoint"),
        json!({ "Records": [] }),
        json!({ "source": "aws.ec2", "detail-type": "EC2 Instance State-change Notification" }),
    ];
    for name in names() {
        payloads.push(changed(&name));
        payloads.push(alarm("HasBacklogWithoutCapacity", &name));
        payloads.push(result(&name));
    }
    let test_world = TestWorld::at_zero().await;
    let mut function = test_world.function().await;
    for payload in payloads {
        let invoked = function.invoke(&payload).await;
        let shown: String = payload.to_string().chars().take(300).collect();
        assert_eq!(*invoked.answer(), json!({ "decisions": [] }), "{shown}");
        // Events that look relevant are logged, see `passed_over`.
        let above = invoked.log.iter().filter(|line| line["level"] != "INFO");
        assert_eq!(above.count(), 0, "logged above info for {shown}: {:?}", invoked.log);
    }
    assert_eq!(calls(&test_world.sim), [""; 0]);
}

#[tokio::test]
async fn the_same_payloads_of_a_routed_endpoint_are_served() {
    for (payload, decided) in [
        (uploaded("my-inputs", "async/in/a.json"), "input wake work_arrived 0->1"),
        (on_event_bus("my-inputs", "async/in/a.json"), "input wake work_arrived 0->1"),
        (changed("my-endpoint"), "endpoint_changed none asleep 0->0"),
        (alarm("HasBacklogWithoutCapacity", "my-endpoint"), "alarm wake alarm_fired 0->1"),
        (result("my-endpoint"), "result none result_seen ?->?"),
    ] {
        let test_world = TestWorld::at_zero().await;
        let invoked = test_world.function().await.invoke(&payload).await;
        assert_eq!(invoked.decided(), [decided]);
    }
}
