//! SNS: topics, subscriptions, and what a subscriber receives.

use serde_json::{Value, json};
use simulator::{CallError, Delivery, Simulator, Subscription, World, http::service_answer};

use crate::setup::*;

const TOPIC: &str = "arn:aws:sns:eu-central-1:123456789012:results";
const FUNCTION: &str = "arn:aws:lambda:eu-central-1:123456789012:function:my-scaler";
const QUEUE: &str = "arn:aws:sqs:eu-central-1:123456789012:inputs";

/// A call of SNS that succeeds.
fn sns(sim: &Simulator, operation: &str, body: Value) -> Value {
    let answer = sim.with(|world| service_answer("sns", world, operation, body));
    answer.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
}

/// The error of a call that SNS refuses.
fn refused(sim: &Simulator, operation: &str, body: Value) -> String {
    match sim.with(|world| service_answer("sns", world, operation, body)) {
        Err(CallError::Refused(refusal)) => refusal.code,
        other => panic!("{operation}: {other:?}"),
    }
}

fn with_topic() -> Simulator {
    let mut world = World::new(start());
    world.put_queue("inputs");
    let sim = Simulator::of(world);
    assert_eq!(sns(&sim, "CreateTopic", json!({ "Name": "results" }))["TopicArn"], TOPIC);
    sim
}

