//! Limits how often the log repeats what was ignored.

use std::{collections::BTreeSet, mem::discriminant};

use jiff::{SignedDuration, Timestamp};

use crate::ignored::PassedOver;

/// For this long the same is not said again.
const QUIET: SignedDuration = SignedDuration::from_mins(1);

/// So many buckets or endpoints are said for one reason within [`QUIET`].
const MOST_OF_A_KIND: usize = 10;

/// What this container said lately.
#[derive(Debug, Default)]
pub struct Said {
    since: Timestamp,
    said: BTreeSet<PassedOver>,
}

impl Said {
    /// What of this has not been said within the last minute, and is to be said now: at most ten
    /// lines a minute for one reason.
    pub fn news(&mut self, all: BTreeSet<PassedOver>, now: Timestamp) -> Vec<PassedOver> {
        let age = now.duration_since(self.since);
        // A clock that was set back must not silence it for longer.
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
