//! Cleans up the records on a tick, in addition to its decision.

use super::{
    record_put::{End, Put, READS_CATCH_UP},
    replaced::Replaced,
    seen::Seen,
    session::Session,
};
use crate::{
    config::Policy,
    decide::{MinOwner, Read, RecordWrite, record_cleanup},
    lease::{AtRelease, Kept, NO_FLOOR, Records, WORK},
    port::{Aws, Clock, Scaling},
};

/// Which records are cleaned up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cleanup {
    /// All records.
    All,
    /// Only the action that cancels floor records: the decision has just written the others. Ticks can write each
    /// minute until its time, for example while instances are starting.
    NoFloor,
}

impl Cleanup {
    fn covers(self, write: &RecordWrite) -> bool {
        self == Self::All
            || matches!(write, RecordWrite::MakePlain(NO_FLOOR) | RecordWrite::Delete(NO_FLOOR))
    }
}

/// The record that is renewed if an input renewed the one with this name.
fn renewed_instead_of(name: &str) -> Option<Kept> {
    match name {
        NO_FLOOR => None,
        WORK => Some(Kept::Work),
        _ => Some(Kept::Lease),
    }
}

impl<A: Aws, C: Clock> Session<'_, A, C> {
    /// Makes the changes that [`record_cleanup::upkeep`] returns for what was seen. Returns whether the lease was
    /// renewed for work that arrived in the meantime.
    pub(super) async fn clean_up_records(
        &mut self,
        seen: &Seen,
        policy: &Policy,
        which: Cleanup,
    ) -> bool {
        let now = self.clock.now();
        let (Some(records), Some(target)) = (seen.records(), seen.target()) else { return false };
        let mut standing = *records;
        // The record that an input may have renewed: the one that was replaced or deleted.
        let mut replaced: Option<Kept> = None;
        let writes = record_cleanup::upkeep(&seen.observed, now).into_iter();
        for write in writes.filter(|write| which.covers(write)) {
            let complete = match write {
                RecordWrite::MakePlain(name) => {
                    let plain = AtRelease::KeepMax(target.max);
                    let put = self.remake(seen, name, plain, &standing).await;
                    standing = put.applied(name, standing);
                    replaced = replaced.or(renewed_instead_of(name));
                    put != Put::Failed
                }
                RecordWrite::CancelEnded => self.cancel_what_has_ended(seen).await,
                RecordWrite::Delete(name) => {
                    // An input may have renewed it since it was listed.
                    let Some(found) = self.read_again(seen).await else { return false };
                    let renewed = found.named(name) != standing.named(name);
                    let deleted = !renewed && self.delete(seen, name).await;
                    if deleted {
                        standing.forget(name);
                        replaced = replaced.or(renewed_instead_of(name));
                        if let Some(kept) = renewed_instead_of(name) {
                            standing = self.cover_floor(seen, kept, standing).await;
                        }
                    }
                    renewed || deleted
                }
                RecordWrite::Extend(..)
                | RecordWrite::End(_)
                | RecordWrite::Hold(_)
                | RecordWrite::MakeFloor(_) => true,
            };
            if !complete {
                return false;
            }
        }
        let Some(kept) = replaced.filter(|_| !records.foreign_min) else { return false };
        // An input may have renewed the record that was replaced or deleted: between the look and the write, or
        // before the look, because reads can be older.
        self.clock.wait(READS_CATCH_UP).await;
        let name = kept.name();
        let replaced = Replaced { before: records.named(name), after: standing.named(name) };
        let target = match self.woken_or_raised(seen).await {
            Read::Known(Some(target)) => target,
            Read::Known(None) => {
                self.cover_floor(seen, kept, standing).await;
                return false;
            }
            Read::Failed => return false,
        };
        let end = End::Again(self.clock.now() + policy.idle, replaced);
        let at_release = match target.suspended.scheduled && target.min == 0 {
            // We raise no floor there.
            true => AtRelease::KeepMax(target.max),
            false => AtRelease::DropFloor,
        };
        let put = self.put(&seen.id, name, end, at_release, &standing).await;
        let renewed = matches!(put, Put::Written(_));
        self.effects.lease_written = renewed;
        renewed
    }

    /// After a deletion under our floor: if the floor stands and no record lowers it any more, one that has ended is
    /// written. Of a tick and a command, one may have deleted the record to which the other one has just left the floor.
    /// Without a record, the floor would count as the owner's. Records that cannot be read count as not there.
    pub(super) async fn cover_floor(
        &mut self,
        seen: &Seen,
        kept: Kept,
        standing: Records,
    ) -> Records {
        let (Some(records), Some(target)) = (seen.records(), seen.target()) else {
            return standing;
        };
        if MinOwner::of(target, records) != MinOwner::Ours {
            return standing;
        }
        if let Some(mut now) = self.read_again(seen).await {
            // A read can be older than the deletion.
            for (name, record) in records.keeping_awake() {
                if standing.named(name).is_none() && now.named(name) == Some(record) {
                    now.forget(name);
                }
            }
            if now.floor_is_ours() {
                return standing;
            }
        }
        let answer = self.aws.target(&seen.id).await;
        if matches!(self.read(answer), Read::Known(Some(target)) if target.min != 1) {
            return standing;
        }
        let name = kept.name();
        let replaced = Replaced { before: records.named(name), after: standing.named(name) };
        let end = End::Again(self.clock.now(), replaced);
        let put = self.put(&seen.id, name, end, AtRelease::DropFloor, &standing).await;
        put.applied(name, standing)
    }

    /// Cancels floor records that have ended, unless a floor of ours exists now. The target is read after the
    /// records: read before them, our floor could count as the owner's. Returns whether nothing failed.
    async fn cancel_what_has_ended(&mut self, seen: &Seen) -> bool {
        let Some(records) = self.read_again(seen).await else { return false };
        let answer = self.aws.target(&seen.id).await;
        match self.read(answer) {
            Read::Known(Some(target)) if MinOwner::of(&target, &records) != MinOwner::Ours => {
                self.cancel_ended(seen, &records).await
            }
            Read::Known(_) => true,
            Read::Failed => false,
        }
    }

    /// The records as they are now. `None`: they could not be read, which is reported.
    pub(super) async fn read_again(&mut self, seen: &Seen) -> Option<Records> {
        let answer = self.aws.actions(&seen.id).await;
        let actions = self.read(answer).known()?;
        Some(Records::read(&actions, &seen.id, self.clock.now()))
    }
}
