//! The messages of a queue that carried a signal.

use std::sync::Arc;

/// Ids of messages, in lists that every decision on the same signals shares: an event for 500 endpoints in
/// 10,000 messages has 10,000 ids, and not five million.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Messages(Vec<Arc<[Arc<str>]>>);

impl Messages {
    /// One more list.
    pub(super) fn add(&mut self, ids: &Arc<[Arc<str>]>) {
        if !ids.is_empty() {
            self.0.push(Arc::clone(ids));
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The lists. An id can be in several of them.
    pub fn lists(&self) -> impl Iterator<Item = &Arc<[Arc<str>]>> {
        self.0.iter()
    }
}
