//! SQS queues: put, described, and their messages received.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    QueueBatch, Refusal, Tags,
    message_queue::{MessageQueue, Received},
};

use super::World;

impl World {
    /// Puts an empty queue without an API call, if there is none of that name. Returns its ARN.
    pub fn put_queue(&mut self, name: &str) -> String {
        if !self.queues.contains_key(name) {
            self.add_queue(name, BTreeMap::new(), Tags::new());
        }
        self.queue_arn(name)
    }

    /// The ARN of a queue. The queue does not need to exist.
    pub fn queue_arn(&self, name: &str) -> String {
        self.arn("sqs", name)
    }

    /// Receives up to `batch` messages of a queue for a function that reads it, as an event source mapping of Lambda
    /// does. `None` if there are none. They are not visible to others for the queue's visibility timeout.
    pub fn receive_for_function(&mut self, queue: &str, batch: usize) -> Option<QueueBatch> {
        let received = self.receive(name_of(queue), batch, None);
        if received.is_empty() {
            return None;
        }
        let (region, account) = (&self.settings.region, &self.settings.account);
        let records = received.iter().map(|it| it.record(queue, region, account));
        Some(QueueBatch {
            queue: queue.to_owned(),
            event: json!({ "Records": records.collect::<Vec<_>>() }),
            receipts: received.into_iter().map(|it| (it.message.id, it.receipt)).collect(),
        })
    }

    /// Deletes the messages of a batch, after the function has succeeded. Those whose `messageId` is in `failed`
    /// (`batchItemFailures`) remain, and are visible again after the visibility timeout. After an error of the
    /// function, nothing is to be called: all messages remain.
    pub fn delete_batch(&mut self, batch: &QueueBatch, failed: &[String]) {
        let Some(queue) = self.queues.get_mut(name_of(&batch.queue)) else { return };
        for (_, receipt) in batch.receipts.iter().filter(|(id, _)| !failed.contains(id)) {
            queue.delete(receipt);
        }
    }

    /// Whether ReceiveMessage would return a message now.
    pub(crate) fn has_message(&mut self, name: &str) -> bool {
        let now = self.now();
        self.queues.get_mut(name).is_some_and(|queue| queue.has_visible(now))
    }

    pub(crate) fn queue_names(&self) -> impl Iterator<Item = &String> {
        self.queues.keys()
    }

    pub(crate) fn queue(&mut self, name: &str) -> Result<&mut MessageQueue, Refusal> {
        let missing = || Refusal::new("QueueDoesNotExist", "The specified queue does not exist.");
        self.queues.get_mut(name).ok_or_else(missing)
    }

    pub(crate) fn add_queue(
        &mut self,
        name: &str,
        attributes: BTreeMap<String, String>,
        tags: Tags,
    ) {
        let queue = MessageQueue::new(attributes, tags, self.now());
        self.queues.insert(name.to_owned(), queue);
    }

    pub(crate) fn remove_queue(&mut self, name: &str) {
        self.queues.remove(name);
    }

    /// The queues whose dead-letter queue is this one.
    pub(crate) fn sources_of(&self, arn: &str) -> impl Iterator<Item = &String> {
        let is_source =
            move |queue: &MessageQueue| queue.redrive().is_some_and(|(to, _)| to == arn);
        self.queues.iter().filter(move |(_, queue)| is_source(queue)).map(|(name, _)| name)
    }

    /// Receives messages, and first moves those that were received too often to the dead-letter queue.
    pub(crate) fn receive(
        &mut self,
        name: &str,
        most: usize,
        hidden_for: Option<u32>,
    ) -> Vec<Received> {
        let now = self.now();
        self.redrive(name, now);
        let queue = self.queues.get_mut(name);
        queue.map(|queue| queue.receive(most, hidden_for, now)).unwrap_or_default()
    }

    fn redrive(&mut self, name: &str, now: Timestamp) {
        let arn = self.queue_arn(name);
        let Some(queue) = self.queues.get_mut(name) else { return };
        let Some((to, most)) = queue.redrive() else { return };
        let dead = queue.take_dead(&arn, most, now);
        // Without the dead-letter queue, they are lost. Assumption: SQS keeps them.
        if let Some(dead_letters) = self.queues.get_mut(name_of(&to)) {
            dead.into_iter().for_each(|message| dead_letters.put(message));
        }
    }

    /// A delivery arrives at a queue. Without the queue, it is lost.
    pub(crate) fn arrive_at_queue(&mut self, queue: &str, body: Value, attributes: Value) {
        let now = self.now();
        let body = match body {
            Value::String(text) => text,
            body => body.to_string(),
        };
        if let Some(found) = self.queues.get_mut(name_of(queue)) {
            found.add(queue, body, attributes, None, now);
        }
    }
}

/// The name of the queue with this ARN.
fn name_of(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}
