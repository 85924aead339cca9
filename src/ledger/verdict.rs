//! Whether the work of an endpoint is done.

use jiff::{SignedDuration, Timestamp};

use super::Summary;

/// Whether the work of an endpoint is done, as far as the ledger can tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every upload has a result, and the newest result is old enough.
    Done {
        /// When the newest result was handled.
        since: Timestamp,
    },
    /// At least one item is outstanding.
    Outstanding {
        /// When the youngest of them was touched.
        youngest: Timestamp,
    },
    /// The ledger cannot tell. The metric decides.
    Unknown(UnknownWhy),
}

/// Why the ledger cannot tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownWhy {
    /// It could not be read, or only a part of it.
    Unreadable,
    /// It has no result.
    NoResult,
    /// The newest result is not old enough.
    ResultIsNew {
        /// When it will be.
        until: Timestamp,
    },
    /// A result came without its upload. There can be more requests that the ledger does not know.
    ResultWithoutUpload {
        /// When this stops to count.
        until: Timestamp,
    },
}

impl Verdict {
    /// The verdict at `now`. `None`: the ledger could not be read to its end. `idle` is the route's `idle_minutes`.
    pub fn of(summary: Option<&Summary>, now: Timestamp, idle: SignedDuration) -> Self {
        let Some(summary) = summary else { return Self::Unknown(UnknownWhy::Unreadable) };
        if let Some(youngest) = summary.youngest_outstanding {
            return Self::Outstanding { youngest };
        }
        if let Some(until) = summary.waits_for_upload_until(now) {
            return Self::Unknown(UnknownWhy::ResultWithoutUpload { until });
        }
        let Some(since) = summary.newest_result else {
            return Self::Unknown(UnknownWhy::NoResult);
        };
        match since + idle {
            until if now < until => Self::Unknown(UnknownWhy::ResultIsNew { until }),
            _ => Self::Done { since },
        }
    }
}
