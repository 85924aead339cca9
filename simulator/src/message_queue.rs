//! SQS queues and their messages. What depends on time is computed when somebody asks: a queue causes no event of the
//! world.

use std::{collections::BTreeMap, fmt::Write as _, time::Duration};

use jiff::Timestamp;
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Tags, arn::uuid};

/// The attributes that are numbers: the least and the most, and the value of a queue without it (SQS API Reference,
/// SetQueueAttributes).
pub(crate) const NUMBERS: [(&str, u32, u32, u32); 5] = [
    ("DelaySeconds", 0, 900, 0),
    ("MaximumMessageSize", 1024, 1_048_576, 1_048_576),
    ("MessageRetentionPeriod", 60, 1_209_600, 345_600),
    ("ReceiveMessageWaitTimeSeconds", 0, 20, 0),
    ("VisibilityTimeout", 0, 43_200, 30),
];

/// A queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MessageQueue {
    /// The attributes that were set.
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) tags: Tags,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
    /// By number, oldest first.
    messages: BTreeMap<u64, Message>,
    sent: u64,
}

/// A message in a queue.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    /// `MessageId`.
    pub(crate) id: String,
    /// `Body`.
    pub(crate) body: String,
    /// `MessageAttributes`, as in the API.
    pub(crate) attributes: Value,
    /// The ARN of the queue that it was moved from.
    source: Option<String>,
    sent: Timestamp,
    visible: Timestamp,
    received: u32,
    first_received: Option<Timestamp>,
}

/// A received message.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) message: Message,
    /// `ReceiptHandle`.
    pub(crate) receipt: String,
}

/// How many messages a queue has.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    pub(crate) visible: usize,
    pub(crate) in_flight: usize,
    pub(crate) delayed: usize,
}

/// Messages of a queue for a function that reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueBatch {
    /// The queue's ARN.
    pub queue: String,
    /// The function's event: `Records` with one record for each message.
    pub event: Value,
    /// The messages: `messageId` and the receipt handle of each.
    pub receipts: Vec<(String, String)>,
}

impl MessageQueue {
    pub(crate) fn new(attributes: BTreeMap<String, String>, tags: Tags, now: Timestamp) -> Self {
        Self { attributes, tags, created: now, modified: now, messages: BTreeMap::new(), sent: 0 }
    }

    /// The value of an attribute that is a number.
    pub(crate) fn number(&self, attribute: &str) -> u32 {
        let set = self.attributes.get(attribute).and_then(|value| value.parse().ok());
        let standard = || NUMBERS.iter().find(|(name, ..)| *name == attribute);
        set.or_else(|| standard().map(|(.., value)| *value)).unwrap_or_default()
    }

    /// The ARN of the dead-letter queue, and the `maxReceiveCount`.
    pub(crate) fn redrive(&self) -> Option<(String, u64)> {
        let policy: Value = serde_json::from_str(self.attributes.get("RedrivePolicy")?).ok()?;
        let most = &policy["maxReceiveCount"];
        let most = most.as_u64().or_else(|| most.as_str()?.parse().ok())?;
        Some((policy["deadLetterTargetArn"].as_str()?.to_owned(), most))
    }

    /// Adds a message. Returns its `MessageId`.
    pub(crate) fn add(
        &mut self,
        queue: &str,
        body: String,
        attributes: Value,
        delay: Option<u32>,
        now: Timestamp,
    ) -> String {
        let delay = delay.unwrap_or_else(|| self.number("DelaySeconds"));
        let id = uuid(&["message", queue, &self.sent.to_string(), &self.created.to_string()]);
        self.put(Message {
            id: id.clone(),
            body,
            attributes,
            source: None,
            sent: now,
            visible: now + seconds(delay),
            received: 0,
            first_received: None,
        });
        id
    }

    /// Adds a message that was moved from another queue. Its age remains (SQS Developer Guide, "Using dead-letter
    /// queues").
    pub(crate) fn put(&mut self, message: Message) {
        self.messages.insert(self.sent, message);
        self.sent += 1;
    }

    /// Removes and returns the visible messages that were received too often.
    pub(crate) fn take_dead(&mut self, queue: &str, most: u64, now: Timestamp) -> Vec<Message> {
        let is_dead = |it: &Message| it.visible <= now && u64::from(it.received) >= most;
        let dead = self.messages.extract_if(.., |_, it| is_dead(it));
        let source = || Some(queue.to_owned());
        dead.map(|(_, it)| Message { visible: now, received: 0, source: source(), ..it }).collect()
    }

