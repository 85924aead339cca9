//! Writing the records. There is no compare-and-set in Application Auto Scaling: a record is read again
//! before it is replaced, and afterwards the code checks whether it replaced a newer one.

use std::time::Duration;

use futures_util::join;
use jiff::{SignedDuration, Timestamp};

use super::{SignalKind, replaced::Replaced, seen::Seen, session::Session};
use crate::{
    decide::{Decision, MinOwner, Read, RecordWrite},
    lease::{
        AtRelease, HOLD, Kept, LEASE, NO_FLOOR, Record, Records, release_time,
        release_time_of_ended,
    },
    port::{Aws, Clock, Endpoints, FailureKind, ScalableTarget, Scaling, VariantId},
};

/// Maximum number of attempts to write a record while other callers change the same target.
const PUT_ATTEMPTS: usize = 4;

/// Time after which reads return what was written. An assumption: Application Auto Scaling is eventually consistent,
/// and AWS documents no bound.
pub(super) const READS_CATCH_UP: Duration = Duration::from_secs(8);

/// The resolution of `at()` in the schedules that are written.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

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

/// The known records after the changes of a decision.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    pub(super) records: Records,
    /// Nothing failed.
    pub(super) complete: bool,
}

/// The floor right after the records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FloorNext {
    /// It is raised.
    Raised,
    /// This invocation wakes the endpoint and leaves the floor to the next tick. Another one may wake it as well, and
    /// raise the floor at this moment.
    OfAnotherWake,
    /// It is not raised.
    NotRaised,
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
    /// The same, unless a live record lowers the floor, which has just been raised.
    BesideFloor(Timestamp),
    /// At the same time as this record, which it replaces unless that was renewed.
    Of(Record),
    /// At this time. If another record that ends later exists, it is kept. It replaces these two records. The second
    /// has just replaced the first, and a read can return either.
    Again(Timestamp, Replaced),
}

/// The effect at R of the record with this name if this invocation raises no floor. A record that lowers our floor
/// is written with the same effect, because the invocation that wrote it may raise the floor at this moment.
pub(super) fn at_release(
    target: Option<&ScalableTarget>,
    records: &Records,
    name: &str,
) -> AtRelease {
    let existing = records.named(name);
    let Some(target) = target else {
        return existing.map_or(AtRelease::DropFloor, |record| record.at_release);
    };
    let counts = existing.is_some_and(|record| records.counts(record));
    match MinOwner::of(target, records) {
        MinOwner::Ours | MinOwner::OursEnding => AtRelease::DropFloor,
        MinOwner::None if counts => AtRelease::DropFloor,
        MinOwner::None | MinOwner::Owner => AtRelease::KeepMax(target.max),
    }
}

/// The effect at R of a record that is written while another invocation may wake the endpoint and raise the floor: the
/// record lowers the floor if a floor of ours is possible.
pub(super) fn at_release_beside_a_wake(
    target: Option<&ScalableTarget>,
    records: &Records,
    kept: Kept,
) -> AtRelease {
    let owner = target.map(|target| MinOwner::of(target, records));
    let floor_is_possible = !records.foreign_min
        && target.is_none_or(|target| !target.suspended.scheduled)
        && owner != Some(MinOwner::Owner);
    match floor_is_possible {
        true => AtRelease::DropFloor,
        false => at_release(target, records, kept.name()),
    }
}

