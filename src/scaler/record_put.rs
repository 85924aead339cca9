//! Writing one record. There is no compare-and-set in Application Auto Scaling: a record is read again before it is
//! replaced, if this invocation can have read an older one.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{SignalKind, replaced::Replaced, session::Session};
use crate::{
    lease::{AtRelease, LEASE, NO_FLOOR, Record, Records, release_time, release_time_of_ended},
    port::{Aws, Clock, FailureKind, Scaling, VariantId},
};

/// Maximum number of attempts to write a record while other callers change the same target.
const PUT_ATTEMPTS: usize = 4;

/// Time after which reads return what was written. An assumption: Application Auto Scaling is eventually consistent,
/// and AWS documents no bound.
pub(super) const READS_CATCH_UP: Duration = Duration::from_secs(8);

/// The resolution of `at()` in the schedules that are written.
pub(super) const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// The result of writing a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Put {
    /// It was written.
    Written(Record),
    /// Not written. These records exist now. They end late enough, or another caller wrote them later.
    Kept(Records),
    /// AWS refused; the failure is reported.
    Failed,
}

/// When a record ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// At this time. If a record that ends later exists, it is kept.
    At(Timestamp),
    /// Now, even if a longer record exists: a command ends it.
    Now,
    /// At this time, or at the end of the existing record if that is later. It is always written: what is read of the
    /// record can be older than the write of this invocation that ended it.
    Anew(Timestamp),
    /// At this time, whatever exists: it was read right before.
    BesideFloor(Timestamp),
    /// At the same time as this record, which it replaces unless that was renewed.
    Of(Record),
    /// At this time. If another record that ends later exists, it is kept. It replaces these two records. The second
    /// has just replaced the first, and a read can return either.
    Again(Timestamp, Replaced),
}

impl<A: Aws, C: Clock> Session<'_, A, C> {
    /// Writes a record. Application Auto Scaling has no compare-and-set: if somebody else changed the record at the
    /// same time, it is read again. If that record ends late enough, it is kept.
    pub(super) async fn put(
        &mut self,
        id: &VariantId,
        name: &'static str,
        end: End,
        at_release: AtRelease,
        records: &Records,
    ) -> Put {
        for attempt in 1..=PUT_ATTEMPTS {
            // A tick uses the list that it read first, and either look may have read the backlog since: an input
            // may have renewed the record in the meantime.
            let from_a_listing =
                matches!(self.subject.signal, SignalKind::Tick | SignalKind::EndpointChanged);
            let looks = match end {
                End::At(_) => attempt > 1 || from_a_listing,
                End::Of(_) => name != NO_FLOOR,
                End::Anew(_) | End::Again(..) => true,
                End::Now | End::BesideFloor(_) => false,
            };
            let found = if looks { self.records_now(id).await } else { None };
            let existing = found.and_then(|found| found.named(name));
            let mut release = end.release(existing, self.clock.now());
            if at_release == AtRelease::DropFloor {
                // A record that is not later than this would be cancelled from the start.
                let cancelled = [Some(records), found.as_ref()].into_iter().flatten();
                let until = cancelled.filter_map(Records::cancelled_until).max();
                release = until.map_or(release, |until| release.max(until + SECOND));
            }
            // A tick adopts an endpoint that has no record, or finds a floor that an input has raised. If an input has just
            // written its work record, nothing else is needed: a lease would prevent that the ledger ends the wait.
            let has_work = |found: Records| {
                let live = |work: Record| work.live(self.clock.now());
                name == LEASE
                    && match end {
                        End::Again(..) => {
                            found.work.is_some_and(|work| live(work) && found.counts(work))
                        }
                        End::Anew(_) | End::BesideFloor(_) => false,
                        End::At(_) | End::Now | End::Of(_) => {
                            !records.exist() && found.work.is_some_and(live)
                        }
                    }
            };
            if let Some(found) = found
                && (end.is_served(existing, release, at_release) || has_work(found))
            {
                self.effects.awake_at_least_until(found.ends_at());
                return Put::Kept(found);
            }
            let record = Record { release, at_release };
            match self.aws.put_record(id, name, record).await {
                Ok(()) => {
                    match end {
                        _ if name == NO_FLOOR => {}
                        End::Now => self.effects.awake_until = Some(record.ends_at()),
                        End::At(_)
                        | End::Anew(_)
                        | End::BesideFloor(_)
                        | End::Of(_)
                        | End::Again(..) => {
                            self.effects.awake_at_least_until(Some(record.ends_at()));
                        }
                    }
                    return Put::Written(record);
                }
                Err(failure)
                    if failure.kind == FailureKind::Concurrent && attempt < PUT_ATTEMPTS => {}
                Err(failure) => {
                    self.fail(failure);
                    return Put::Failed;
                }
            }
        }
        Put::Failed
    }

    /// Whether the record with this name is late enough now. If it cannot be read, it is written.
    pub(super) async fn ends_late_enough(
        &mut self,
        id: &VariantId,
        name: &str,
        release: Timestamp,
    ) -> bool {
        let Some(records) = self.records_now(id).await else { return false };
        let enough = records.named(name).is_some_and(|existing| existing.release >= release);
        if enough {
            self.effects.awake_at_least_until(records.ends_at());
        }
        enough
    }

    /// The records as they are now. `None`: they could not be read.
    pub(super) async fn records_now(&self, id: &VariantId) -> Option<Records> {
        let actions = self.aws.actions(id).await.ok()?;
        Some(Records::read(&actions, id, self.clock.now()))
    }
}

impl End {
    /// R of a record with this end.
    fn release(self, existing: Option<Record>, now: Timestamp) -> Timestamp {
        match self {
            Self::At(end) | Self::BesideFloor(end) => release_time(end),
            Self::Anew(end) => {
                existing.map_or(Timestamp::MIN, |existing| existing.release).max(release_time(end))
            }
            // One second earlier, so that a record that must be later than this one has ended as well.
            Self::Now => release_time_of_ended(now) - SECOND,
            Self::Of(record) => record.release,
            // What this invocation replaced no longer counts, even if a read still returns it.
            Self::Again(end, Replaced { before, after }) => {
                let stands = existing.filter(|existing| Some(*existing) != before).or(after);
                stands.map_or(Timestamp::MIN, |stands| stands.release).max(release_time(end))
            }
        }
    }

    /// Whether the existing record is kept instead of writing one with this `release`.
    fn is_served(
        self,
        existing: Option<Record>,
        release: Timestamp,
        at_release: AtRelease,
    ) -> bool {
        match self {
            Self::At(_) => existing.is_some_and(|existing| existing.release >= release),
            Self::Anew(_) | Self::BesideFloor(_) | Self::Now => false,
            Self::Of(record) => existing != Some(record),
            // Another invocation can have written a plain record, because it found the one that this invocation wrote.
            Self::Again(_, Replaced { before, after }) => {
                let lowers =
                    |existing: Record| at_release != AtRelease::DropFloor || existing.is_floor();
                ![None, before, after].contains(&existing)
                    && existing.is_some_and(|it| it.release >= release && lowers(it))
            }
        }
    }
}

impl Put {
    /// The records after this write.
    pub(super) fn applied(self, name: &str, mut records: Records) -> Records {
        match self {
            Self::Written(record) => records.set(name, record),
            Self::Kept(existing) => records = existing,
            Self::Failed => {}
        }
        records
    }
}
