//! Requests of InvokeEndpointAsync: their headers, their results and their notifications.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::{
    FinishedRequest, InferenceRequest, LoopbackAws, RequestInput, RequestStatus, ResultDelivery,
    ResultTopics, Simulator, Subscription, World,
};

use crate::{
    setup::*,
    wire::{loopback, send, send_body},
};

const DONE: &str = "arn:aws:sns:eu-central-1:123456789012:done";
const FAILED: &str = "arn:aws:sns:eu-central-1:123456789012:failed";
const PATH: &str = "/endpoints/my-endpoint/async-invocations";

/// An endpoint with one instance. A function of the same name subscribes to each of its two topics.
fn world() -> World {
    let mut world = target_at(1, 0, 2);
    for topic in [DONE, FAILED] {
        let function = topic.replace(":sns:", ":lambda:").replace("012:", "012:function:");
        world.put_topic(topic, vec![Subscription::new("lambda", function)]);
    }
    world.hand_over_finished();
    world.endpoint_mut(ENDPOINT).topics = ResultTopics {
        success: Some(DONE.into()),
        error: Some(FAILED.into()),
        ..ResultTopics::default()
    };
    world
}

fn request(input: &str) -> InferenceRequest {
    InferenceRequest {
        input: RequestInput::Location(input.into()),
        inference_id: None,
        content_type: None,
        accept: None,
        custom_attributes: None,
        ttl: None,
        timeout: None,
        filename: None,
        path_extension: None,
    }
}

fn invoked(world: &mut World, request: InferenceRequest) {
    world.invoke_endpoint_async(ENDPOINT, request).unwrap();
}

fn only(mut finished: Vec<FinishedRequest>) -> FinishedRequest {
    assert_eq!(finished.len(), 1, "{finished:?}");
    finished.remove(0)
}

/// The notifications that have arrived at the function of a topic.
fn messages(world: &mut World, topic: &str) -> Vec<Value> {
    world.advance(secs(1));
    let arrived = world.take_invocations().into_iter().filter(|it| it.to.ends_with(topic));
    let text = |body: Value| body["Records"][0]["Sns"]["Message"].as_str().unwrap().to_owned();
    arrived.map(|it| serde_json::from_str(&text(it.body)).unwrap()).collect()
}

#[test]
fn a_completed_request_is_handed_over_and_then_published() {
    let mut world = world();
    let input = request("s3://my-inputs/red flower.jpg");
    invoked(&mut world, InferenceRequest { content_type: Some("image/jpeg".into()), ..input });
    world.advance(secs(44));
    assert!(world.take_finished().is_empty());
    world.advance(secs(1));
    let finished = only(world.take_finished());
    assert_eq!(finished.status, RequestStatus::Completed);
    assert!(world.take_finished().is_empty());
    assert!(messages(&mut world, "done").is_empty());
    world.publish_result(&finished, b"");
    let message = messages(&mut world, "done").remove(0);
    assert_eq!(
        message,
        json!({
            "awsRegion": "eu-central-1",
            "eventTime": "2030-01-07T14:00:45.000Z",
            "receivedTime": "2030-01-07T14:00:00.000Z",
            "invocationStatus": "Completed",
            "requestParameters": {
                "contentType": "image/jpeg",
                "endpointName": ENDPOINT,
                "inputLocation": "s3://my-inputs/red flower.jpg",
            },
            "responseParameters": { "contentType": "image/jpeg", "outputLocation": finished.output },
            "inferenceId": finished.inference_id,
            "eventVersion": "1.0",
            "eventSource": "aws:sagemaker",
            "eventName": "InferenceResult",
        })
    );
}

#[test]
fn a_result_is_published_as_often_and_as_late_as_the_settings_say() {
    let ten_minutes = ResultDelivery::Late(mins(10));
    for (delivery, at_once, after_ten_minutes) in [
        (ResultDelivery::Once, 1, 0),
        (ResultDelivery::Lost, 0, 0),
        (ResultDelivery::Twice, 2, 0),
        (ten_minutes, 0, 1),
    ] {
        let mut world = world();
        world.settings.result_delivery = delivery;
        invoked(&mut world, request("s3://b/k"));
        world.advance(secs(45));
        let finished = only(world.take_finished());
        world.publish_result(&finished, b"");
        assert_eq!(messages(&mut world, "done").len(), at_once, "{delivery:?}");
        // `messages` advances the time by a second.
        world.advance(mins(10) - secs(3));
        assert_eq!(messages(&mut world, "done").len(), 0, "{delivery:?}: a second too early");
        assert_eq!(messages(&mut world, "done").len(), after_ten_minutes, "{delivery:?}");
    }
}

