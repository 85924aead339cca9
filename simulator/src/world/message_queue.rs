//! SQS queues: put, their messages sent and received.

use serde_json::{Value, json};

use crate::{
    QueueBatch,
    message_queue::{MessageQueue, Received},
};

use super::World;

impl World {
    /// Puts an empty queue without an API call, if there is none of that name. Returns its ARN.
    pub fn put_queue(&mut self, name: &str) -> String {
        let now = self.now();
        let queue = || MessageQueue::new(Default::default(), Default::default(), now);
        self.queues.entry(name.to_owned()).or_insert_with(queue);
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
    /// (`batchItemFailures`) remain, and are visible again after the visibility timeout. After an error of the function,
    /// nothing is to be called: all messages remain.
    pub fn delete_batch(&mut self, batch: &QueueBatch, failed: &[String]) {
        let Some(queue) = self.queues.get_mut(name_of(&batch.queue)) else { return };
        for (_, receipt) in batch.receipts.iter().filter(|(id, _)| !failed.contains(id)) {
            queue.delete(receipt);
        }
    }

    /// Receives messages, and first moves those that were received too often to the dead-letter queue.
    pub(crate) fn receive(
        &mut self,
        name: &str,
        most: usize,
        hidden_for: Option<u32>,
    ) -> Vec<Received> {
        let now = self.now();
        let arn = self.queue_arn(name);
        let Some(queue) = self.queues.get_mut(name) else { return Vec::new() };
        let redrive = queue.redrive();
        let dead = redrive.map(|(to, most)| (to, queue.take_dead(&arn, most, now)));
        let received = queue.receive(most, hidden_for, now);
        if let Some((to, dead)) = dead
            && let Some(dead_letters) = self.queues.get_mut(name_of(&to))
        {
            dead.into_iter().for_each(|message| dead_letters.put(message));
        }
        received
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
