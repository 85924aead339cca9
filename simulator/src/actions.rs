//! All scheduled actions of a world, and which of them runs next.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use serde::{Deserialize, Serialize};

use crate::ActionState;

/// A variant, and the action's name.
type Key = (VariantId, String);

/// Scheduled actions by variant and name, and by the time at which they run.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Actions {
    all: BTreeMap<Key, ActionState>,
    /// Those that have not run yet.
    agenda: BTreeSet<(Timestamp, Key)>,
}

impl Actions {
    pub(crate) fn get(&self, id: &VariantId, name: &str) -> Option<&ActionState> {
        self.all.get(&(id.clone(), name.to_owned()))
    }

    /// Those of one variant, or all.
    pub(crate) fn of<'a>(
        &'a self,
        id: Option<&'a VariantId>,
    ) -> Box<dyn Iterator<Item = &'a ActionState> + 'a> {
        match id {
            None => Box::new(self.all.values()),
            Some(id) => {
                let from = self.all.range((id.clone(), String::new())..);
                Box::new(
                    from.take_while(move |((owner, _), _)| owner == id).map(|(_, state)| state),
                )
            }
        }
    }

    /// Adds an action, or replaces the one of its name.
    pub(crate) fn put(&mut self, state: ActionState) {
        let key = (state.action.id.clone(), state.action.name.clone());
        self.remove(&key);
        if let Some(at) = state.yet_to_run() {
            self.agenda.insert((at, key.clone()));
        }
        self.all.insert(key, state);
    }

    pub(crate) fn remove(&mut self, key: &Key) -> Option<ActionState> {
        let gone = self.all.remove(key)?;
        if let Some(at) = gone.yet_to_run() {
            self.agenda.remove(&(at, key.clone()));
        }
        Some(gone)
    }

    /// Forgets the actions of those variants.
    pub(crate) fn remove_of(&mut self, gone: impl Fn(&VariantId) -> bool) {
        self.all.retain(|(id, _), _| !gone(id));
        self.agenda.retain(|(_, (id, _))| !gone(id));
    }

    /// When the next one runs, by its schedule.
    pub(crate) fn next_run(&self) -> Option<Timestamp> {
        self.agenda.first().map(|(at, _)| *at)
    }

    /// Takes the next one that runs by this time.
    pub(crate) fn take_due(&mut self, until: Timestamp) -> Option<ActionState> {
        if self.next_run()? > until {
            return None;
        }
        let (_, key) = self.agenda.pop_first()?;
        self.all.remove(&key)
    }
}

impl fmt::Debug for Actions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.all.fmt(f)
    }
}