impl<A: Aws, C: Clock> Session<'_, A, C> {
    /// Makes the record changes of a decision.
    pub(super) async fn write_records(
        &mut self,
        seen: &Seen,
        decision: &Decision,
        floor: FloorNext,
    ) -> Written {
        let mut records = seen.records().copied().unwrap_or_default();
        let mut complete = true;
        let mut ended = None;
        for write in &decision.records {
            let raised = floor == FloorNext::Raised;
            let at_release = |name| match seen.records() {
                Some(_) if !raised => at_release(seen.target(), &records, name),
                // The records are unknown: a floor of ours is possible.
                Some(_) | None => AtRelease::DropFloor,
            };
            let (name, put) = match *write {
                RecordWrite::Extend(kept, end) => {
                    let at_release = match floor {
                        FloorNext::OfAnotherWake if seen.records().is_some() => {
                            at_release_beside_a_wake(seen.target(), &records, kept)
                        }
                        _ => at_release(kept.name()),
                    };
                    let put = self.extend(&seen.id, (kept, end), at_release, &records).await;
                    (kept.name(), put)
                }
                RecordWrite::End(kept) => {
                    let name = kept.name();
                    let at_release = at_release(name);
                    let before = records.named(name);
                    let put = self.put(&seen.id, name, End::Now, at_release, &records).await;
                    if let Put::Written(after) = put {
                        ended = Some((name, before));
                        if kept == Kept::Work {
                            self.ended_work = Some(Replaced { before, after: Some(after) });
                        }
                    }
                    (name, put)
                }
                RecordWrite::Hold(end) => {
                    let (end, at_release) = (End::At(end), at_release(HOLD));
                    (HOLD, self.put(&seen.id, HOLD, end, at_release, &records).await)
                }
                // Not if capacity was refused: no floor will be raised.
                RecordWrite::MakeFloor(name) if raised => {
                    (name, self.remake(seen, name, AtRelease::DropFloor, &records).await)
                }
                RecordWrite::MakeFloor(_) => continue,
                RecordWrite::MakePlain(name) => {
                    let Some(target) = seen.target() else { continue };
                    let plain = AtRelease::KeepMax(target.max);
                    (name, self.remake(seen, name, plain, &records).await)
                }
                RecordWrite::CancelEnded => {
                    complete &= self.cancel_ended(seen, &records).await;
                    continue;
                }
                RecordWrite::Delete(name) => {
                    if complete {
                        complete = self.delete(seen, name).await;
                        if complete {
                            records.forget(name);
                        }
                    }
                    continue;
                }
            };
            complete &= put != Put::Failed;
            records = put.applied(name, records);
        }
        self.look_for_a_floor(seen, decision, Written { records, complete }, ended).await
    }

    /// Deletes an action of ours. Returns whether that succeeded.
    pub(super) async fn delete(&mut self, seen: &Seen, name: &str) -> bool {
        let answer = self.aws.delete_action(&seen.id, name).await;
        self.succeeded(answer)
    }

    /// Writes the record with this name again, with the same R, unless it was renewed in the meantime.
    pub(super) async fn remake(
        &mut self,
        seen: &Seen,
        name: &'static str,
        at_release: AtRelease,
        records: &Records,
    ) -> Put {
        let Some(record) = records.named(name) else { return Put::Kept(*records) };
        self.put(&seen.id, name, End::Of(record), at_release, records).await
    }

    /// A plain record may just have replaced the record of an input that raises the floor at this moment. If so, the
    /// record is changed to one that lowers the floor. Otherwise the floor would count as the owner's. A record that was
    /// ended is written again as it was: the wake that raised the floor may have needed it.
    async fn look_for_a_floor(
        &mut self,
        seen: &Seen,
        decision: &Decision,
        written: Written,
        ended: Option<(&str, Option<Record>)>,
    ) -> Written {
        let Written { records, complete } = written;
        let mut names = decision.records.iter().filter_map(|write| match write {
            RecordWrite::Extend(kept, _) | RecordWrite::End(kept) => Some(kept.name()),
            RecordWrite::Hold(_) => Some(HOLD),
            RecordWrite::MakeFloor(_)
            | RecordWrite::MakePlain(_)
            | RecordWrite::CancelEnded
            | RecordWrite::Delete(_) => None,
        });
        let plain = |name: &&str| records.named(name).is_some_and(|record| !record.is_floor());
        let Some(name) = names.rfind(plain) else { return written };
        match self.floor_appeared(seen).await {
            Read::Known(false) => written,
            Read::Failed => Written { complete: false, ..written },
            Read::Known(true) => {
                let put = match ended.filter(|(ended, _)| *ended == name) {
                    Some((_, before)) => {
                        let now = self.clock.now();
                        let end = End::Anew(before.map_or(now, |before| before.ends_at().max(now)));
                        self.put(&seen.id, name, end, AtRelease::DropFloor, &records).await
                    }
                    None => self.remake(seen, name, AtRelease::DropFloor, &records).await,
                };
                let complete = complete && put != Put::Failed;
                Written { records: put.applied(name, records), complete }
            }
        }
    }

    /// Whether a floor of ours may have appeared since the look.
    async fn floor_appeared(&mut self, seen: &Seen) -> Read<bool> {
        if seen.records().is_none() || seen.target().is_none_or(|target| target.min != 0) {
            return Read::Known(false);
        }
        match self.woken_or_raised(seen).await {
            Read::Known(Some(now)) => Read::Known(self.floor_can_be_ours(seen, &now).await),
            Read::Known(None) => Read::Known(false),
            Read::Failed => Read::Failed,
        }
    }

    /// Whether a floor that has appeared since the look can be ours. We raise none if scheduled scaling is suspended or
    /// a schedule of the owner sets the minimum. Then a floor that appears is the owner's, unless that has changed as
    /// well. `now`: the target as it is now.
    pub(super) async fn floor_can_be_ours(&self, seen: &Seen, now: &ScalableTarget) -> bool {
        let foreign_min = seen.records().is_some_and(|records| records.foreign_min);
        if !foreign_min && seen.target().is_some_and(|target| !target.suspended.scheduled) {
            return true;
        }
        !now.suspended.scheduled
            && self.records_now(&seen.id).await.is_some_and(|records| !records.foreign_min)
    }

    /// The target as it is now, if somebody requested capacity or raised the minimum since the look.
    pub(super) async fn woken_or_raised(&mut self, seen: &Seen) -> Read<Option<ScalableTarget>> {
        let aws = self.aws;
        let (endpoint, target) = join!(aws.endpoint(&seen.id.endpoint), aws.target(&seen.id));
        let (endpoint, target) = match (endpoint, target) {
            (Ok(Some(endpoint)), Ok(Some(target))) => (endpoint, target),
            (Err(failure), _) | (_, Err(failure)) => {
                self.fail(failure);
                return Read::Failed;
            }
            // Deleted in the meantime.
            (Ok(None), _) | (_, Ok(None)) => return Read::Known(None),
        };
        let desired =
            endpoint.variants.iter().find(|v| v.name == seen.id.variant).and_then(|v| v.desired);
        // Under the owner's minimum, the capacity was requested for that minimum: a floor record would make it ours.
        let of_owner = matches!((seen.target(), seen.records()), (Some(target), Some(records))
            if MinOwner::of(target, records) == MinOwner::Owner);
        let woken =
            !of_owner && seen.observed.variant.desired == Some(0) && desired.is_some_and(|n| n > 0);
        let raised = target.min == 1 && seen.target().is_some_and(|target| target.min != 1);
        Read::Known((woken || raised).then_some(target))
    }

    /// Writes the lease or the work record. The end was decided before the capacity request: a slow request must not
    /// shorten the record.
    pub(super) async fn extend(
        &mut self,
        id: &VariantId,
        (kept, end): (Kept, Timestamp),
        at_release: AtRelease,
        records: &Records,
    ) -> Put {
        let end = end.max(self.clock.now());
        let end = if self.ended_work.is_some() { End::Anew(end) } else { End::At(end) };
        let put = self.put(id, kept.name(), end, at_release, records).await;
        self.effects.lease_written = matches!(put, Put::Written(_));
        put
    }

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
                End::Anew(_) | End::BesideFloor(_) | End::Again(..) => true,
                End::Now => false,
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
            let is_lowered = |found: Records| {
                matches!(end, End::BesideFloor(_))
                    && found.lowering_floor(self.clock.now()).is_some()
            };
            if let Some(found) = found
                && (end.is_served(existing, release) || has_work(found) || is_lowered(found))
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

    /// What was read of the records, without the work record as it was before this invocation ended it. An input that
    /// renewed it to the same second is not overlooked: the ledger has it.
    pub(super) fn with_work_ended(&self, mut records: Records) -> Records {
        if let Some(Replaced { before: Some(before), after }) = self.ended_work
            && records.work == Some(before)
        {
            records.work = after;
        }
        records
    }

    /// The records as they are now. `None`: they could not be read.
    async fn records_now(&self, id: &VariantId) -> Option<Records> {
        let actions = self.aws.actions(id).await.ok()?;
        Some(Records::read(&actions, id, self.clock.now()))
    }
}

impl End {
    /// R of a record with this end.
    fn release(self, existing: Option<Record>, now: Timestamp) -> Timestamp {
        match self {
            Self::At(end) => release_time(end),
            Self::Anew(end) | Self::BesideFloor(end) => {
                existing.map_or(Timestamp::MIN, |existing| existing.release).max(release_time(end))
            }
            // One second earlier, so that a record that must be later than this one has ended as well.
            Self::Now => release_time_of_ended(now) - SECOND,
            Self::Of(record) => record.release,
            Self::Again(end, Replaced { before, after }) => {
                let known = before.into_iter().chain(after).map(|record| record.release);
                known.fold(release_time(end), Timestamp::max)
            }
        }
    }

    /// Whether the existing record is kept instead of writing one with this `release`.
    fn is_served(self, existing: Option<Record>, release: Timestamp) -> bool {
        match self {
            Self::At(_) => existing.is_some_and(|existing| existing.release >= release),
            Self::Anew(_) | Self::BesideFloor(_) | Self::Now => false,
            Self::Of(record) => existing != Some(record),
            Self::Again(_, Replaced { before, after }) => {
                ![None, before, after].contains(&existing)
                    && existing.is_some_and(|existing| existing.release >= release)
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
