//! All endpoints of a world, behind one door.
//!
//! Whoever changes an endpoint passes [`Endpoints::get_mut`], which brings its bill up to date and
//! remembers that it is to be looked at again. So an event costs what it concerns, however many
//! endpoints there are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::Timestamp;

use crate::EndpointState;

/// Endpoints by name, and when each is to be looked at next.
#[derive(Default)]
pub(crate) struct Endpoints {
    all: BTreeMap<String, EndpointState>,
    /// When something happens next at each of the placed ones.
    agenda: BTreeSet<(Timestamp, String)>,
    /// Changed since they were placed in the agenda.
    unplaced: BTreeSet<String>,
    /// Changed since the last step.
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

    /// An endpoint to change, at this time.
    pub(crate) fn get_mut(&mut self, name: &str, now: Timestamp) -> Option<&mut EndpointState> {
        let found = self.all.get_mut(name)?;
        found.bill_until(now);
        for set in [&mut self.unplaced, &mut self.changed] {
            if !set.contains(name) {
                set.insert(name.to_owned());
            }
        }
        Some(found)
    }

    /// Adds an endpoint; one of that name must have been removed.
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

    /// When something happens next at any of them; `next` tells it of one.
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

    /// Names of those at which something may happen by this time, and of those that were changed
    /// since the last step, in order.
    pub(crate) fn due(&self, now: Timestamp) -> BTreeSet<String> {
        let due = self.agenda.iter().take_while(|(at, _)| *at <= now).map(|(_, name)| name);
        due.chain(&self.changed).cloned().collect()
    }

    /// Those that were changed since the last step, by name.
    pub(crate) fn changed(&self) -> impl Iterator<Item = (&String, &EndpointState)> {
        self.changed.iter().filter_map(|name| self.all.get_key_value(name))
    }

    /// A step is over.
    pub(crate) fn end_step(&mut self) {
        self.changed.clear();
    }
}

impl fmt::Debug for Endpoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(f)
    }
}
