//! SNS: topics, subscriptions, and publishing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    batch,
    json::{compact, parsed},
    refusals::unknown_operation,
};
use crate::{
    CallError, CallResult, Delivery, Operation, Paging, Refusal, Service, Subscription, World,
    event_pattern::EventPattern,
};

/// Items per page (SNS API Reference, ListTopics and ListSubscriptions).
const PAGE: usize = 100;

/// The largest message, in bytes (SNS API Reference, Publish).
const LARGEST: usize = 262_144;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateTopic {
    name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Subscribe {
    topic_arn: String,
    protocol: String,
    endpoint: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    #[serde(default)]
    return_subscription_arn: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SetAttribute {
    attribute_name: String,
    #[serde(default)]
    attribute_value: String,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    let Some(known) = Operation::of(Service::Sns, operation) else {
        return Err(CallError::Refused(unknown_operation(operation)));
    };
    let members = ["TopicArn", "SubscriptionArn", "ResourceArn", "TargetArn", "Name"];
    let arn = members.iter().find_map(|member| body[*member].as_str()).unwrap_or("*").to_owned();
    if known == Operation::ListSubscriptionsByTopic {
        let page = world.list_subscriptions_by_topic(&arn, &paging(&body))?;
        let account = &world.settings.account;
        let shown = page.items.iter().map(|it| shown(&arn, it, account)).collect::<Vec<_>>();
        return Ok(compact(json!({ "Subscriptions": shown, "NextToken": page.next_token })));
    }
    world.call(known, &arn, String::new(), |world| answered(world, known, &arn, body))
}

fn answered(
    world: &mut World,
    operation: Operation,
    arn: &str,
    body: Value,
) -> Result<Value, Refusal> {
    match operation {
        Operation::CreateTopic => return create(world, parsed(body)?),
        Operation::DeleteTopic => world.remove_topic(arn),
        Operation::ListTopics => {
            let page = paging(&body).cut(world.topic_arns(), PAGE)?;
            let topics =
                page.items.iter().map(|arn| json!({ "TopicArn": arn })).collect::<Vec<_>>();
            return Ok(compact(json!({ "Topics": topics, "NextToken": page.next_token })));
        }
        Operation::GetTopicAttributes => return topic_attributes(world, arn),
        Operation::SetTopicAttributes => {
            let SetAttribute { attribute_name, attribute_value } = parsed(body)?;
            world.topic(arn)?.attributes.insert(attribute_name, attribute_value);
        }
        Operation::Subscribe => return subscribe(world, parsed(body)?),
        Operation::Unsubscribe => world.remove_subscription(arn),
        Operation::ListSubscriptions => {
            let account = &world.settings.account;
            let page = paging(&body).cut(world.subscriptions(), PAGE)?;
            let shown = page.items.iter().map(|(topic, it)| shown(topic, it, account));
            let shown = shown.collect::<Vec<_>>();
            return Ok(compact(json!({ "Subscriptions": shown, "NextToken": page.next_token })));
        }
        Operation::GetSubscriptionAttributes => return subscription_attributes(world, arn),
        Operation::SetSubscriptionAttributes => {
            let SetAttribute { attribute_name, attribute_value } = parsed(body)?;
            let (_, subscription) = world.subscription(arn)?;
            check(&subscription.protocol, &attribute_name, &attribute_value)?;
            subscription.attributes.insert(attribute_name, attribute_value);
            // An empty value or an empty policy removes the policy.
            subscription.attributes.retain(|_, it| !matches!(it.as_str(), "" | "{}"));
        }
        Operation::Publish => return publish(world, arn, body),
        Operation::PublishBatch => {
            world.topic(arn)?;
            return batch::each(&body["PublishBatchRequestEntries"], true, |entry| {
                publish(world, arn, entry)
            });
        }
        Operation::TagTopic => {
            let tags: Vec<Tag> = parsed(body["Tags"].clone())?;
            tagged(world, arn)?.extend(tags.into_iter().map(|it| (it.key, it.value)));
        }
        Operation::UntagTopic => {
            let keys: Vec<String> = parsed(body["TagKeys"].clone())?;
            tagged(world, arn)?.retain(|key, _| !keys.contains(key));
        }
        Operation::ListTagsOfTopic => {
            let tags = tagged(world, arn)?.iter();
            let tags = tags.map(|(key, value)| json!({ "Key": key, "Value": value }));
            return Ok(json!({ "Tags": tags.collect::<Vec<_>>() }));
        }
        other => return Err(unknown_operation(other.as_str())),
    }
    Ok(json!({}))
}

fn create(world: &mut World, create: CreateTopic) -> Result<Value, Refusal> {
    let CreateTopic { name, attributes, tags } = create;
    if name.ends_with(".fifo") || attributes.contains_key("FifoTopic") {
        return Err(invalid("Name Reason: The model has no FIFO topics"));
    }
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || "-_".contains(it);
    if !(1..=256).contains(&name.len()) || !name.chars().all(is_allowed) {
        return Err(invalid("Topic Name"));
    }
    let arn = world.topic_arn(&name);
    match world.topic(&arn) {
        Ok(topic) => {
            let is_same =
                |(name, value): (&String, &String)| topic.attributes.get(name) == Some(value);
            if !attributes.iter().all(is_same) {
                return Err(invalid(
                    "Attributes Reason: Topic already exists with different attributes",
                ));
            }
        }
        Err(_) => {
            let tags = tags.into_iter().map(|it| (it.key, it.value)).collect();
            world.add_topic(&arn, attributes, tags);
        }
    }
    Ok(json!({ "TopicArn": arn }))
}

fn topic_attributes(world: &mut World, arn: &str) -> Result<Value, Refusal> {
    let owner = world.settings.account.clone();
    let topic = world.topic(arn)?;
    let confirmed = topic.subscriptions.iter().filter(|it| it.is_confirmed()).count();
    let policy = json!({
        "Version": "2008-10-17",
        "Id": "__default_policy_ID",
        "Statement": [{
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": { "AWS": "*" },
            "Action": "SNS:Publish",
            "Resource": arn,
            "Condition": { "StringEquals": { "AWS:SourceOwner": owner } },
        }],
    });
    let mut attributes = json!({
        "TopicArn": arn,
        "Owner": owner,
        "Policy": policy.to_string(),
        "DisplayName": "",
        "SubscriptionsConfirmed": confirmed.to_string(),
        "SubscriptionsPending": (topic.subscriptions.len() - confirmed).to_string(),
        "SubscriptionsDeleted": "0",
    });
    for (name, value) in &topic.attributes {
        attributes[name] = json!(value);
    }
    Ok(json!({ "Attributes": attributes }))
}

fn subscribe(world: &mut World, subscribe: Subscribe) -> Result<Value, Refusal> {
    let Subscribe { topic_arn, protocol, endpoint, mut attributes, return_subscription_arn } =
        subscribe;
    const ADDRESSES: [&str; 7] =
        ["http", "https", "email", "email-json", "sms", "application", "firehose"];
    let is_arn = |service: &str| endpoint.split(':').nth(2) == Some(service);
    match protocol.as_str() {
        "lambda" | "sqs" if is_arn(&protocol) => {}
        "lambda" => return Err(invalid("Lambda endpoint ARN")),
        "sqs" => return Err(invalid("SQS endpoint ARN")),
        it if ADDRESSES.contains(&it) => {}
        it => {
            return Err(invalid(&format!(
                "Amazon SNS does not support this protocol string: {it}"
            )));
        }
    }
    for (name, value) in &attributes {
        check(&protocol, name, value)?;
    }
    attributes.retain(|_, it| !matches!(it.as_str(), "" | "{}"));
    let topic = world.topic(&topic_arn)?;
    let is_same = |it: &&Subscription| it.protocol == protocol && it.endpoint == endpoint;
    let arn = match topic.subscriptions.iter().find(is_same) {
        Some(old) if old.attributes == attributes => old.arn.clone(),
        Some(_) => {
            return Err(invalid(
                "Attributes Reason: Subscription already exists with different attributes",
            ));
        }
        None => {
            let new = Subscription { attributes, ..Subscription::new(&protocol, endpoint) };
            world.add_subscription(&topic_arn, new)
        }
    };
    let is_confirmed = matches!(protocol.as_str(), "lambda" | "sqs") || return_subscription_arn;
    let arn = if is_confirmed { arn } else { "pending confirmation".into() };
    Ok(json!({ "SubscriptionArn": arn }))
}

/// Refuses an attribute of a subscription that SNS does not accept.
fn check(protocol: &str, name: &str, value: &str) -> Result<(), Refusal> {
    match name {
        "RawMessageDelivery" if protocol == "lambda" && value == "true" => Err(invalid(
            "Attributes Reason: Delivery protocol [lambda] does not support raw message delivery.",
        )),
        "RawMessageDelivery" if !matches!(value, "true" | "false") => Err(invalid(&format!(
            "Attributes Reason: RawMessageDelivery: Invalid value [{value}]. Must be true or false."
        ))),
        "FilterPolicy" if !matches!(value, "" | "{}") => EventPattern::parse(value)
            .map(|_| ())
            .map_err(|reason| invalid(&format!("FilterPolicy: {reason}"))),
        "FilterPolicyScope" if !matches!(value, "MessageAttributes" | "MessageBody") => {
            Err(invalid("FilterPolicyScope: Invalid value"))
        }
        "RawMessageDelivery"
        | "FilterPolicy"
        | "FilterPolicyScope"
        | "RedrivePolicy"
        | "DeliveryPolicy"
        | "SubscriptionRoleArn" => Ok(()),
        _ => Err(invalid("AttributeName")),
    }
}

fn subscription_attributes(world: &mut World, arn: &str) -> Result<Value, Refusal> {
    let owner = world.settings.account.clone();
    let (topic, it) = world.subscription(arn)?;
    let mut attributes = json!({
        "SubscriptionArn": arn,
        "TopicArn": topic,
        "Protocol": it.protocol,
        "Endpoint": it.endpoint,
        "Owner": owner,
        "ConfirmationWasAuthenticated": it.is_confirmed().to_string(),
        "PendingConfirmation": (!it.is_confirmed()).to_string(),
        "RawMessageDelivery": "false",
    });
    for (name, value) in &it.attributes {
        attributes[name] = json!(value);
    }
    Ok(json!({ "Attributes": attributes }))
}

fn publish(world: &mut World, topic: &str, mut body: Value) -> Result<Value, Refusal> {
    world.topic(topic)?;
    match body["Message"].as_str() {
        None | Some("") => return Err(invalid("Empty message")),
        Some(text) if text.len() > LARGEST => return Err(invalid("Message too long")),
        Some(text) if body["MessageStructure"] == "json" => {
            let texts: Value = serde_json::from_str(text).unwrap_or_default();
            if !texts["default"].is_string() {
                return Err(invalid("Message Structure - No default entry in JSON message body"));
            }
        }
        Some(_) => {}
    }
    let id = world.fresh_id();
    body["MessageId"] = json!(id);
    let (at, to) = (world.now(), topic.to_owned());
    world.send(Delivery { at, to, from: "sns.amazonaws.com".into(), body });
    Ok(json!({ "MessageId": id }))
}

fn shown(topic: &str, it: &Subscription, account: &str) -> Value {
    let arn = if it.is_confirmed() { it.arn.as_str() } else { "PendingConfirmation" };
    json!({
        "SubscriptionArn": arn,
        "Owner": account,
        "Protocol": it.protocol,
        "Endpoint": it.endpoint,
        "TopicArn": topic,
    })
}

fn tagged<'a>(world: &'a mut World, arn: &str) -> Result<&'a mut crate::Tags, Refusal> {
    let missing = |_| Refusal::new("ResourceNotFound", "Resource does not exist");
    Ok(&mut world.topic(arn).map_err(missing)?.tags)
}

fn paging(body: &Value) -> Paging {
    Paging { max_results: None, next_token: body["NextToken"].as_str().map(str::to_owned) }
}

fn invalid(what: &str) -> Refusal {
    Refusal::new("InvalidParameter", format!("Invalid parameter: {what}"))
}
