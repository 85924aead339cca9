//! Hooks: code that runs once, right before or right after an API call.

use crate::operation::{Operation, Scope};

/// A call as a hook sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSeen {
    /// The operation.
    pub operation: Operation,
    /// An endpoint's name, a resource id, or `*`.
    pub resource: String,
    /// A summary of the arguments, for example `AllTraffic=0`.
    pub arguments: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

/// Selects calls.
pub(crate) type Filter = Box<dyn Fn(&CallSeen) -> bool + Send>;
/// What a hook does to the world `W`.
pub(crate) type Effect<W> = Box<dyn FnOnce(&mut W, &CallSeen) + Send>;

pub(crate) struct Hook<W> {
    pub(crate) moment: Moment,
    pub(crate) scope: Scope,
    pub(crate) filter: Filter,
    /// The number of matching calls until the hook runs; 1 is the next call.
    pub(crate) countdown: u32,
    pub(crate) effect: Effect<W>,
}

/// The hooks that have not run yet.
pub(crate) struct Hooks<W>(Vec<Hook<W>>);

impl<W> Default for Hooks<W> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<W> Hooks<W> {
    pub(crate) fn add(&mut self, hook: Hook<W>) {
        self.0.push(hook);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Counts the call, and removes the hooks that are due now.
    pub(crate) fn take_due(&mut self, moment: Moment, seen: &CallSeen) -> Vec<Effect<W>> {
        let mut due = Vec::new();
        let mut rest = Vec::new();
        for mut hook in std::mem::take(&mut self.0) {
            if hook.moment == moment && hook.scope.covers(seen.operation) && (hook.filter)(seen) {
                hook.countdown -= 1;
            }
            if hook.countdown == 0 { due.push(hook.effect) } else { rest.push(hook) }
        }
        self.0 = rest;
        due
    }
}
