//! Events that the endpoints cause: those of SageMaker, and the backstop alarm.

use jiff::SignedDuration;
use simulator::{Entry, Event, MetricName};

use super::state::{Delivery, Item, Runner};
use crate::{
    event_log::Signal,
    payload,
    plan::{Family, SECOND},
    random::Random,
};

impl Runner<'_> {
    /// Sends SageMaker's events for changes of status, some seconds later.
    pub(super) fn tell_status(&mut self) {
        let from = self.status_journal_length;
        let changed: Vec<String> = self.sim.with(|world| {
            let entries = world.journal.entries();
            self.status_journal_length = entries.len();
            let of = |entry: &Entry| match entry {
                Entry::Event(
                    _,
                    Event::InService(id, _) | Event::AtZero(id) | Event::CapacityFailed(id),
                ) => Some(id.endpoint.clone()),
                Entry::Event(_, Event::Status(name, _)) => Some(name.clone()),
                _ => None,
            };
            entries[from..].iter().filter_map(of).collect()
        });
        for (nth, name) in changed.into_iter().enumerate() {
            let Some(endpoint) = self.plan.endpoints.iter().position(|known| known.name == name)
            else {
                continue;
            };
            let random_id = 2_000_000 + self.now + nth as u64;
            let after = Random::of(self.plan.seed, random_id).within(500, 20 * SECOND);
            let delivery = Delivery {
                signal: Signal::Status(endpoint),
                payload: payload::status(&name),
                cause: "change of status".to_owned(),
                batch: Vec::new(),
                random_id,
                attempt: 0,
            };
            self.schedule(self.now + after, Item::Deliver(delivery));
        }
    }

    /// Evaluates the backstop alarm: two consecutive datapoints with a backlog and without
    /// capacity.
    pub(super) fn watch_backlog(&mut self) {
        let watched = match self.plan.family {
            Family::Small | Family::Results => {
                self.plan.backstop || self.now >= self.plan.calm_from
            }
            Family::Fleet => false,
        };
        if !watched {
            return;
        }
        let endpoints = 0..self.plan.endpoints.len();
        for endpoint in endpoints.filter(|endpoint| self.plan.is_first_variant(*endpoint)) {
            let name = self.plan.endpoints[endpoint].name.clone();
            let newest = self.sim.with(|world| {
                let from = world.now() - SignedDuration::from_mins(6);
                world.visible(MetricName::HasBacklogWithoutCapacity, &name, from, world.now())
            });
            let alarm = newest.len() >= 2 && newest.iter().rev().take(2).all(|p| p.value >= 1.0);
            if alarm && !std::mem::replace(&mut self.alarmed[endpoint], alarm) {
                let delivery = Delivery {
                    signal: Signal::Alarm(endpoint),
                    payload: payload::alarm(&name),
                    cause: "backstop alarm".to_owned(),
                    batch: Vec::new(),
                    random_id: 4_000_000_000 + self.now + endpoint as u64,
                    attempt: 0,
                };
                self.schedule(self.now + 900, Item::Deliver(delivery));
            }
            self.alarmed[endpoint] = alarm;
        }
    }
}
