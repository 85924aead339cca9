//! SQS: queues and their messages, over HTTP and for a function that reads a queue.

use serde_json::{Value, json};
use simulator::{Delivery, LoopbackAws, Simulator, World};

use crate::{
    setup::*,
    wire::{loopback, post},
};

/// A call of SQS that succeeds.
async fn sqs(aws: &LoopbackAws, operation: &str, body: Value) -> Value {
    let (status, answer) =
        post(aws, &format!("AmazonSQS.{operation}"), &body.to_string()).await.unwrap();
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

/// The error of a call that SQS refuses.
async fn refused(aws: &LoopbackAws, operation: &str, body: Value) -> String {
    let (status, answer) =
        post(aws, &format!("AmazonSQS.{operation}"), &body.to_string()).await.unwrap();
    assert_eq!(status, 400, "{operation}: {answer}");
    answer["__type"].as_str().unwrap().to_owned()
}

async fn with_queue(attributes: Value) -> (Simulator, LoopbackAws, String) {
    let (sim, aws) = loopback(World::new(start())).await;
    let queue = json!({ "QueueName": "inputs", "Attributes": attributes });
    let url = sqs(&aws, "CreateQueue", queue).await["QueueUrl"].as_str().unwrap().to_owned();
    (sim, aws, url)
}

#[tokio::test]
async fn a_message_is_sent_received_and_deleted() {
    let (sim, aws, url) = with_queue(json!({ "VisibilityTimeout": "60" })).await;
    assert_eq!(url, format!("{}/123456789012/inputs", aws.url));
    let attribute = json!({ "color": { "DataType": "String", "StringValue": "red" } });
    let message =
        json!({ "QueueUrl": url, "MessageBody": "hello", "MessageAttributes": attribute });
    let sent = sqs(&aws, "SendMessage", message).await;
    // md5sum of "hello".
    assert_eq!(sent["MD5OfMessageBody"], "5d41402abc4b2a76b9719d911017c592");
    let receive = json!({
        "QueueUrl": url, "MaxNumberOfMessages": 10, "AttributeNames": ["All"], "MessageAttributeNames": ["All"],
    });
    let received = sqs(&aws, "ReceiveMessage", receive.clone()).await;
    let message = &received["Messages"][0];
    assert_eq!(message["Body"], "hello");
    assert_eq!(message["MessageId"], sent["MessageId"]);
    assert_eq!(message["MessageAttributes"], attribute);
    assert_eq!(message["MD5OfMessageAttributes"], sent["MD5OfMessageAttributes"]);
    assert_eq!(message["Attributes"]["ApproximateReceiveCount"], "1");
    assert_eq!(message["Attributes"]["SentTimestamp"], start().as_millisecond().to_string());
    let count = async |name: &str| {
        let asked = json!({ "QueueUrl": url, "AttributeNames": [name] });
        sqs(&aws, "GetQueueAttributes", asked).await["Attributes"][name]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(count("QueueArn").await, "arn:aws:sqs:eu-central-1:123456789012:inputs");
    assert_eq!(count("ApproximateNumberOfMessages").await, "0");
    assert_eq!(count("ApproximateNumberOfMessagesNotVisible").await, "1");
    // It is not visible for 60 seconds.
    sim.advance(secs(59));
    assert_eq!(sqs(&aws, "ReceiveMessage", receive.clone()).await, json!({}));
    sim.advance(secs(1));
    let again = sqs(&aws, "ReceiveMessage", receive.clone()).await;
    assert_eq!(again["Messages"][0]["Attributes"]["ApproximateReceiveCount"], "2");
    let receipt = &again["Messages"][0]["ReceiptHandle"];
    let hide = json!({ "QueueUrl": url, "ReceiptHandle": receipt, "VisibilityTimeout": 0 });
    sqs(&aws, "ChangeMessageVisibility", hide.clone()).await;
    assert_eq!(refused(&aws, "ChangeMessageVisibility", hide).await, "MessageNotInflight");
    assert_eq!(count("ApproximateNumberOfMessages").await, "1");
    sqs(&aws, "DeleteMessage", json!({ "QueueUrl": url, "ReceiptHandle": receipt })).await;
    sim.advance(mins(10));
    assert_eq!(sqs(&aws, "ReceiveMessage", receive).await, json!({}));
}

#[tokio::test]
async fn a_queue_is_created_once_listed_and_deleted() {
    let (_sim, aws, url) = with_queue(json!({ "DelaySeconds": "5" })).await;
    // The same attributes, or their standard values, are no conflict.
    let same = json!({ "DelaySeconds": "5", "VisibilityTimeout": "30" });
    let create = |attributes: Value| json!({ "QueueName": "inputs", "Attributes": attributes });
    assert_eq!(sqs(&aws, "CreateQueue", create(same)).await["QueueUrl"], url);
    let other = create(json!({ "VisibilityTimeout": "31" }));
    assert_eq!(refused(&aws, "CreateQueue", other).await, "QueueNameExists");
    for (attributes, error) in [
        (json!({ "VisibilityTimeout": "43201" }), "InvalidAttributeValue"),
        (json!({ "FifoQueue": "true" }), "UnsupportedOperation"),
        (json!({ "Color": "red" }), "InvalidAttributeName"),
        (json!({ "RedrivePolicy": "{}" }), "InvalidAttributeValue"),
    ] {
        assert_eq!(refused(&aws, "CreateQueue", create(attributes)).await, error);
    }
    assert_eq!(
        sqs(&aws, "ListQueues", json!({ "QueueNamePrefix": "in" })).await["QueueUrls"],
        json!([url])
    );
    assert_eq!(sqs(&aws, "ListQueues", json!({ "QueueNamePrefix": "out" })).await, json!({}));
    assert_eq!(sqs(&aws, "GetQueueUrl", json!({ "QueueName": "inputs" })).await["QueueUrl"], url);
    sqs(&aws, "TagQueue", json!({ "QueueUrl": url, "Tags": { "team": "a", "cost": "b" } })).await;
    sqs(&aws, "UntagQueue", json!({ "QueueUrl": url, "TagKeys": ["cost"] })).await;
    assert_eq!(
        sqs(&aws, "ListQueueTags", json!({ "QueueUrl": url })).await["Tags"],
        json!({ "team": "a" })
    );
    sqs(&aws, "DeleteQueue", json!({ "QueueUrl": url })).await;
    assert_eq!(
        refused(&aws, "GetQueueUrl", json!({ "QueueName": "inputs" })).await,
        "QueueDoesNotExist"
    );
}

#[tokio::test]
async fn a_batch_reports_each_entry() {
    let (sim, aws, url) = with_queue(json!({})).await;
    let entries = json!([
        { "Id": "a", "MessageBody": "1", "DelaySeconds": 10 },
        { "Id": "b", "MessageBody": "2", "DelaySeconds": 901 },
    ]);
    let sent = sqs(&aws, "SendMessageBatch", json!({ "QueueUrl": url, "Entries": entries })).await;
    assert_eq!(sent["Successful"][0]["Id"], "a");
    assert_eq!(sent["Failed"][0]["Code"], "InvalidParameterValue");
    let receive = json!({ "QueueUrl": url });
    sim.advance(secs(9));
    assert_eq!(sqs(&aws, "ReceiveMessage", receive.clone()).await, json!({}));
    sim.advance(secs(1));
    let received = sqs(&aws, "ReceiveMessage", receive).await;
    let receipt = &received["Messages"][0]["ReceiptHandle"];
    let entries =
        json!([{ "Id": "x", "ReceiptHandle": receipt }, { "Id": "y", "ReceiptHandle": "none" }]);
    let deleted =
        sqs(&aws, "DeleteMessageBatch", json!({ "QueueUrl": url, "Entries": entries })).await;
    assert_eq!(deleted["Successful"], json!([{ "Id": "x" }]));
    assert_eq!(deleted["Failed"][0]["Code"], "ReceiptHandleIsInvalid");
    let none = json!({ "QueueUrl": url, "Entries": [] });
    assert_eq!(refused(&aws, "SendMessageBatch", none).await, "EmptyBatchRequest");
    let twice = json!([{ "Id": "a", "MessageBody": "1" }, { "Id": "a", "MessageBody": "2" }]);
    let twice = json!({ "QueueUrl": url, "Entries": twice });
    assert_eq!(refused(&aws, "SendMessageBatch", twice).await, "BatchEntryIdsNotDistinct");
}

// SQS Developer Guide, "Using dead-letter queues": it is moved when it would be received once more.
#[tokio::test]
async fn a_message_that_is_received_too_often_moves_to_the_dead_letter_queue() {
    let (sim, aws, url) = with_queue(json!({})).await;
    let dead = sqs(&aws, "CreateQueue", json!({ "QueueName": "dead" })).await["QueueUrl"].clone();
    let policy = json!({ "deadLetterTargetArn": sim.with(|world| world.queue_arn("dead")), "maxReceiveCount": "2" });
    let attributes = json!({ "RedrivePolicy": policy.to_string(), "VisibilityTimeout": "0" });
    sqs(&aws, "SetQueueAttributes", json!({ "QueueUrl": url, "Attributes": attributes })).await;
    let sources = sqs(&aws, "ListDeadLetterSourceQueues", json!({ "QueueUrl": dead })).await;
    assert_eq!(sources, json!({ "queueUrls": [url] }));
    sqs(&aws, "SendMessage", json!({ "QueueUrl": url, "MessageBody": "bad" })).await;
    let receive = async |url: &Value| {
        let answer =
            sqs(&aws, "ReceiveMessage", json!({ "QueueUrl": url, "AttributeNames": ["All"] }))
                .await;
        answer["Messages"][0].clone()
    };
    for _ in 0..2 {
        assert_eq!(receive(&json!(url)).await["Body"], "bad");
    }
    assert_eq!(receive(&json!(url)).await, Value::Null);
    let moved = receive(&dead).await;
    assert_eq!(moved["Body"], "bad");
    let source = &moved["Attributes"]["DeadLetterQueueSourceArn"];
    assert_eq!(*source, "arn:aws:sqs:eu-central-1:123456789012:inputs");
}

/// A request that waits is answered when a message arrives.
#[tokio::test]
async fn a_request_waits_for_a_message() {
    let (sim, aws, url) = with_queue(json!({})).await;
    let began = std::time::Instant::now();
    let receive = json!({ "QueueUrl": url, "WaitTimeSeconds": 20 });
    let later = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let to = sim.with(|world| world.queue_arn("inputs"));
        sim.with(|world| {
            let at = world.now();
            world.send(Delivery {
                at,
                to,
                from: "s3.amazonaws.com".into(),
                body: json!({ "Records": [] }),
            });
            world.advance(secs(1));
        });
    };
    let (received, ()) = tokio::join!(sqs(&aws, "ReceiveMessage", receive), later);
    assert_eq!(received["Messages"][0]["Body"], r#"{"Records":[]}"#);
    assert!(began.elapsed() < secs(10) && began.elapsed() > secs(0));
    // The wait is in simulated time.
    let receive = json!({ "QueueUrl": url, "WaitTimeSeconds": 20 });
    let later = async {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        sim.advance(secs(20));
    };
    let (received, ()) = tokio::join!(sqs(&aws, "ReceiveMessage", receive), later);
    assert_eq!(received, json!({}));
    assert!(began.elapsed() < secs(10));
}

/// The event is as in the Lambda Developer Guide, "Using Lambda with Amazon SQS".
#[test]
fn a_function_that_reads_a_queue_receives_its_messages() {
    let mut world = World::new(start());
    let queue = world.put_queue("inputs");
    assert_eq!(world.receive_for_function(&queue, 10), None);
    for body in ["one", "two", "three"] {
        let at = world.now();
        world.send(Delivery { at, to: queue.clone(), from: "test".into(), body: json!(body) });
    }
    world.advance(secs(1));
    let batch = world.receive_for_function(&queue, 2).unwrap();
    let record = &batch.event["Records"][0];
    assert_eq!(batch.event["Records"].as_array().unwrap().len(), 2);
    assert_eq!(record["body"], "one");
    assert_eq!(record["eventSource"], "aws:sqs");
    assert_eq!(record["eventSourceARN"], queue);
    assert_eq!(record["awsRegion"], "eu-central-1");
    assert_eq!(record["attributes"]["ApproximateReceiveCount"], "1");
    // One of the two failed: it returns after the visibility timeout, after the third.
    let failed = batch.receipts[1].0.clone();
    world.delete_batch(&batch, &[failed]);
    let bodies = |world: &mut World| {
        let batch = world.receive_for_function(&queue, 10);
        let records = batch.map(|it| it.event["Records"].as_array().unwrap().clone());
        records.into_iter().flatten().map(|it| it["body"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(bodies(&mut world), ["three"]);
    world.advance(secs(30));
    assert_eq!(bodies(&mut world), ["two", "three"]);
    world.advance(secs(4 * 24 * 3600));
    assert!(bodies(&mut world).is_empty(), "a message is kept for four days");
}
