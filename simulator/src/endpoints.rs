//! All endpoints of a world.
//!
//! Every change of an endpoint goes through [`Endpoints::get_mut`], which updates its cost and
//! marks it as changed. The cost of an event therefore does not depend on the number of endpoints.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::EndpointState;

/// Endpoints by name, and the time of the next event of each.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Endpoints {
    all: BTreeMap<String, EndpointState>,
    /// The next event of each endpoint that is not in `unplaced`.
    agenda: BTreeSet<(Timestamp, String)>,
    /// Endpoints that were changed since their entry in `agenda`.
    unplaced: BTreeSet<String>,
    /// Endpoints that were changed since the last step.
    changed: BTreeSet<String>,
}

impl Endpoints {
    pub(crate) fn get(&self, name: &str) -> Option<&EndpointState> {
        self.all.get(name)
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.all.contains_key(name)
    }

    /// By name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &EndpointState)> {
        self.all.iter()
    }

    /// An endpoint, to change it at this time.
    pub(crate) fn get_mut(&mut self, name: &str, now: Timestamp) -> Option<&mut EndpointState> {
        let found = self.all.get_mut(name)?;
        found.update_cost(now);
        for set in [&mut self.unplaced, &mut self.changed] {
            if !set.contains(name) {
                set.insert(name.to_owned());
            }
        }
        Some(found)
    }

    /// Adds an endpoint. An endpoint of the same name must have been removed before.
    pub(crate) fn add(&mut self, endpoint: EndpointState) -> &mut EndpointState {
        let name = endpoint.name.clone();
        self.unplaced.insert(name.clone());
        self.changed.insert(name.clone());
        self.all.entry(name).or_insert(endpoint)
    }

    pub(crate) fn remove(&mut self, name: &str) -> Option<EndpointState> {
        let mut gone = self.all.remove(name)?;
        self.unplaced.remove(name);
        self.changed.remove(name);
        if let Some(at) = gone.looked_at_next.take() {
            self.agenda.remove(&(at, name.to_owned()));
        }
        Some(gone)
    }

    /// The time of the next event of all endpoints. `next` returns that of one.
    pub(crate) fn next_event(
        &mut self,
        next: impl Fn(&EndpointState) -> Option<Timestamp>,
    ) -> Option<Timestamp> {
        while let Some(name) = self.unplaced.pop_first() {
            let Some(found) = self.all.get_mut(&name) else { continue };
            let (before, after) = (found.looked_at_next, next(found));
            found.looked_at_next = after;
            if let Some(at) = before.filter(|_| before != after) {
                self.agenda.remove(&(at, name.clone()));
            }
            if let Some(at) = after.filter(|_| before != after) {
                self.agenda.insert((at, name));
            }
        }
        self.agenda.first().map(|(at, _)| *at)
    }

    /// Names of the endpoints that have an event by this time, or were changed since the last step,
    /// in order.
    pub(crate) fn due(&self, now: Timestamp) -> BTreeSet<String> {
        let due = self.agenda.iter().take_while(|(at, _)| *at <= now).map(|(_, name)| name);
        due.chain(&self.changed).cloned().collect()
    }

    /// The endpoints that were changed since the last step, by name.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&String, &EndpointState)> {
        self.changed.iter().filter_map(|name| self.all.get_key_value(name))
    }

    /// Ends a step.
    pub(crate) fn end_step(&mut self) {
        self.changed.clear();
    }
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(f)
    }
}
