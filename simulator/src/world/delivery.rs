//! Deliveries: sent, and taken when they are due.

use serde_json::Value;

use crate::{Delivery, World, arn::uuid};

impl World {
    /// Sends a message. It arrives at its time, or now if that time has passed.
    pub fn send(&mut self, delivery: Delivery) {
        let at = delivery.at.max(self.now());
        let delivery = Delivery { at, ..delivery };
        let place = self.deliveries.partition_point(|it| it.at <= at);
        self.deliveries.insert(place, delivery);
    }

    /// The messages on their way, in the order of their arrival.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.iter()
    }

    /// Removes and returns the asynchronous invocations that have arrived, oldest first. Whoever runs the code of the
    /// functions takes them: the model runs none.
    pub fn take_invocations(&mut self) -> Vec<Delivery> {
        let all = std::mem::take(&mut self.invocations);
        let (waiting, taken) = all.into_iter().partition(|it| self.is_for_stopped_function(it));
        self.invocations = waiting;
        taken
    }

    /// Lambda keeps an event that is throttled, and tries again (Lambda Developer Guide, "Asynchronous invocation").
    fn is_for_stopped_function(&self, delivery: &Delivery) -> bool {
        let wanted = crate::FunctionReference::read(&delivery.to, None);
        self.function(&wanted.name).is_some_and(crate::LambdaFunction::is_stopped)
    }

    /// A stand-in for the random ID of a message or an event.
    pub(crate) fn fresh_id(&mut self) -> String {
        self.ids += 1;
        uuid(&["delivery", &self.ids.to_string()])
    }

    /// Delivers what is due.
    pub(crate) fn deliver(&mut self) {
        let now = self.now();
        while self.deliveries.front().is_some_and(|it| it.at <= now) {
            let Some(delivery) = self.deliveries.pop_front() else { return };
            match delivery.to.split(':').nth(2) {
                Some("lambda") => self.invocations.push(delivery),
                Some("sqs") => self.arrive_at_queue(&delivery.to, delivery.body, Value::Null),
                Some("sns") => self.arrive_at_topic(&delivery.to, delivery.body),
                Some("events") => self.arrive_at_bus(delivery.body),
                _ => {}
            }
        }
    }
}
