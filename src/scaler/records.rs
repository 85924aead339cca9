//! The record changes of a decision. There is no compare-and-set in Application Auto Scaling: after they are written, the
//! code checks whether they replaced a newer record.

use futures_util::join;
use jiff::Timestamp;

use super::{
    record_put::{End, Put},
    replaced::Replaced,
    seen::Seen,
    session::Session,
};
use crate::{
    decide::{Action, Decision, Floor, MinOwner, Read, RecordWrite},
    lease::{AtRelease, HOLD, Kept, Record, Records},
    port::{Aws, Clock, Endpoints, ScalableTarget, Scaling, VariantId},
};

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
                            // A sleep, also a forced one at zero, lowers the floor next.
                            if decision.action == Action::Release
                                && decision.floor != Some(Floor::Lower)
                            {
                                let kept = records.to_extend();
                                records = self.cover_floor(seen, kept, records).await;
                            }
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
}
