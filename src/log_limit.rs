//! Limits how often the log repeats what was ignored.

use std::{collections::BTreeSet, mem::discriminant};

use jiff::{SignedDuration, Timestamp};

use crate::ignored::IgnoredSignal;

/// Time in which the same entry is not logged again.
const QUIET: SignedDuration = SignedDuration::from_mins(1);

/// Maximum number of buckets or endpoints that are logged for one reason within [`QUIET`].
const MOST_OF_A_KIND: usize = 10;

/// The entries that this container has logged recently.
#[derive(Debug, Default)]
pub struct RecentlyLogged {
    since: Timestamp,
    logged: BTreeSet<IgnoredSignal>,
}

impl RecentlyLogged {
    /// The entries to log now: those that were not logged within the last minute, at most ten a minute for
    /// one reason.
    pub fn to_log(&mut self, all: BTreeSet<IgnoredSignal>, now: Timestamp) -> Vec<IgnoredSignal> {
        let age = now.duration_since(self.since);
        // If the clock was set back, entries must not be suppressed for longer.
        if !(SignedDuration::ZERO..QUIET).contains(&age) {
            *self = Self { since: now, logged: BTreeSet::new() };
        }
        all.into_iter().filter(|each| self.is_new(each)).collect()
    }

    fn is_new(&mut self, each: &IgnoredSignal) -> bool {
        let kind = discriminant(each);
        let of_kind = self.logged.iter().filter(|logged| discriminant(*logged) == kind).count();
        of_kind < MOST_OF_A_KIND && self.logged.insert(each.clone())
    }
}
