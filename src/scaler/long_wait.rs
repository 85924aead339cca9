//! Reporting waits that have taken too long: such an endpoint costs money, and nobody may be watching.

use jiff::Timestamp;

use super::{Done, Failure, Scaler, SignalKind, look::Seen};
use crate::{
    decide::{
        Decision,
        long_wait::{Wait, Waiting, is_reported_at, waiting},
    },
    port::{Aws, Clock, VariantId},
    reason::Reason,
};

/// What a container knows of a variant that waits. A cold start begins anew.
#[derive(Debug, Clone, Copy)]
pub(super) struct Since {
    wait: Wait,
    at: Timestamp,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Remembers since when the endpoint waits, and tells of it from the bound on.
    pub(super) fn watch_waits(
        &self,
        seen: &Seen,
        decision: &Decision,
        now: Timestamp,
        done: &mut Done,
    ) {
        let Some(since) = self.waits_since(seen, decision, now) else { return };
        let waited = now.duration_since(since.at);
        // What else is asked meanwhile is answered.
        if done.signal != SignalKind::Tick || waited < since.wait.bound() {
            return;
        }
        if decision.reason == Reason::OnTheWayUp {
            done.reason = since.wait.reason();
        }
        if is_reported_at(now) {
            done.failures.push(Failure::Overdue {
                endpoint: done.endpoint.clone(),
                wait: since.wait,
                minutes: waited.as_mins(),
            });
        }
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
                // The metric's own age outlasts a cold start, the memory does not.
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
