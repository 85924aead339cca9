//! Limits how often the log repeats what was ignored.

use std::{collections::BTreeSet, mem::discriminant};

use jiff::{SignedDuration, Timestamp};

use crate::ignored::PassedOver;

/// Time in which the same entry is not logged again.
const QUIET: SignedDuration = SignedDuration::from_mins(1);

/// Maximum number of buckets or endpoints that are logged for one reason within [`QUIET`].
const MOST_OF_A_KIND: usize = 10;

/// The entries that this container has logged recently.
#[derive(Debug, Default)]
pub struct Said {
    since: Timestamp,
    said: BTreeSet<PassedOver>,
}

impl Said {
    /// The entries to log now: those that were not logged within the last minute, at most ten a minute for
    /// one reason.
    pub fn news(&mut self, all: BTreeSet<PassedOver>, now: Timestamp) -> Vec<PassedOver> {
        let age = now.duration_since(self.since);
        // If the clock was set back, entries must not be suppressed for longer.
        if !(SignedDuration::ZERO..QUIET).contains(&age) {
            *self = Self { since: now, said: BTreeSet::new() };
        }
        all.into_iter().filter(|each| self.is_news(each)).collect()
    }

    fn is_news(&mut self, each: &PassedOver) -> bool {
        let kind = discriminant(each);
        let of_kind = self.said.iter().filter(|said| discriminant(*said) == kind).count();
        of_kind < MOST_OF_A_KIND && self.said.insert(each.clone())
    }
}