#[test]
fn a_request_takes_the_time_of_its_attributes_and_fails_if_they_say_so() {
    let mut world = world();
    let attributes = Some("trace=1, processing=2m, fail".into());
    invoked(&mut world, InferenceRequest { custom_attributes: attributes, ..request("s3://b/k") });
    world.advance(secs(119));
    assert!(world.take_finished().is_empty());
    world.advance(secs(1));
    let finished = only(world.take_finished());
    world.publish_result(&finished, b"");
    let message = messages(&mut world, "failed").remove(0);
    assert_eq!(message["invocationStatus"], "Failed");
    assert!(message["failureReason"].as_str().unwrap().contains("(500) from model"));
    assert_eq!(message["responseParameters"], Value::Null);
    assert!(messages(&mut world, "done").is_empty());
}

#[test]
fn a_request_expires_in_the_queue_and_on_the_instance() {
    let mut world = world();
    invoked(
        &mut world,
        InferenceRequest {
            custom_attributes: Some("processing=20m".into()),
            ..request("s3://b/1")
        },
    );
    let short = InferenceRequest { ttl: Some(secs(60)), ..request("s3://b/2") };
    let waits = |world: &mut World| world.backlog(ENDPOINT);
    invoked(&mut world, request("s3://b/3"));
    invoked(&mut world, short);
    world.advance(secs(59));
    assert_eq!(waits(&mut world), 3);
    world.advance(secs(1));
    assert_eq!(waits(&mut world), 2);
    let finished = only(world.take_finished());
    assert_eq!(finished.input, RequestInput::Location("s3://b/2".into()));
    assert!(matches!(finished.status, RequestStatus::Expired(_)));
    // The default timeout of an invocation is 15 minutes.
    world.advance(mins(14));
    let finished = only(world.take_finished());
    assert_eq!(finished.input, RequestInput::Location("s3://b/1".into()));
    assert!(matches!(finished.status, RequestStatus::Expired(_)));
    world.publish_result(&finished, b"");
    assert_eq!(messages(&mut world, "failed")[0]["invocationStatus"], "Expired");
}

#[test]
fn a_request_that_started_does_not_expire() {
    let mut world = world();
    let own = InferenceRequest { ttl: Some(secs(60)), ..request("s3://b/1") };
    let attributes = Some("processing=3m".into());
    invoked(&mut world, InferenceRequest { custom_attributes: attributes, ..own });
    // The one behind it keeps the queue from being empty.
    invoked(&mut world, request("s3://b/2"));
    world.advance(mins(3));
    assert_eq!(only(world.take_finished()).status, RequestStatus::Completed);
}

#[test]
fn a_response_is_in_the_notification_if_the_configuration_says_so() {
    let mut world = world();
    world.endpoint_mut(ENDPOINT).topics.response_in_success = true;
    invoked(&mut world, request("s3://b/k"));
    world.advance(secs(45));
    let finished = only(world.take_finished());
    world.publish_result(&finished, b"echo");
    world.publish_result(&finished, &[b'x'; 128 * 1024 + 1]);
    let messages = messages(&mut world, "done");
    assert_eq!(messages[0]["responseBody"]["content"], "echo");
    assert_eq!(messages[1]["responseBody"], Value::Null);
}

#[test]
fn a_request_of_a_deleted_endpoint_has_no_result() {
    let mut world = world();
    invoked(&mut world, request("s3://b/k"));
    world.delete_endpoint(ENDPOINT);
    world.advance(mins(1));
    assert!(world.take_finished().is_empty());
}

fn headers(rows: &[(&str, &str)]) -> String {
    let row = |(name, value): &(&str, &str)| format!("X-Amzn-SageMaker-{name}: {value}\r\n");
    rows.iter().map(row).collect()
}

