//! The SQS queue in front of the function: batches, and messages that are delivered again.

use serde_json::Value;

use super::state::{Delivery, Item, Runner};
use crate::{
    event_log::Signal,
    payload,
    plan::{At, SECOND},
};

/// The visibility timeout of the template's queue.
const VISIBILITY: At = 630 * SECOND;

/// How often a message of the template's queue is received. Then it goes to the dead-letter queue.
const RECEIVED: u32 = 10;

/// `messageId` of a message.
pub(super) fn message_id(message: &Delivery) -> Value {
    Value::from(format!("message-{}", message.random_id))
}

impl Runner<'_> {
    /// Delivers an event or a result after this time, through the queue if there is one.
    pub(super) fn send(&mut self, after: At, delivery: Delivery) {
        let item = match self.plan.queue {
            Some(_) => Item::Queued(delivery),
            None => Item::Deliver(delivery),
        };
        self.schedule(self.now + after, item);
    }

    /// A message arrives. The first one starts the batching window.
    pub(super) fn queued(&mut self, message: Delivery) {
        let (Some(queue), Some(endpoint)) = (self.plan.queue, message.signal.endpoint()) else {
            return;
        };
        let waiting = &mut self.queues[endpoint];
        waiting.push_back(message);
        match waiting.len() {
            1 => self.schedule(self.now + queue.window, Item::Batch(endpoint)),
            all if all >= queue.most => self.batch(endpoint),
            _ => {}
        }
    }

    /// Delivers what is in the queue of an endpoint.
    pub(super) fn batch(&mut self, endpoint: usize) {
        let Some(queue) = self.plan.queue else { return };
        let waiting = &mut self.queues[endpoint];
        let batch: Vec<Delivery> = waiting.drain(..queue.most.min(waiting.len())).collect();
        let Some(first) = batch.first() else { return };
        if batch.len() > 1 {
            self.count("SQS batch of several messages");
        }
        let has_input = batch.iter().any(|message| matches!(message.signal, Signal::Input(_)));
        let signal = if has_input { Signal::Input(endpoint) } else { Signal::Result(endpoint) };
        let causes: Vec<&str> = batch.iter().map(|message| message.cause.as_str()).collect();
        let mut records = Vec::new();
        for message in &batch {
            let body = payload::body(&message.payload, queue.is_raw);
            records.push((message_id(message), body));
        }
        let delivery = Delivery {
            signal,
            payload: payload::in_sqs(&records),
            cause: causes.join(", "),
            random_id: first.random_id,
            attempt: first.attempt,
            batch,
        };
        if records_of_sns(&delivery) {
            self.count(match queue.is_raw {
                true => "SNS message in SQS, raw",
                false => "SNS message in SQS",
            });
        }
        self.deliver(delivery);
    }

    /// The messages that were not handled become visible again.
    pub(super) fn put_back(&mut self, messages: Vec<Delivery>) {
        for message in messages.into_iter().filter(|message| message.attempt + 1 < RECEIVED) {
            self.count("SQS message delivered again");
            let again = Delivery { attempt: message.attempt + 1, ..message };
            self.schedule(self.now + VISIBILITY, Item::Queued(again));
        }
    }
}

fn records_of_sns(delivery: &Delivery) -> bool {
    delivery.batch.iter().any(|message| payload::is_from_sns(&message.payload))
}
