//! Deliveries: sent, and taken when they are due.

use crate::{Delivery, World};

impl World {
    /// Sends a message. It arrives at its time, or now if that time has passed.
    pub fn send(&mut self, delivery: Delivery) {
        let at = delivery.at.max(self.now());
        let delivery = Delivery { at, ..delivery };
        let place = self.deliveries.partition_point(|it| it.at <= at);
        self.deliveries.insert(place, delivery);
    }

    /// The messages that are on their way, in the order of their arrival.
    pub fn deliveries(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.iter()
    }

    /// Removes and returns the asynchronous invocations that have arrived, oldest first. Whoever runs the code of the
    /// functions takes them: the model runs none.
    pub fn take_invocations(&mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.invocations)
    }

    /// Delivers what is due.
    pub(crate) fn deliver(&mut self) {
        let now = self.now();
        while self.deliveries.front().is_some_and(|it| it.at <= now) {
            let Some(delivery) = self.deliveries.pop_front() else { return };
            if delivery.to.split(':').nth(2) == Some("lambda") {
                self.invocations.push(delivery);
            }
        }
    }
}