    /// Receives up to `most` messages, oldest first. They are not visible for this number of seconds.
    pub(crate) fn receive(
        &mut self,
        most: usize,
        hidden_for: Option<u32>,
        now: Timestamp,
    ) -> Vec<Received> {
        self.expire(now);
        let until = now + seconds(hidden_for.unwrap_or_else(|| self.number("VisibilityTimeout")));
        let visible = self.messages.iter_mut().filter(|(_, it)| it.visible <= now).take(most);
        let received = visible.map(|(number, message)| {
            message.received += 1;
            message.first_received.get_or_insert(now);
            message.visible = until;
            let receipt = format!("{number:016x}-{:04x}-{}", message.received, message.id);
            Received { message: message.clone(), receipt }
        });
        received.collect()
    }

    /// Whether [`receive`](Self::receive) would return a message.
    pub(crate) fn has_visible(&mut self, now: Timestamp) -> bool {
        self.expire(now);
        self.messages.values().any(|it| it.visible <= now)
    }

    /// Deletes a message. `None` if this is no receipt handle. A message that is not there any more is no error.
    pub(crate) fn delete(&mut self, receipt: &str) -> Option<()> {
        let number = self.number_of(receipt)?;
        self.messages.remove(&number);
        Some(())
    }

    /// The message with this receipt handle.
    pub(crate) fn find(&mut self, receipt: &str) -> Option<&mut Message> {
        let number = self.number_of(receipt)?;
        self.messages.get_mut(&number)
    }

    fn number_of(&self, receipt: &str) -> Option<u64> {
        let number = u64::from_str_radix(receipt.split('-').next()?, 16).ok()?;
        let is_known = |it: &Message| receipt.ends_with(&it.id);
        (self.messages.get(&number).is_none_or(is_known) && number < self.sent).then_some(number)
    }

    /// Deletes all messages.
    pub(crate) fn purge(&mut self) {
        self.messages.clear();
    }

    pub(crate) fn counts(&mut self, now: Timestamp) -> Counts {
        self.expire(now);
        let mut counts = Counts::default();
        for message in self.messages.values() {
            *match message.received {
                _ if message.visible <= now => &mut counts.visible,
                0 => &mut counts.delayed,
                _ => &mut counts.in_flight,
            } += 1;
        }
        counts
    }

    /// Deletes the messages that are older than the retention period.
    fn expire(&mut self, now: Timestamp) {
        let kept = seconds(self.number("MessageRetentionPeriod"));
        // Those that were moved here can be older than those before them.
        while self.messages.first_key_value().is_some_and(|(_, it)| it.sent + kept <= now) {
            self.messages.pop_first();
        }
    }
}

impl Message {
    /// Changes when it becomes visible. False if it is not in flight.
    pub(crate) fn hide(&mut self, hidden_for: u32, now: Timestamp) -> bool {
        let in_flight = self.received > 0 && self.visible > now;
        if in_flight {
            self.visible = now + seconds(hidden_for);
        }
        in_flight
    }

    /// `Attributes` of a received message.
    pub(crate) fn system_attributes(&self, account: &str) -> Value {
        let millis = |at: Timestamp| at.as_millisecond().to_string();
        let mut attributes = json!({
            "ApproximateReceiveCount": self.received.to_string(),
            "SentTimestamp": millis(self.sent),
            "SenderId": account,
            "ApproximateFirstReceiveTimestamp": self.first_received.map(millis),
        });
        if let Some(source) = &self.source {
            attributes["DeadLetterQueueSourceArn"] = json!(source);
        }
        attributes
    }
}

impl Received {
    /// The record in the event of a function.
    pub(crate) fn record(&self, queue: &str, region: &str, account: &str) -> Value {
        let message = &self.message;
        let attributes = message.attributes.as_object().into_iter().flatten();
        let attributes = attributes.map(|(name, it)| {
            let mut attribute = json!({
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": it["DataType"],
            });
            for (shown, member) in [("stringValue", "StringValue"), ("binaryValue", "BinaryValue")]
            {
                if let Some(value) = it.get(member) {
                    attribute[shown] = value.clone();
                }
            }
            (name.clone(), attribute)
        });
        json!({
            "messageId": message.id,
            "receiptHandle": self.receipt,
            "body": message.body,
            "attributes": message.system_attributes(account),
            "messageAttributes": attributes.collect::<serde_json::Map<_, _>>(),
            "md5OfBody": md5(message.body.as_bytes()),
            "eventSource": "aws:sqs",
            "eventSourceARN": queue,
            "awsRegion": region,
        })
    }
}

/// The MD5 checksum in hexadecimal.
pub(crate) fn md5(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn seconds(count: u32) -> Duration {
    Duration::from_secs(count.into())
}
