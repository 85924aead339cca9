//! Carrying out what a tick keeps right about records beside its decision.

use std::time::Duration;

use super::{
    Done, Scaler,
    look::Seen,
    records::{End, Put, Replaced},
};
use crate::{
    config::Policy,
    decide::{Action, MinOwner, RecordWrite, record_cleanup as upkeep},
    lease::{AtRelease, LEASE, NO_FLOOR, Records},
    port::{Aws, Clock, Scaling},
    reason::Reason,
};

/// By so much, at most, do answers of AWS lag behind what was written. An assumption: Application Auto Scaling is
/// eventually consistent, and AWS documents no bound.
const READS_CATCH_UP: Duration = Duration::from_secs(8);

/// What is kept up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Upkeep {
    /// All records.
    All,
    /// The action that cancels floor records alone: the decision has just written the others. Ticks can write
    /// each minute until its time, for instance while instances are on their way.
    NoFloor,
}

impl Upkeep {
    fn covers(self, write: &RecordWrite) -> bool {
        self == Self::All
            || matches!(write, RecordWrite::MakePlain(NO_FLOOR) | RecordWrite::Delete(NO_FLOOR))
    }
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Writes what [`upkeep::upkeep`] says of what was seen.
    pub(super) async fn keep_up(
        &self,
        seen: &Seen,
        policy: &Policy,
        which: Upkeep,
        done: &mut Done,
    ) {
        let now = self.clock.now();
        let (Some(records), Some(target)) = (seen.records(), seen.target()) else { return };
        let mut standing = *records;
        let mut replaced = false;
        let writes = upkeep::upkeep(&seen.observed, now).into_iter();
        for write in writes.filter(|write| which.covers(write)) {
            let failures = done.failures.len();
            match write {
                RecordWrite::MakePlain(name) => {
                    let plain = AtRelease::KeepMax(target.max);
                    standing = self.remake(seen, name, plain, standing, done).await;
                    replaced |= name != NO_FLOOR;
                }
                RecordWrite::CancelEnded => self.cancel_what_is_over(seen, done).await,
                RecordWrite::Delete(name) => {
                    // An input may have renewed it since it was listed.
                    let Some(found) = self.read_again(seen, done).await else { return };
                    if found.named(name) == standing.named(name)
                        && self.delete(seen, name, done).await
                    {
                        standing.forget(name);
                        replaced |= name != NO_FLOOR;
                    }
                }
                RecordWrite::Lease(_)
                | RecordWrite::EndLease
                | RecordWrite::Hold(_)
                | RecordWrite::MakeFloor(_) => {}
            }
            if done.failures.len() > failures {
                return;
            }
        }
        if !replaced || records.foreign_min {
            return;
        }
        // What was replaced or deleted may have been renewed by an input between the look and the write, or before
        // the look, which may be older than that.
        self.clock.wait(READS_CATCH_UP).await;
        if let Some(target) = self.woken_or_raised(seen, done).await {
            let replaced = Replaced { before: records.lease, after: standing.lease };
            let end = End::Again(self.clock.now() + policy.idle, replaced);
            let at_release = match target.suspended.scheduled && target.min == 0 {
                // No floor is raised there.
                true => AtRelease::KeepMax(target.max),
                false => AtRelease::DropFloor,
            };
            let put = self.put(&seen.id, LEASE, end, at_release, &standing, done).await;
            done.lease_renewed = matches!(put, Put::Written(_));
            if done.lease_renewed {
                done.action = Action::Extend;
                done.reason = Reason::WorkSlippedIn;
            }
        }
    }

    /// Cancels floor records that are over, unless a floor of ours stands by now. The target is read after the
    /// records: read before them, our floor could pass for the owner's.
    async fn cancel_what_is_over(&self, seen: &Seen, done: &mut Done) {
        let Some(records) = self.read_again(seen, done).await else { return };
        match self.aws_for(done.signal).target(&seen.id).await {
            Ok(Some(target)) if MinOwner::of(&target, &records) != MinOwner::Ours => {
                self.cancel_ended(seen, &records, done).await;
            }
            Ok(_) => {}
            Err(failure) => done.fail(failure),
        }
    }

    /// The records as they stand now; `None` where they cannot be read, and the report says so.
    async fn read_again(&self, seen: &Seen, done: &mut Done) -> Option<Records> {
        match self.aws_for(done.signal).actions(&seen.id).await {
            Ok(actions) => Some(Records::read(&actions, &seen.id, self.clock.now())),
            Err(failure) => {
                done.fail(failure);
                None
            }
        }
    }
}