async fn invoke(aws: &LoopbackAws, rows: &[(&str, &str)]) -> (u16, String) {
    send(aws, "POST", PATH, &headers(rows)).await
}

const INPUT: (&str, &str) = ("InputLocation", "s3://my-inputs/a.json");

#[tokio::test]
async fn the_locations_of_the_results_follow_the_request_and_the_configuration() {
    let (sim, aws) = loopback(world()).await;
    let (status, answer) = invoke(&aws, &[INPUT, ("Inference-Id", "my-id")]).await;
    assert_eq!(status, 202, "{answer}");
    assert!(answer.contains("{\"InferenceId\":\"my-id\"}"), "{answer}");
    assert!(answer.contains("outputlocation: s3://my-outputs/async/my-id.out\r\n"), "{answer}");
    assert!(
        answer.contains("failurelocation: s3://my-outputs/async-failures/my-id-error.out\r\n"),
        "{answer}"
    );
    sim.with(|world| {
        let endpoint = world.endpoint_mut(ENDPOINT);
        endpoint.output_path = "s3://my-outputs".into();
        endpoint.failure_path = Some("s3://my-failures/here/".into());
    });
    let rows = [INPUT, ("Filename", "result.json"), ("S3OutputPathExtension", "2030/01")];
    let (_, answer) = invoke(&aws, &rows).await;
    assert!(answer.contains("outputlocation: s3://my-outputs/2030/01/result.json\r\n"), "{answer}");
    assert!(
        answer.contains("failurelocation: s3://my-failures/here/2030/01/result.json\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn requests_that_aws_does_not_take_are_refused() {
    let (sim, aws) = loopback(world()).await;
    sim.with(|world| {
        world.add_endpoint("at-once", vec![simulator::VariantState::new(VARIANT, 1)], false);
    });
    let rows = [
        (vec![], "exactly one of"),
        (vec![("InputLocation", "my-inputs/a.json")], "InputLocation"),
        (vec![INPUT, ("RequestTTLSeconds", "59")], "greater than or equal to 60"),
        (vec![INPUT, ("RequestTTLSeconds", "21601")], "less than or equal to 21600"),
        (vec![INPUT, ("InvocationTimeoutSeconds", "0")], "greater than or equal to 1"),
        (vec![INPUT, ("InvocationTimeoutSeconds", "3601")], "less than or equal to 3600"),
    ];
    for (rows, message) in rows {
        let (status, answer) = invoke(&aws, &rows).await;
        assert!(status == 400 && answer.contains("ValidationError"), "{answer}");
        assert!(answer.contains(message), "{message}: {answer}");
    }
    for (path, message) in [
        ("/endpoints/at-once/async-invocations", "is not an asynchronous inference endpoint"),
        ("/endpoints/my-endpoint/invocations", "Use InvokeEndpointAsync"),
        ("/endpoints/none/invocations", "none of account 123456789012 not found"),
    ] {
        let (status, answer) = send(&aws, "POST", path, &headers(&[INPUT])).await;
        assert!(status == 400 && answer.contains(message), "{answer}");
    }
    let body = "x".repeat(128_001);
    let (status, answer) = send_body(&aws, "POST", PATH, "", &body).await;
    assert!(status == 400 && answer.contains("less than or equal to 128000"), "{answer}");
    assert_eq!(sim.with(|world| world.jobs().len()), 0);
    let (status, answer) = send_body(&aws, "POST", PATH, "", &body[1..]).await;
    assert_eq!(status, 202, "{answer}");
}

// The time that this takes is measured by `benches/local_aws.rs` of scalerctl.
#[test]
fn each_of_many_requests_has_a_result() {
    let sim = Simulator::of(world());
    sim.with(|world| {
        for number in 0..20_000 {
            let ttl = Some(Duration::from_secs(60 + number % 600));
            invoked(world, InferenceRequest { ttl, ..request("s3://my-inputs/input.json") });
        }
        world.advance(mins(20));
        assert_eq!(world.backlog(ENDPOINT), 0);
        assert_eq!(world.take_finished().len(), 20_000);
    });
}
