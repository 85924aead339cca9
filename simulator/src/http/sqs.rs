//! SQS: queues and messages.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    batch,
    json::{compact, parsed},
    refusals::unknown_operation,
};
use crate::{
    CallError, CallResult, Operation, Paging, Refusal, Service, Simulator, Tags, World,
    message_queue::{NUMBERS, Received, md5},
};

/// How often a request waits for a message looks for one.
const LOOK_INTERVAL: Duration = Duration::from_millis(20);

/// The largest page of ListQueues.
const MOST_LISTED: usize = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateQueue {
    queue_name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    // With a small letter in the API reference.
    #[serde(default, rename = "tags")]
    tags: Tags,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    #[serde(default)]
    queue_name_prefix: String,
    max_results: Option<usize>,
    next_token: Option<String>,
}

/// The members of a message, alone or in a batch.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Send {
    message_body: String,
    delay_seconds: Option<u32>,
    #[serde(default)]
    message_attributes: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Receive {
    max_number_of_messages: Option<usize>,
    visibility_timeout: Option<u32>,
    // The old name of MessageSystemAttributeNames.
    #[serde(default)]
    attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Receipt {
    receipt_handle: String,
    visibility_timeout: Option<u32>,
}

pub(super) fn answer(world: &mut World, operation: &str, body: Value) -> CallResult<Value> {
    let Some(known) = Operation::of(Service::Sqs, operation) else {
        return Err(CallError::Refused(unknown_operation(operation)));
    };
    let name = name_of(&body).to_owned();
    let resource = if name.is_empty() { "*" } else { &name };
    world.call(known, resource, String::new(), |world| answered(world, known, &name, body))
}

fn answered(
    world: &mut World,
    operation: Operation,
    name: &str,
    body: Value,
) -> Result<Value, Refusal> {
    let now = world.now();
    match operation {
        Operation::CreateQueue => return create(world, parsed(body)?),
        Operation::ListQueues => return list(world, parsed(body)?),
        _ => {}
    }
    let arn = world.queue_arn(name);
    let queue = world.queue(name)?;
    match operation {
        Operation::GetQueueUrl => return Ok(json!({ "QueueUrl": url(world, name) })),
        Operation::DeleteQueue => world.remove_queue(name),
        Operation::GetQueueAttributes => {
            return attributes(world, name, &texts(&body["AttributeNames"]));
        }
        Operation::SetQueueAttributes => {
            let new: BTreeMap<String, String> = parsed(body["Attributes"].clone())?;
            check(&new)?;
            queue.attributes.extend(new);
            // An empty value removes a policy.
            queue.attributes.retain(|_, value| !value.is_empty());
            queue.modified = now;
        }
        Operation::SendMessage => return send(world, name, body),
        Operation::SendMessageBatch => {
            return batch::each(&body["Entries"], false, |entry| send(world, name, entry));
        }
        Operation::ReceiveMessage => return receive(world, name, parsed(body)?),
        Operation::DeleteMessage => delete(world, name, body)?,
        Operation::DeleteMessageBatch => {
            return batch::each(&body["Entries"], false, |entry| {
                delete(world, name, entry).map(|()| json!({}))
            });
        }
        Operation::ChangeMessageVisibility => hide(world, name, body)?,
        Operation::ChangeMessageVisibilityBatch => {
            return batch::each(&body["Entries"], false, |entry| {
                hide(world, name, entry).map(|()| json!({}))
            });
        }
        Operation::PurgeQueue => queue.purge(),
        Operation::ListDeadLetterSourceQueues => {
            let urls = world.sources_of(&arn).map(|name| url(world, name)).collect::<Vec<_>>();
            return Ok(json!({ "queueUrls": urls }));
        }
        Operation::ListQueueTags if queue.tags.is_empty() => {}
        Operation::ListQueueTags => return Ok(json!({ "Tags": queue.tags })),
        Operation::TagQueue => queue.tags.extend(parsed::<Tags>(body["Tags"].clone())?),
        Operation::UntagQueue => {
            let keys = texts(&body["TagKeys"]);
            queue.tags.retain(|key, _| !keys.contains(key));
        }
        other => return Err(unknown_operation(other.as_str())),
    }
    Ok(json!({}))
}

/// Waits as long as ReceiveMessage does: until the queue has a message, or for the wait time of the request or of the
/// queue, in simulated seconds. Never longer than that in real seconds.
pub(super) async fn wait(sim: &Simulator, operation: &str, body: &Value) {
    if operation != "ReceiveMessage" {
        return;
    }
    let name = name_of(body);
    let own =
        |world: &mut World| Some(world.queue(name).ok()?.number("ReceiveMessageWaitTimeSeconds"));
    let asked = body["WaitTimeSeconds"].as_u64().and_then(|it| u32::try_from(it).ok());
    let Some(wait) = asked.or_else(|| sim.with(own)).filter(|wait| (1..=20).contains(wait)) else {
        return;
    };
    let wait = Duration::from_secs(wait.into());
    let (until, began) = (sim.now() + wait, Instant::now());
    while began.elapsed() < wait
        && sim.with(|world| {
            world.now() < until && world.queue(name).is_ok() && !world.has_message(name)
        })
    {
        tokio::time::sleep(LOOK_INTERVAL).await;
    }
}

fn create(world: &mut World, create: CreateQueue) -> Result<Value, Refusal> {
    let CreateQueue { queue_name: name, attributes, tags } = create;
    if name.ends_with(".fifo") || attributes.contains_key("FifoQueue") {
        return Err(Refusal::new("UnsupportedOperation", "The model has no FIFO queues."));
    }
    let is_allowed = |it: char| it.is_ascii_alphanumeric() || "-_".contains(it);
    if !(1..=80).contains(&name.len()) || !name.chars().all(is_allowed) {
        return Err(invalid(
            "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
        ));
    }
    check(&attributes)?;
    match world.queue(&name) {
        Err(_) => world.add_queue(&name, attributes, tags),
        Ok(queue) => {
            let is_same = |name: &str, value: &String| match queue.attributes.get(name) {
                Some(old) => old == value,
                None => value.parse() == Ok(queue.number(name)),
            };
            if let Some((other, _)) = attributes.iter().find(|(name, value)| !is_same(name, value))
            {
                let message = format!(
                    "A queue already exists with the same name and a different value for attribute {other}"
                );
                return Err(Refusal::new("QueueNameExists", message));
            }
        }
    }
    Ok(json!({ "QueueUrl": url(world, &name) }))
}

fn list(world: &World, list: List) -> Result<Value, Refusal> {
    let paging = Paging { max_results: list.max_results, next_token: list.next_token };
    let names = world.queue_names().filter(|name| name.starts_with(&list.queue_name_prefix));
    let page = paging.cut(names, MOST_LISTED)?;
    let urls = page.items.iter().map(|name| url(world, name)).collect::<Vec<_>>();
    // Without MaxResults, the first 1,000 are all that SQS returns.
    let next = page.next_token.filter(|_| paging.max_results.is_some());
    let urls = (!urls.is_empty()).then_some(urls);
    Ok(compact(json!({ "QueueUrls": urls, "NextToken": next })))
}

/// Refuses attributes that SetQueueAttributes does not accept.
fn check(attributes: &BTreeMap<String, String>) -> Result<(), Refusal> {
    const TEXTS: [&str; 4] =
        ["Policy", "RedrivePolicy", "RedriveAllowPolicy", "SqsManagedSseEnabled"];
    for (name, value) in attributes {
        let number = NUMBERS.iter().find(|(known, ..)| known == name);
        let is_valid = match number {
            Some((_, least, most, _)) => {
                value.parse::<u32>().is_ok_and(|value| (*least..=*most).contains(&value))
            }
            None if name == "RedrivePolicy" && !value.is_empty() => is_redrive_policy(value),
            None if TEXTS.contains(&name.as_str()) || name.starts_with("Kms") => true,
            None => {
                let message = format!("Unknown Attribute {name}.");
                return Err(Refusal::new("InvalidAttributeName", message));
            }
        };
        if !is_valid {
            let message = format!("Invalid value for the parameter {name}.");
            return Err(Refusal::new("InvalidAttributeValue", message));
        }
    }
    Ok(())
}

fn is_redrive_policy(text: &str) -> bool {
    let policy: Value = serde_json::from_str(text).unwrap_or_default();
    let most = &policy["maxReceiveCount"];
    let most = most.as_u64().or_else(|| most.as_str()?.parse().ok());
    policy["deadLetterTargetArn"].is_string() && most.is_some_and(|it| (1..=1000).contains(&it))
}

fn attributes(world: &mut World, name: &str, asked: &BTreeSet<String>) -> Result<Value, Refusal> {
    let (now, arn) = (world.now(), world.queue_arn(name));
    let queue = world.queue(name)?;
    let counts = queue.counts(now);
    let mut all: BTreeMap<String, String> = NUMBERS
        .iter()
        .map(|(name, ..)| ((*name).to_owned(), queue.number(name).to_string()))
        .collect();
    all.insert("SqsManagedSseEnabled".into(), "true".into());
    all.extend(queue.attributes.clone());
    all.extend([
        ("QueueArn".into(), arn),
        ("ApproximateNumberOfMessages".into(), counts.visible.to_string()),
        ("ApproximateNumberOfMessagesNotVisible".into(), counts.in_flight.to_string()),
        ("ApproximateNumberOfMessagesDelayed".into(), counts.delayed.to_string()),
        ("CreatedTimestamp".into(), queue.created.as_second().to_string()),
        ("LastModifiedTimestamp".into(), queue.modified.as_second().to_string()),
    ]);
    if !asked.contains("All") {
        all.retain(|name, _| asked.contains(name));
    }
    Ok(if all.is_empty() { json!({}) } else { json!({ "Attributes": all }) })
}

fn send(world: &mut World, name: &str, body: Value) -> Result<Value, Refusal> {
    let (now, arn) = (world.now(), world.queue_arn(name));
    let Send { message_body, delay_seconds, message_attributes } = parsed(body)?;
    let queue = world.queue(name)?;
    let most = queue.number("MaximumMessageSize");
    if message_body.is_empty() {
        let message = "The request must contain the parameter MessageBody.";
        return Err(Refusal::new("MissingParameter", message));
    }
    if message_body.len() > most as usize {
        return Err(invalid(&format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {most} bytes."
        )));
    }
    if let Some(delay) = delay_seconds.filter(|delay| *delay > 900) {
        return Err(invalid(&format!(
            "Value {delay} for parameter DelaySeconds is invalid. Reason: DelaySeconds must be >= 0 and <= 900."
        )));
    }
    let (body_sum, attributes_sum) = (md5(message_body.as_bytes()), checksum(&message_attributes));
    let id = queue.add(&arn, message_body, message_attributes.into(), delay_seconds, now);
    Ok(compact(json!({
        "MessageId": id,
        "MD5OfMessageBody": body_sum,
        "MD5OfMessageAttributes": attributes_sum,
    })))
}

