//! What was read of the ledger, and what it says.

use jiff::{SignedDuration, Timestamp};

use crate::ledger::{Item, Reading, Summary, Verdict};

/// The result of reading the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LedgerSeen {
    /// It was not read: the results are not connected, or the decision does not depend on it.
    NotRead,
    /// It could not be read, or not to its end. Since when, as far as this container knows.
    Unreadable {
        /// When the first of the failed reads began.
        since: Timestamp,
        /// The items of a ledger that is too large to be read to its end, as far as they were read. Decisions do not use
        /// them, but old ones are deleted, so that the ledger can be read again.
        part: Vec<Item>,
    },
    /// What was read.
    Read(Reading),
}

impl LedgerSeen {
    /// Whether all work is done, and the newest result is `done_after` old.
    pub fn is_done(&self, done_after: SignedDuration, now: Timestamp) -> bool {
        matches!(self, Self::Read(reading) if matches!(reading.verdict(now, done_after), Verdict::Done { .. }))
    }

    /// Whether an upload without a result was handled at `since` or later.
    pub fn is_outstanding_since(&self, since: Timestamp) -> bool {
        self.summary().is_some_and(|summary| summary.young_outstanding(since))
    }

    /// Whether any upload has no result.
    pub fn is_outstanding(&self) -> bool {
        self.is_outstanding_since(Timestamp::MIN)
    }

    /// When the newest result was handled.
    pub fn newest_result(&self) -> Option<Timestamp> {
        self.summary()?.newest_result
    }

    fn summary(&self) -> Option<Summary> {
        match self {
            Self::Read(reading) => reading.summary(),
            Self::NotRead | Self::Unreadable { .. } => None,
        }
    }
}
