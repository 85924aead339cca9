//! Writing the records. There is no compare-and-set in Application Auto Scaling: what is about to be replaced is read
//! once more, and what may have been replaced is looked for.

use futures_util::join;
use jiff::{SignedDuration, Timestamp};

use super::{Done, Scaler, SignalKind, look::Seen};
use crate::{
    decide::{Decision, MinOwner, RecordWrite},
    lease::{
        AtRelease, HOLD, LEASE, NO_FLOOR, Record, Records, release_time, release_time_of_ended,
    },
    port::{Aws, Clock, Endpoints, FailureKind, ScalableTarget, Scaling, VariantId},
};

/// How often a record is put when others change the same target at the same time.
const PUT_ATTEMPTS: usize = 4;

/// The resolution of `at()` as we write it.
const SECOND: SignedDuration = SignedDuration::from_secs(1);

/// What came of putting a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Put {
    /// It was written.
    Written(Record),
    /// What stands there by now is as good, or was written by somebody who knows more.
    Stands(Records),
    /// AWS refused; the failure is reported.
    Failed,
}

/// When a record is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Then, or later where a longer one stands.
    At(Timestamp),
    /// Now, whatever stands: a person ends it.
    Now,
    /// At the same time as this one, which it replaces unless that was renewed meanwhile.
    Of(Record),
    /// Then, or later where a longer one stands: in place of these two, of which the second has just replaced the
    /// first. A read may still show either.
    Again(Timestamp, Replaced),
}

/// A record before and after it was replaced or deleted by this invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Replaced {
    pub(super) before: Option<Record>,
    pub(super) after: Option<Record>,
}

/// What the record of this name does at R where no floor is raised beside it. One that drops our floor keeps
/// doing so: whoever wrote it may raise the floor at this moment.
pub(super) fn at_release(
    target: Option<&ScalableTarget>,
    records: &Records,
    name: &str,
) -> AtRelease {
    let standing = records.named(name);
    let Some(target) = target else {
        return standing.map_or(AtRelease::DropFloor, |record| record.at_release);
    };
    let counts = standing.is_some_and(|record| records.counts(record));
    match MinOwner::of(target, records) {
        MinOwner::Ours | MinOwner::OursEnding => AtRelease::DropFloor,
        MinOwner::None if counts => AtRelease::DropFloor,
        MinOwner::None | MinOwner::Owner => AtRelease::KeepMax(target.max),
    }
}

