//! SNS: topics, subscriptions, and what a subscriber receives.

use serde_json::{Value, json};
use simulator::{Delivery, LoopbackAws, Simulator, Subscription, World};

use crate::{
    setup::*,
    wire::{loopback, post},
};

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:results";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler";
const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:inputs";

async fn call(aws: &LoopbackAws, operation: &str, body: Value) -> (u16, Value) {
    let target = format!("AmazonSimpleNotificationService.{operation}");
    post(aws, &target, &body.to_string()).await.unwrap()
}

async fn sns(aws: &LoopbackAws, operation: &str, body: Value) -> Value {
    let (status, answer) = call(aws, operation, body).await;
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

async fn refused(aws: &LoopbackAws, operation: &str, body: Value) -> String {
    let (status, answer) = call(aws, operation, body).await;
    assert_eq!(status, 400, "{operation}: {answer}");
    answer["__type"].as_str().unwrap().to_owned()
}

async fn with_topic() -> (Simulator, LoopbackAws) {
    let mut world = World::new(start());
    world.put_queue("inputs");
    let (sim, aws) = loopback(world).await;
    assert_eq!(sns(&aws, "CreateTopic", json!({ "Name": "results" })).await["TopicArn"], TOPIC);
    (sim, aws)
}

async fn subscribe(aws: &LoopbackAws, endpoint: &str, attributes: Value) -> String {
    let protocol = endpoint.split(':').nth(2).unwrap();
    let subscribe = json!({
        "TopicArn": TOPIC, "Protocol": protocol, "Endpoint": endpoint, "Attributes": attributes,
    });
    sns(aws, "Subscribe", subscribe).await["SubscriptionArn"].as_str().unwrap().to_owned()
}

/// The bodies of the messages in the queue.
fn bodies(sim: &Simulator) -> Vec<String> {
    let batch = sim.with(|world| {
        world.advance(secs(1));
        world.receive_for_function(QUEUE, 10)
    });
    let records = batch.map(|it| it.event["Records"].as_array().unwrap().clone());
    records.into_iter().flatten().map(|it| it["body"].as_str().unwrap().to_owned()).collect()
}

// The event is that of the Lambda Developer Guide, the envelope that of the SNS Developer Guide.
#[tokio::test]
async fn a_notification_reaches_a_function_and_a_queue() {
    let (sim, aws) = with_topic().await;
    let to_function = subscribe(&aws, FUNCTION, json!({})).await;
    subscribe(&aws, QUEUE, json!({})).await;
    let attributes = json!({ "kind": { "DataType": "String", "StringValue": "result" } });
    let publish = json!({
        "TopicArn": TOPIC, "Message": "done", "Subject": "A result", "MessageAttributes": attributes,
    });
    let id = sns(&aws, "Publish", publish).await["MessageId"].clone();
    let envelope: Value = serde_json::from_str(&bodies(&sim)[0]).unwrap();
    assert_eq!(envelope["Type"], "Notification");
    assert_eq!(envelope["MessageId"], id);
    assert_eq!(envelope["TopicArn"], TOPIC);
    assert_eq!(envelope["Message"], "done");
    assert_eq!(envelope["Subject"], "A result");
    assert_eq!(envelope["Timestamp"], "2030-01-07T14:00:00.000Z");
    assert_eq!(
        envelope["MessageAttributes"]["kind"],
        json!({ "Type": "String", "Value": "result" })
    );
    let invocations = sim.with(World::take_invocations);
    assert_eq!(invocations.len(), 1);
    assert_eq!((invocations[0].to.as_str(), invocations[0].from), (FUNCTION, "sns.amazonaws.com"));
    let record = &invocations[0].body["Records"][0];
    assert_eq!(record["EventSource"], "aws:sns");
    assert_eq!(record["EventSubscriptionArn"], to_function);
    assert_eq!(record["Sns"]["Message"], "done");
    assert_eq!(record["Sns"]["MessageId"], id);
    assert_eq!(record["Sns"]["MessageAttributes"]["kind"]["Value"], "result");
}

/// What another service sends to a topic, and a body that is no notification.
#[test]
fn a_delivery_at_a_topic_goes_on_to_its_subscribers() {
    let mut world = World::new(start());
    world.put_topic(TOPIC, vec![Subscription::new("lambda", FUNCTION)]);
    let test_event = json!({ "Service": "Amazon S3", "Event": "s3:TestEvent" });
    for body in [json!({ "Message": "an alarm" }), test_event.clone()] {
        let at = world.now() + secs(5);
        world.send(Delivery { at, to: TOPIC.into(), from: "cloudwatch.amazonaws.com", body });
    }
    world.advance(secs(4));
    assert!(world.take_invocations().is_empty());
    world.advance(secs(1));
    let invocations = world.take_invocations();
    let messages = invocations.iter().map(|it| &it.body["Records"][0]["Sns"]);
    let messages: Vec<&Value> = messages.collect();
    assert_eq!(messages[0]["Message"], "an alarm");
    assert_eq!(messages[0]["Subject"], Value::Null);
    assert_eq!(messages[1]["Message"], test_event.to_string());
    assert_ne!(messages[0]["MessageId"], messages[1]["MessageId"]);
}

#[tokio::test]
async fn a_raw_subscription_receives_the_text_and_the_attributes() {
    let (sim, aws) = with_topic().await;
    subscribe(&aws, QUEUE, json!({ "RawMessageDelivery": "true" })).await;
    let texts = json!({ "default": "for all", "sqs": "for queues" }).to_string();
    let publish = json!({ "TopicArn": TOPIC, "Message": texts, "MessageStructure": "json" });
    sns(&aws, "Publish", publish).await;
    assert_eq!(bodies(&sim), ["for queues"]);
    let raw = json!({ "RawMessageDelivery": "true" });
    let subscribe =
        json!({ "TopicArn": TOPIC, "Protocol": "lambda", "Endpoint": FUNCTION, "Attributes": raw });
    assert_eq!(refused(&aws, "Subscribe", subscribe).await, "InvalidParameter");
}

// SNS Developer Guide, "Amazon SNS subscription filter policies".
#[tokio::test]
async fn a_filter_policy_keeps_other_messages_away() {
    let (sim, aws) = with_topic().await;
    let policy =
        json!({ "kind": ["result", { "prefix": "alarm-" }], "size": [{ "numeric": [">", 5] }] });
    let arn = subscribe(&aws, QUEUE, json!({ "FilterPolicy": policy.to_string() })).await;
    let publish = async |message: &str, kind: &str, size: &str| {
        let attributes = json!({
            "kind": { "DataType": "String", "StringValue": kind },
            "size": { "DataType": "Number", "StringValue": size },
        });
        let body =
            json!({ "TopicArn": TOPIC, "Message": message, "MessageAttributes": attributes });
        sns(&aws, "Publish", body).await;
    };
    publish("a", "result", "6").await;
    publish("b", "result", "5").await;
    publish("c", "alarm-low", "6").await;
    publish("d", "other", "6").await;
    sns(&aws, "Publish", json!({ "TopicArn": TOPIC, "Message": "e" })).await;
    let texts = bodies(&sim)
        .iter()
        .map(|it| serde_json::from_str::<Value>(it).unwrap()["Message"].clone())
        .collect::<Vec<_>>();
    assert_eq!(texts, ["a", "c"]);
    let set = async |name: &str, value: &str| {
        let body =
            json!({ "SubscriptionArn": arn, "AttributeName": name, "AttributeValue": value });
        sns(&aws, "SetSubscriptionAttributes", body).await;
    };
    set("FilterPolicyScope", "MessageBody").await;
    set("FilterPolicy", r#"{"status":["Completed"]}"#).await;
    for message in [r#"{"status":"Completed"}"#, r#"{"status":"Failed"}"#, "no JSON"] {
        sns(&aws, "Publish", json!({ "TopicArn": TOPIC, "Message": message })).await;
    }
    assert_eq!(bodies(&sim).len(), 1);
    set("FilterPolicy", "").await;
    sns(&aws, "Publish", json!({ "TopicArn": TOPIC, "Message": "no JSON" })).await;
    assert_eq!(bodies(&sim).len(), 1);
    let wrong = json!({ "SubscriptionArn": arn, "AttributeName": "FilterPolicy", "AttributeValue": r#"{"a":"b"}"# });
    assert_eq!(refused(&aws, "SetSubscriptionAttributes", wrong).await, "InvalidParameter");
}

#[tokio::test]
async fn topics_and_subscriptions_are_listed_described_and_deleted() {
    let (_sim, aws) = with_topic().await;
    let arn = subscribe(&aws, QUEUE, json!({})).await;
    // Once more: the same subscription.
    assert_eq!(subscribe(&aws, QUEUE, json!({})).await, arn);
    let email = json!({ "TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@example.com" });
    let pending = sns(&aws, "Subscribe", email).await;
    assert_eq!(pending["SubscriptionArn"], "pending confirmation");
    let listed = sns(&aws, "ListSubscriptionsByTopic", json!({ "TopicArn": TOPIC })).await;
    assert_eq!(listed, sns(&aws, "ListSubscriptions", json!({})).await);
    let rows = listed["Subscriptions"].as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(
        rows[0],
        json!({
            "SubscriptionArn": arn, "Owner": "123456789012", "Protocol": "sqs", "Endpoint": QUEUE, "TopicArn": TOPIC,
        })
    );
    assert_eq!(rows[1]["SubscriptionArn"], "PendingConfirmation");
    let of_topic = json!({ "TopicArn": TOPIC });
    let attributes = sns(&aws, "GetTopicAttributes", of_topic.clone()).await;
    assert_eq!(attributes["Attributes"]["SubscriptionsConfirmed"], "1");
    assert_eq!(attributes["Attributes"]["SubscriptionsPending"], "1");
    let attributes =
        sns(&aws, "GetSubscriptionAttributes", json!({ "SubscriptionArn": arn })).await;
    assert_eq!(attributes["Attributes"]["RawMessageDelivery"], "false");
    let tags = json!({ "ResourceArn": TOPIC, "Tags": [{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }] });
    sns(&aws, "TagResource", tags).await;
    sns(&aws, "UntagResource", json!({ "ResourceArn": TOPIC, "TagKeys": ["a"] })).await;
    let tags = sns(&aws, "ListTagsForResource", json!({ "ResourceArn": TOPIC })).await;
    assert_eq!(tags["Tags"], json!([{ "Key": "b", "Value": "2" }]));
    let entries = json!([{ "Id": "a", "Message": "1" }, { "Id": "b", "Message": "" }]);
    let batch = json!({ "TopicArn": TOPIC, "PublishBatchRequestEntries": entries });
    let batch = sns(&aws, "PublishBatch", batch).await;
    assert_eq!(batch["Successful"][0]["Id"], "a");
    assert_eq!(batch["Failed"][0]["Code"], "InvalidParameter");
    sns(&aws, "Unsubscribe", json!({ "SubscriptionArn": arn })).await;
    let gone = json!({ "SubscriptionArn": arn });
    assert_eq!(refused(&aws, "GetSubscriptionAttributes", gone).await, "NotFound");
    sns(&aws, "DeleteTopic", of_topic.clone()).await;
    assert_eq!(sns(&aws, "ListTopics", json!({})).await, json!({ "Topics": [] }));
    assert_eq!(refused(&aws, "GetTopicAttributes", of_topic).await, "NotFound");
    let fax = json!({ "TopicArn": TOPIC, "Protocol": "fax", "Endpoint": "1" });
    assert_eq!(refused(&aws, "Subscribe", fax).await, "InvalidParameter");
}