fn subscribe(sim: &Simulator, endpoint: &str, attributes: Value) -> String {
    let protocol = endpoint.split(':').nth(2).unwrap();
    let subscribe = json!({
        "TopicArn": TOPIC, "Protocol": protocol, "Endpoint": endpoint, "Attributes": attributes,
    });
    sns(sim, "Subscribe", subscribe)["SubscriptionArn"].as_str().unwrap().to_owned()
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
#[test]
fn a_notification_reaches_a_function_and_a_queue() {
    let sim = with_topic();
    let to_function = subscribe(&sim, FUNCTION, json!({}));
    subscribe(&sim, QUEUE, json!({}));
    let attributes = json!({ "kind": { "DataType": "String", "StringValue": "result" } });
    let publish = json!({
        "TopicArn": TOPIC, "Message": "done", "Subject": "A result", "MessageAttributes": attributes,
    });
    let id = sns(&sim, "Publish", publish)["MessageId"].clone();
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
    assert_eq!(
        (invocations[0].to.as_str(), invocations[0].from.as_ref()),
        (FUNCTION, "sns.amazonaws.com")
    );
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
        world.send(Delivery {
            at,
            to: TOPIC.into(),
            from: "cloudwatch.amazonaws.com".into(),
            body,
        });
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

#[test]
fn a_raw_subscription_receives_the_text_and_the_attributes() {
    let sim = with_topic();
    subscribe(&sim, QUEUE, json!({ "RawMessageDelivery": "true" }));
    let texts = json!({ "default": "for all", "sqs": "for queues" }).to_string();
    let publish = json!({ "TopicArn": TOPIC, "Message": texts, "MessageStructure": "json" });
    sns(&sim, "Publish", publish);
    assert_eq!(bodies(&sim), ["for queues"]);
    let raw = json!({ "RawMessageDelivery": "true" });
    let subscribe =
        json!({ "TopicArn": TOPIC, "Protocol": "lambda", "Endpoint": FUNCTION, "Attributes": raw });
    assert_eq!(refused(&sim, "Subscribe", subscribe), "InvalidParameter");
}

// SNS Developer Guide, "Amazon SNS subscription filter policies".
#[test]
fn a_filter_policy_keeps_other_messages_away() {
    let sim = with_topic();
    let policy =
        json!({ "kind": ["result", { "prefix": "alarm-" }], "size": [{ "numeric": [">", 5] }] });
    let arn = subscribe(&sim, QUEUE, json!({ "FilterPolicy": policy.to_string() }));
    let publish = |message: &str, kind: &str, size: &str| {
        let attributes = json!({
            "kind": { "DataType": "String", "StringValue": kind },
            "size": { "DataType": "Number", "StringValue": size },
        });
        let body =
            json!({ "TopicArn": TOPIC, "Message": message, "MessageAttributes": attributes });
        sns(&sim, "Publish", body);
    };
    publish("a", "result", "6");
    publish("b", "result", "5");
    publish("c", "alarm-low", "6");
    publish("d", "other", "6");
    sns(&sim, "Publish", json!({ "TopicArn": TOPIC, "Message": "e" }));
    let texts = bodies(&sim)
        .iter()
        .map(|it| serde_json::from_str::<Value>(it).unwrap()["Message"].clone())
        .collect::<Vec<_>>();
    assert_eq!(texts, ["a", "c"]);
    let set = |name: &str, value: &str| {
        let body =
            json!({ "SubscriptionArn": arn, "AttributeName": name, "AttributeValue": value });
        sns(&sim, "SetSubscriptionAttributes", body);
    };
    set("FilterPolicyScope", "MessageBody");
    set("FilterPolicy", r#"{"status":["Completed"]}"#);
    for message in [r#"{"status":"Completed"}"#, r#"{"status":"Failed"}"#, "no JSON"] {
        sns(&sim, "Publish", json!({ "TopicArn": TOPIC, "Message": message }));
    }
    assert_eq!(bodies(&sim).len(), 1);
    set("FilterPolicy", "");
    sns(&sim, "Publish", json!({ "TopicArn": TOPIC, "Message": "no JSON" }));
    assert_eq!(bodies(&sim).len(), 1);
    let wrong = json!({ "SubscriptionArn": arn, "AttributeName": "FilterPolicy", "AttributeValue": r#"{"a":"b"}"# });
    assert_eq!(refused(&sim, "SetSubscriptionAttributes", wrong), "InvalidParameter");
}

#[test]
fn topics_and_subscriptions_are_listed_described_and_deleted() {
    let sim = with_topic();
    let arn = subscribe(&sim, QUEUE, json!({}));
    // Once more: the same subscription.
    assert_eq!(subscribe(&sim, QUEUE, json!({})), arn);
    let email = json!({ "TopicArn": TOPIC, "Protocol": "email", "Endpoint": "a@example.com" });
    let pending = sns(&sim, "Subscribe", email);
    assert_eq!(pending["SubscriptionArn"], "pending confirmation");
    let listed = sns(&sim, "ListSubscriptionsByTopic", json!({ "TopicArn": TOPIC }));
    assert_eq!(listed, sns(&sim, "ListSubscriptions", json!({})));
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
    let attributes = sns(&sim, "GetTopicAttributes", of_topic.clone());
    assert_eq!(attributes["Attributes"]["SubscriptionsConfirmed"], "1");
    assert_eq!(attributes["Attributes"]["SubscriptionsPending"], "1");
    let attributes = sns(&sim, "GetSubscriptionAttributes", json!({ "SubscriptionArn": arn }));
    assert_eq!(attributes["Attributes"]["RawMessageDelivery"], "false");
    let tags = json!({ "ResourceArn": TOPIC, "Tags": [{ "Key": "a", "Value": "1" }, { "Key": "b", "Value": "2" }] });
    sns(&sim, "TagResource", tags);
    sns(&sim, "UntagResource", json!({ "ResourceArn": TOPIC, "TagKeys": ["a"] }));
    let tags = sns(&sim, "ListTagsForResource", json!({ "ResourceArn": TOPIC }));
    assert_eq!(tags["Tags"], json!([{ "Key": "b", "Value": "2" }]));
    let entries = json!([{ "Id": "a", "Message": "1" }, { "Id": "b", "Message": "" }]);
    let batch = json!({ "TopicArn": TOPIC, "PublishBatchRequestEntries": entries });
    let batch = sns(&sim, "PublishBatch", batch);
    assert_eq!(batch["Successful"][0]["Id"], "a");
    assert_eq!(batch["Failed"][0]["Code"], "InvalidParameter");
    sns(&sim, "Unsubscribe", json!({ "SubscriptionArn": arn }));
    let gone = json!({ "SubscriptionArn": arn });
    assert_eq!(refused(&sim, "GetSubscriptionAttributes", gone), "NotFound");
    sns(&sim, "DeleteTopic", of_topic.clone());
    assert_eq!(sns(&sim, "ListTopics", json!({})), json!({ "Topics": [] }));
    assert_eq!(refused(&sim, "GetTopicAttributes", of_topic), "NotFound");
    let fax = json!({ "TopicArn": TOPIC, "Protocol": "fax", "Endpoint": "1" });
    assert_eq!(refused(&sim, "Subscribe", fax), "InvalidParameter");
}