/// The same of a lease that is written while DescribeEndpoint gives no answer. Whether somebody wakes the endpoint
/// and raises the floor at this moment is not known then: a floor record covers it.
pub(super) fn at_release_unseen(target: Option<&ScalableTarget>, records: &Records) -> AtRelease {
    let owner = target.map(|target| MinOwner::of(target, records));
    let floor_is_possible = !records.foreign_min
        && target.is_none_or(|target| !target.suspended.scheduled)
        && owner != Some(MinOwner::Owner);
    match floor_is_possible {
        true => AtRelease::DropFloor,
        false => at_release(target, records, LEASE),
    }
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Writes what was decided; the records as they stand then, as far as is known. `raised`: the floor is
    /// raised right after it.
    pub(super) async fn write_records(
        &self,
        seen: &Seen,
        decision: &Decision,
        raised: bool,
        done: &mut Done,
    ) -> Records {
        let mut records = seen.records().copied().unwrap_or_default();
        let failures = done.failures.len();
        for write in &decision.records {
            let at_release = |name| match seen.records() {
                Some(_) if !raised => at_release(seen.target(), &records, name),
                // What stands is not known: a floor of ours may.
                Some(_) | None => AtRelease::DropFloor,
            };
            match *write {
                RecordWrite::Lease(end) => {
                    let at_release = at_release(LEASE);
                    let put = self.write_lease(&seen.id, end, at_release, &records, done).await;
                    records = put.applied(LEASE, records);
                }
                RecordWrite::EndLease => {
                    let at_release = at_release(LEASE);
                    let put = self.put(&seen.id, LEASE, End::Now, at_release, &records, done).await;
                    records = put.applied(LEASE, records);
                }
                RecordWrite::Hold(end) => {
                    let (end, at_release) = (End::At(end), at_release(HOLD));
                    let put = self.put(&seen.id, HOLD, end, at_release, &records, done).await;
                    records = put.applied(HOLD, records);
                }
                // Not where capacity was refused: no floor will be raised.
                RecordWrite::MakeFloor(name) if raised => {
                    let floor = AtRelease::DropFloor;
                    records = self.remake(seen, name, floor, records, done).await;
                }
                RecordWrite::MakeFloor(_) => {}
                RecordWrite::MakePlain(name) => {
                    if let Some(target) = seen.target() {
                        let plain = AtRelease::KeepMax(target.max);
                        records = self.remake(seen, name, plain, records, done).await;
                    }
                }
                RecordWrite::CancelEnded => _ = self.cancel_ended(seen, &records, done).await,
                RecordWrite::Delete(name) => {
                    if done.failures.len() == failures && self.delete(seen, name, done).await {
                        records.forget(name);
                    }
                }
            }
        }
        self.look_for_a_floor(seen, decision, records, done).await
    }

    /// Deletes an action of ours; whether that was done.
    pub(super) async fn delete(&self, seen: &Seen, name: &str, done: &mut Done) -> bool {
        match self.aws_for(done.signal).delete_action(&seen.id, name).await {
            Ok(()) => true,
            Err(failure) => {
                done.fail(failure);
                false
            }
        }
    }

    /// Puts the standing record of this name again, at the same time, unless it was renewed meanwhile.
    pub(super) async fn remake(
        &self,
        seen: &Seen,
        name: &'static str,
        at_release: AtRelease,
        records: Records,
        done: &mut Done,
    ) -> Records {
        let Some(record) = records.named(name) else { return records };
        let put = self.put(&seen.id, name, End::Of(record), at_release, &records, done).await;
        put.applied(name, records)
    }

    /// A plain record may just have replaced one of an input that raises the floor at this moment. Found so, the
    /// record becomes one that drops the floor, or the floor would count as the owner's.
    async fn look_for_a_floor(
        &self,
        seen: &Seen,
        decision: &Decision,
        records: Records,
        done: &mut Done,
    ) -> Records {
        let mut written = decision.records.iter().filter_map(|write| match write {
            RecordWrite::Lease(_) | RecordWrite::EndLease => Some(LEASE),
            RecordWrite::Hold(_) => Some(HOLD),
            RecordWrite::MakeFloor(_)
            | RecordWrite::MakePlain(_)
            | RecordWrite::CancelEnded
            | RecordWrite::Delete(_) => None,
        });
        let plain = |name: &&str| records.named(name).is_some_and(|record| !record.is_floor());
        let Some(name) = written.rfind(plain) else { return records };
        if self.floor_appeared(seen, done).await {
            return self.remake(seen, name, AtRelease::DropFloor, records, done).await;
        }
        records
    }

    /// Whether a floor of ours may have appeared since the endpoint was looked at. No floor of ours is raised where
    /// scheduled scaling is suspended or a schedule of the owner sets the minimum: what appears there is the
    /// owner's, unless that has changed as well.
    pub(super) async fn floor_appeared(&self, seen: &Seen, done: &mut Done) -> bool {
        let (Some(target), Some(records)) = (seen.target(), seen.records()) else { return false };
        if target.min != 0 {
            return false;
        }
        let Some(now) = self.woken_or_raised(seen, done).await else { return false };
        if !target.suspended.scheduled && !records.foreign_min {
            return true;
        }
        !now.suspended.scheduled
            && self.records_now(&seen.id, done).await.is_some_and(|records| !records.foreign_min)
    }

    /// The target as it stands now, if somebody requested capacity, or raised the minimum, since the endpoint was
    /// looked at.
    pub(super) async fn woken_or_raised(
        &self,
        seen: &Seen,
        done: &mut Done,
    ) -> Option<ScalableTarget> {
        let aws = self.aws_for(done.signal);
        let (endpoint, target) = join!(aws.endpoint(&seen.id.endpoint), aws.target(&seen.id));
        let (endpoint, target) = match (endpoint, target) {
            (Ok(Some(endpoint)), Ok(Some(target))) => (endpoint, target),
            (Err(failure), _) | (_, Err(failure)) => {
                done.fail(failure);
                return None;
            }
            // Gone meanwhile, and nothing left to look after.
            (Ok(None), _) | (_, Ok(None)) => return None,
        };
        let desired =
            endpoint.variants.iter().find(|v| v.name == seen.id.variant).and_then(|v| v.desired);
        // Under the owner's minimum, capacity is requested for that minimum: a floor record would make it ours.
        let of_owner = matches!((seen.target(), seen.records()), (Some(target), Some(records))
            if MinOwner::of(target, records) == MinOwner::Owner);
        let woken =
            !of_owner && seen.observed.variant.desired == Some(0) && desired.is_some_and(|n| n > 0);
        let raised = target.min == 1 && seen.target().is_some_and(|target| target.min != 1);
        (woken || raised).then_some(target)
    }

    pub(super) async fn write_lease(
        &self,
        id: &VariantId,
        end: Timestamp,
        at_release: AtRelease,
        records: &Records,
        done: &mut Done,
    ) -> Put {
        // The end was decided before the capacity call: a slow one must not shorten the lease.
        let end = End::At(end.max(self.clock.now()));
        let put = self.put(id, LEASE, end, at_release, records, done).await;
        done.lease_renewed = matches!(put, Put::Written(_));
        put
    }

    /// Puts a record. There is no compare-and-set: when somebody else was at it, read again, and
    /// be content if what stands there is late enough.
    pub(super) async fn put(
        &self,
        id: &VariantId,
        name: &'static str,
        end: End,
        at_release: AtRelease,
        records: &Records,
        done: &mut Done,
    ) -> Put {
        for attempt in 1..=PUT_ATTEMPTS {
            // A tick goes by the listing that it began with, and either look may have read the
            // backlog since: an input may have renewed meanwhile.
            let from_a_listing =
                matches!(done.signal, SignalKind::Tick | SignalKind::EndpointChanged);
            let looks = match end {
                End::At(_) => attempt > 1 || from_a_listing,
                End::Of(_) => name != NO_FLOOR,
                End::Again(..) => true,
                End::Now => false,
            };
            let found = if looks { self.records_now(id, done).await } else { None };
            let mut release = end.release(self.clock.now());
            if at_release == AtRelease::DropFloor {
                // One that is not later would be cancelled from the start.
                let cancelled = [Some(records), found.as_ref()].into_iter().flatten();
                let until = cancelled.filter_map(Records::cancelled_until).max();
                release = until.map_or(release, |until| release.max(until + SECOND));
            }
            if let Some(found) = found
                && end.is_served(found.named(name), release)
            {
                done.awake_until = done.awake_until.max(found.ends_at());
                return Put::Stands(found);
            }
            let record = Record { release, at_release };
            match self.aws_for(done.signal).put_record(id, name, record).await {
                Ok(()) => {
                    if name != NO_FLOOR {
                        done.awake_until = match end {
                            End::Now => Some(record.ends_at()),
                            End::At(_) | End::Of(_) | End::Again(..) => {
                                done.awake_until.max(Some(record.ends_at()))
                            }
                        };
                    }
                    return Put::Written(record);
                }
                Err(failure)
                    if failure.kind == FailureKind::Concurrent && attempt < PUT_ATTEMPTS => {}
                Err(failure) => {
                    done.fail(failure);
                    return Put::Failed;
                }
            }
        }
        Put::Failed
    }

    /// The records as they stand now, if the one of this name is late enough. A failed read is no answer: the
    /// put is simply tried again.
    pub(super) async fn stands_late_enough(
        &self,
        id: &VariantId,
        name: &str,
        release: Timestamp,
        done: &mut Done,
    ) -> Option<Records> {
        let records = self.records_now(id, done).await?;
        let enough = records.named(name).is_some_and(|standing| standing.release >= release);
        enough.then(|| {
            done.awake_until = done.awake_until.max(records.ends_at());
            records
        })
    }

    pub(super) async fn records_now(&self, id: &VariantId, done: &Done) -> Option<Records> {
        let actions = self.aws_for(done.signal).actions(id).await.ok()?;
        Some(Records::read(&actions, id, self.clock.now()))
    }
}

impl End {
    /// R of a record that ends so.
    fn release(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(end) => release_time(end),
            // A second earlier, so that one that must be later than this one is over at once, too.
            Self::Now => release_time_of_ended(now) - SECOND,
            Self::Of(record) => record.release,
            Self::Again(end, Replaced { before, after }) => {
                let known = before.into_iter().chain(after).map(|record| record.release);
                known.fold(release_time(end), Timestamp::max)
            }
        }
    }

    /// Whether what stands there by now is to stay, where `release` would be written.
    fn is_served(self, standing: Option<Record>, release: Timestamp) -> bool {
        match self {
            Self::At(_) => standing.is_some_and(|standing| standing.release >= release),
            Self::Now => false,
            Self::Of(record) => standing != Some(record),
            Self::Again(_, Replaced { before, after }) => {
                ![None, before, after].contains(&standing)
                    && standing.is_some_and(|standing| standing.release >= release)
            }
        }
    }
}

impl Put {
    /// The records with what was put.
    pub(super) fn applied(self, name: &str, mut records: Records) -> Records {
        match self {
            Self::Written(record) => records.set(name, record),
            Self::Stands(standing) => records = standing,
            Self::Failed => {}
        }
        records
    }
}