fn receive(world: &mut World, name: &str, receive: Receive) -> Result<Value, Refusal> {
    let most = receive.max_number_of_messages.unwrap_or(1);
    if !(1..=10).contains(&most) {
        return Err(invalid(&format!(
            "Value {most} for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided."
        )));
    }
    let system = [receive.attribute_names, receive.message_system_attribute_names].concat();
    let account = world.settings.account.clone();
    let received = world.receive(name, most, receive.visibility_timeout);
    let shown =
        received.iter().map(|it| shown(it, &account, &system, &receive.message_attribute_names));
    let shown = shown.collect::<Vec<_>>();
    Ok(if shown.is_empty() { json!({}) } else { json!({ "Messages": shown }) })
}

fn shown(received: &Received, account: &str, system: &[String], names: &[String]) -> Value {
    let message = &received.message;
    let has = |name: &str| system.iter().any(|it| it == "All" || it == name);
    let mut known = message.system_attributes(account);
    let is_wanted = |name: &str| {
        names.iter().any(|it| match it.strip_suffix(".*") {
            Some(prefix) => name.starts_with(prefix),
            None => it == "All" || it == name,
        })
    };
    let mut attributes = message.attributes.as_object().cloned().unwrap_or_default();
    attributes.retain(|name, _| is_wanted(name));
    if let Some(known) = known.as_object_mut() {
        known.retain(|name, _| has(name));
    }
    let present =
        |value: Value| value.as_object().is_some_and(|it| !it.is_empty()).then_some(value);
    compact(json!({
        "MessageId": message.id,
        "ReceiptHandle": received.receipt,
        "MD5OfBody": md5(message.body.as_bytes()),
        "Body": message.body,
        "MD5OfMessageAttributes": checksum(&attributes),
        "Attributes": present(known),
        "MessageAttributes": present(attributes.into()),
    }))
}

