//! Reports waits that take too long. Such an endpoint costs money, and nobody may notice it.

use jiff::{SignedDuration, Timestamp};

use super::{Failure, Scaler, seen::Seen};
use crate::{
    decide::{
        Decision,
        long_wait::{Wait, Waiting, is_reported_at, waiting},
    },
    port::{Aws, Clock, VariantId},
    reason::Reason,
};

/// The wait of a variant that a container remembers. It is lost at a cold start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Since {
    wait: Wait,
    at: Timestamp,
}

/// A wait that takes too long.
pub(super) struct LongWait {
    wait: Wait,
    waited: SignedDuration,
}

impl LongWait {
    /// The reason that is reported for the decision.
    pub(super) fn reason(&self, decision: &Decision) -> Reason {
        match decision.reason {
            Reason::OnTheWayUp => self.wait.reason(),
            other => other,
        }
    }

    /// The failure, if this tick reports it.
    pub(super) fn failure(&self, endpoint: String, now: Timestamp) -> Option<Failure> {
        let minutes = self.waited.as_mins();
        is_reported_at(now).then_some(Failure::Overdue { endpoint, wait: self.wait, minutes })
    }
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Remembers since when the variant waits. Returns the wait if it takes too long.
    pub(super) fn long_wait(
        &self,
        seen: &Seen,
        decision: &Decision,
        now: Timestamp,
    ) -> Option<LongWait> {
        let Since { wait, at } = self.waits_since(seen, decision, now)?;
        let waited = now.duration_since(at);
        (waited >= wait.bound()).then_some(LongWait { wait, waited })
    }

    fn waits_since(&self, seen: &Seen, decision: &Decision, now: Timestamp) -> Option<Since> {
        let mut memory = self.memory();
        let id: &VariantId = &seen.id;
        match waiting(&seen.observed, decision) {
            Waiting::No => {
                memory.waiting.remove(id);
                None
            }
            Waiting::NotForMore => {
                let known =
                    memory.waiting.remove(id).filter(|since| since.wait == Wait::Backlog)?;
                memory.waiting.insert(id.clone(), known);
                Some(known)
            }
            Waiting::Unknown => memory.waiting.get(id).copied(),
            Waiting::For(wait) => {
                let known = memory.waiting.get(id).filter(|since| since.wait.is_like(wait));
                let mut at = known.map_or(now, |since| since.at);
                // The age of the metric is known after a cold start, too.
                if wait == Wait::Backlog
                    && let Some(newest) = seen.observed.backlog.newest_at(now)
                {
                    at = at.min(newest);
                }
                let since = Since { wait, at };
                memory.waiting.insert(id.clone(), since);
                Some(since)
            }
        }
    }
}
