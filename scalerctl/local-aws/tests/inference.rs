//! What becomes of the objects and the notification of a request of InvokeEndpointAsync.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Duration;

use jiff::Timestamp;
use scalerctl_local_aws::{inference::write_results, objects::Objects};
use serde_json::{Value, json};
use simulator::{
    AcceptedRequest, InferenceRequest, RequestInput, ResultTopics, Simulator, Subscription,
};

const ENDPOINT: &str = "my-endpoint";
const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:results";

fn location(location: &str) -> InferenceRequest {
    InferenceRequest {
        input: RequestInput::Location(location.into()),
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

struct Setup {
    sim: Simulator,
    objects: Objects,
}

impl Setup {
    fn new() -> Self {
        let sim = Simulator::new("2030-01-07T14:00:00Z".parse::<Timestamp>().unwrap());
        sim.with(|world| {
            let function = "arn:aws:lambda:eu-central-1:123456789012:function:told";
            world.put_topic(TOPIC, vec![Subscription::new("lambda", function)]);
            for bucket in ["my-inputs", "my-outputs"] {
                world.put_bucket(bucket, simulator::Bucket::default());
            }
            world.add_async_endpoint(ENDPOINT, "AllTraffic", 1).topics = ResultTopics {
                success: Some(TOPIC.into()),
                error: Some(TOPIC.into()),
                ..ResultTopics::default()
            };
            world.hand_over_finished();
        });
        let objects = Objects::new(sim.clone()).unwrap();
        Self { sim, objects }
    }

    async fn put(&self, key: &str, content_type: &str, bytes: &[u8]) {
        self.objects.put("my-inputs", key, content_type, bytes).await.unwrap();
    }

    fn invoke(&self, request: InferenceRequest) -> AcceptedRequest {
        self.sim.with(|world| world.invoke_endpoint_async(ENDPOINT, request)).unwrap()
    }

    /// Ends all requests, and returns the notification of the only one.
    async fn ended(&self) -> Value {
        self.sim.advance(Duration::from_secs(60));
        let written = write_results(&self.sim, &self.objects);
        assert!(tokio::time::timeout(Duration::from_millis(500), written).await.is_err());
        self.sim.advance(Duration::from_secs(60));
        let messages = self.sim.with(|world| world.take_invocations());
        assert_eq!(messages.len(), 1, "{messages:?}");
        let text = messages[0].body["Records"][0]["Sns"]["Message"].as_str().unwrap();
        serde_json::from_str(text).unwrap()
    }

    /// The content type and the bytes of an object.
    async fn object(&self, location: &str) -> Option<(String, Vec<u8>)> {
        let (bucket, key) = location.strip_prefix("s3://").unwrap().split_once('/').unwrap();
        let known = self.objects.head(bucket, key)?;
        Some((known.content_type.unwrap(), self.objects.get(bucket, key).await.unwrap()?))
    }
}

#[tokio::test]
async fn the_output_is_an_echo_of_the_input_and_is_written_before_it_is_published() {
    let setup = Setup::new();
    setup.put("red flower+1.json", "application/json", b"[1]").await;
    let request = setup.invoke(location("s3://my-inputs/red flower+1.json"));
    let message = setup.ended().await;
    assert_eq!(message["invocationStatus"], "Completed");
    assert_eq!(message["responseParameters"]["outputLocation"], json!(request.output));
    let echo = ("application/json".to_owned(), b"[1]".to_vec());
    assert_eq!(setup.object(&request.output).await, Some(echo));
    assert_eq!(setup.object(&request.failure).await, None);
}

#[tokio::test]
async fn an_inline_body_is_echoed_with_the_content_type_of_the_request() {
    let setup = Setup::new();
    let input = RequestInput::Inline(b"a,b".to_vec());
    let content_type = Some("text/csv".into());
    let request = setup.invoke(InferenceRequest { input, content_type, ..location("") });
    assert_eq!(setup.ended().await["requestParameters"]["inputLocation"], Value::Null);
    let echo = ("text/csv".to_owned(), b"a,b".to_vec());
    assert_eq!(setup.object(&request.output).await, Some(echo));
}

#[tokio::test]
async fn the_content_type_of_the_request_has_precedence_over_that_of_the_input() {
    let setup = Setup::new();
    setup.put("a", "text/plain", b"a,b").await;
    let content_type = Some("text/csv".into());
    let request = InferenceRequest { content_type, ..location("s3://my-inputs/a") };
    let request = setup.invoke(request);
    setup.ended().await;
    let echo = ("text/csv".to_owned(), b"a,b".to_vec());
    assert_eq!(setup.object(&request.output).await, Some(echo));
}

#[tokio::test]
async fn a_failure_and_an_input_that_does_not_exist_have_a_failure_object() {
    for (input, attributes, reason) in [
        ("s3://my-inputs/none", None, "there is no such object"),
        ("s3://my-inputs/a", Some("fail".to_owned()), "(500) from model"),
    ] {
        let setup = Setup::new();
        setup.put("a", "text/plain", b"text").await;
        let request = InferenceRequest { custom_attributes: attributes, ..location(input) };
        let request = setup.invoke(request);
        let message = setup.ended().await;
        assert_eq!(message["invocationStatus"], "Failed");
        let (_, text) = setup.object(&request.failure).await.unwrap();
        assert_eq!(message["failureReason"], json!(String::from_utf8(text).unwrap()));
        assert!(message["failureReason"].as_str().unwrap().contains(reason), "{message}");
        assert_eq!(setup.object(&request.output).await, None);
    }
}