fn delete(world: &mut World, name: &str, body: Value) -> Result<(), Refusal> {
    let Receipt { receipt_handle, .. } = parsed(body)?;
    world.queue(name)?.delete(&receipt_handle).ok_or_else(|| unknown_receipt(&receipt_handle))
}

fn hide(world: &mut World, name: &str, body: Value) -> Result<(), Refusal> {
    let now = world.now();
    let Receipt { receipt_handle, visibility_timeout } = parsed(body)?;
    let hidden_for = visibility_timeout.unwrap_or_default();
    if hidden_for > 43_200 {
        return Err(invalid(&format!(
            "Value {hidden_for} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an \
             integer between 0 and 43200."
        )));
    }
    let message = world.queue(name)?.find(&receipt_handle);
    match message.ok_or_else(|| unknown_receipt(&receipt_handle))?.hide(hidden_for, now) {
        true => Ok(()),
        false => Err(Refusal::new("MessageNotInflight", "The specified message isn't in flight.")),
    }
}

/// The checksum of attributes: names, types and values, each behind its length (SQS Developer Guide, "Calculating the
/// MD5 message digest for message attributes"). None without attributes. Assumption: none with an attribute that is
/// binary, which SQS does calculate.
fn checksum(attributes: &Map<String, Value>) -> Option<String> {
    let mut bytes = Vec::new();
    let mut add = |text: &str, kind: Option<u8>| {
        bytes.extend(kind);
        bytes.extend(u32::try_from(text.len()).unwrap_or_default().to_be_bytes());
        bytes.extend(text.as_bytes());
    };
    for (name, attribute) in attributes.iter().collect::<BTreeMap<_, _>>() {
        add(name, None);
        add(attribute["DataType"].as_str()?, None);
        add(attribute["StringValue"].as_str()?, Some(1));
    }
    (!bytes.is_empty()).then(|| md5(&bytes))
}

fn url(world: &World, name: &str) -> String {
    format!("{}/{}/{name}", world.url(), world.settings.account)
}

/// The name of the queue of a request.
fn name_of(body: &Value) -> &str {
    let url = body["QueueUrl"].as_str().or_else(|| body["QueueName"].as_str());
    url.and_then(|url| url.rsplit('/').next()).unwrap_or_default()
}

fn texts(value: &Value) -> BTreeSet<String> {
    let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

fn invalid(message: &str) -> Refusal {
    Refusal::new("InvalidParameterValue", message)
}

fn unknown_receipt(receipt: &str) -> Refusal {
    let message = format!("The input receipt handle \"{receipt}\" is not a valid receipt handle.");
    Refusal::new("ReceiptHandleIsInvalid", message)
}
