//! Carries out a decision: capacity, then records, then floor. If a step fails, the others are still tried. A change
//! that was already made is a success.

use jiff::{SignedDuration, Timestamp};

use super::{
    SignalKind,
    capacity::{Granted, Requested, is_busy},
    record_cleanup::Cleanup,
    record_put::{End, Put, READS_CATCH_UP, SECOND},
    records::FloorNext,
    replaced::Replaced,
    result::Conclusion,
    seen::Seen,
    session::Session,
};
use crate::{
    config::Policy,
    decide::{Action, Decision, Floor, Read, RecordWrite, Trigger, tick::runs_out},
    lease::{AtRelease, HOLD, Kept, NO_FLOOR, Record, Records, SPARE, release_time},
    port::{Aws, Clock, Scaling, VariantId},
    reason::Reason,
};

/// If the record and the floor take longer than this together, another invocation had the time to replace the record
/// and to look for a floor before there was one.
const QUICK: SignedDuration = SignedDuration::from_secs(1);

/// The result of a decision's changes.
pub(super) struct Acted {
    /// A capacity was requested and accepted.
    pub(super) accepted: bool,
    /// AWS was busy with another change, and a record stores the request.
    pub(super) busy: bool,
    /// Nothing was changed: there was nothing to change, or only a capacity that was refused.
    pub(super) unchanged: bool,
}

impl<A: Aws, C: Clock> Session<'_, A, C> {
    /// Carries out a decision, and on ticks cleans up the records. `requested`: the capacity request that was
    /// already made. In observe mode, nothing is written.
    pub(super) async fn carry_out(
        &mut self,
        trigger: Trigger,
        seen: &Seen,
        decision: &Decision,
        requested: Option<Requested>,
        policy: &Policy,
    ) -> Conclusion {
        if self.subject.observe_only {
            self.effects.capacity = decision.capacity;
            self.effects.awake_until =
                decision.awake_until(self.effects.awake_until, self.clock.now());
            return Conclusion::from(decision);
        }
        if decision.action == Action::Sleep {
            return self.sleep(seen, decision, policy).await;
        }
        let acted = self.act(seen, decision, requested).await;
        let conclusion = Conclusion::after(decision, acted.busy);
        // A decision that lowers the floor writes what cancels floor records itself.
        if !matches!(trigger, Trigger::Tick | Trigger::EndpointChanged)
            || decision.floor == Some(Floor::Lower)
        {
            return conclusion;
        }
        // After a refusal, too: ticks can be refused each minute until a record of ours runs.
        let cleanup = if acted.unchanged { Cleanup::All } else { Cleanup::NoFloor };
        match self.clean_up_records(seen, policy, cleanup).await {
            true => {
                Conclusion { action: Action::Extend, reason: Reason::WorkSlippedIn, ..conclusion }
            }
            false => conclusion,
        }
    }

    /// Makes the changes of a decision other than a sleep.
    pub(super) async fn act(
        &mut self,
        seen: &Seen,
        decision: &Decision,
        requested: Option<Requested>,
    ) -> Acted {
        let requested = match (requested, decision.capacity) {
            (None, Some(capacity)) => Some(self.request_capacity(&seen.id, capacity).await),
            (requested, _) => requested,
        };
        let accepted = requested.as_ref().is_some_and(|requested| requested.answer.is_ok());
        let granted = requested.as_ref().map_or(Granted::Yes, Requested::granted);
        let busy = match requested.and_then(|requested| requested.answer.err()) {
            // If the other change is a scale-out, no request is needed. If it is a scale-in, the record makes the next
            // tick or state change wake the endpoint. Without a record, the caller must retry.
            Some(failure) if is_busy(&failure) && self.is_remembered(seen, decision) => true,
            Some(failure) => {
                self.fail(failure);
                false
            }
            None => false,
        };
        self.effects.busy = busy;
        let floor = match decision.floor {
            _ if granted == Granted::No => FloorNext::NotRaised,
            Some(Floor::Raise) => FloorNext::Raised,
            None if decision.capacity.is_some() => FloorNext::OfAnotherWake,
            Some(Floor::Lower) | None => FloorNext::NotRaised,
        };
        let begun = self.clock.now();
        let written = self.write_records(seen, decision, floor).await;
        match decision.floor {
            Some(Floor::Raise) if granted == Granted::Yes => {
                self.raise_floor(&seen.id, &written.records, begun).await;
                if decision.capacity.is_none() && self.others_may_have_read_before(seen) {
                    self.keep_floor_covered(seen, &written.records).await;
                }
            }
            Some(Floor::Lower) => _ = self.take_floor(seen, &written.records).await,
            Some(Floor::Raise) | None => {}
        }
        let only_with_floor = |write: &RecordWrite| matches!(write, RecordWrite::MakeFloor(_));
        let unchanged = decision.writes_nothing()
            || granted == Granted::No
                && decision.records.iter().all(only_with_floor)
                && decision.floor != Some(Floor::Lower);
        Acted { accepted, busy, unchanged }
    }

    /// Whether somebody may have acted at the same time on reads that are older than the floor of an endpoint that was up.
    /// Beside a live record, no sleep begins: many inputs find one, and do not look again. A tick seldom raises a floor,
    /// and a person can release the endpoint then. A tick that adopts an endpoint finds no record.
    fn others_may_have_read_before(&self, seen: &Seen) -> bool {
        let by_tick = matches!(self.subject.signal, SignalKind::Tick | SignalKind::EndpointChanged);
        seen.records().is_some_and(|records| match by_tick {
            true => records.exist(),
            false => !records.live(self.clock.now()),
        })
    }

    /// Whether a record makes a later tick request the capacity again.
    fn is_remembered(&self, seen: &Seen, decision: &Decision) -> bool {
        !decision.records.is_empty()
            || seen.records().is_some_and(|records| records.live(self.clock.now()))
    }

    /// Lowers our floor to 0 and cancels the records that lower it. Returns whether both succeeded. If the floor
    /// could not be lowered, and AWS would not lower it at R either, its record is kept: without a record, the floor
    /// would count as the owner's.
    pub(super) async fn take_floor(&mut self, seen: &Seen, records: &Records) -> bool {
        if self.set_floor(&seen.id, Floor::Lower).await {
            return self.cancel_floor(seen, records).await;
        }
        let missed = seen.target().is_some_and(|target| target.suspended.scheduled);
        let now = self.clock.now();
        if missed && runs_out(records.release_at(), now) {
            let kept = records.to_extend();
            if !self.ends_late_enough(&seen.id, kept.name(), release_time(now)).await {
                self.extend(&seen.id, (kept, now), AtRelease::DropFloor, records).await;
            }
        }
        false
    }

    /// Raises the floor again that a sleep lowered, because work arrived. The record is renewed first, as an input
    /// would renew it: what was read of it may be older than the write that cancelled it.
    pub(super) async fn restore_floor(
        &mut self,
        seen: &Seen,
        records: &Records,
        (kept, end): (Kept, Timestamp),
    ) {
        let begun = self.clock.now();
        let put = self.extend(&seen.id, (kept, end), AtRelease::DropFloor, records).await;
        let records = put.applied(kept.name(), *records);
        self.raise_floor(&seen.id, &records, begun).await;
        self.keep_floor_covered(seen, &records).await;
    }

    /// Raises the floor, if a live record lowers it. Otherwise, nothing would lower it after a crash. `begun`: right
    /// before the record was written.
    ///
    /// An invocation that read the records before that may delete the record, or replace it with a plain one, and look
    /// for a floor before there is one. If there was time for that, the records are read again.
    async fn raise_floor(&mut self, id: &VariantId, records: &Records, begun: Timestamp) {
        let Some(lowering) = records.lowering_floor(self.clock.now()) else { return };
        self.set_floor(id, Floor::Raise).await;
        if self.clock.now().duration_since(begun) > QUICK {
            self.cover_raised_floor(id, lowering, records).await;
        }
    }

    /// After the floor of an endpoint was raised that may be on its way to zero: an input that found it there, and whose
    /// reads were older than this floor, can have made the record plain.
    async fn keep_floor_covered(&mut self, seen: &Seen, records: &Records) {
        let Some(lowering) = records.lowering_floor(self.clock.now()) else { return };
        // An input can act on reads that old until READS_CATCH_UP has passed, and what it writes is visible after as long
        // again. A later one finds this floor itself.
        self.clock.wait(2 * READS_CATCH_UP).await;
        if self.floor_is_uncovered(seen).await {
            // The target can have been read older than the records. A sleep that lowered the floor before is visible then.
            self.clock.wait(READS_CATCH_UP).await;
            if self.floor_is_uncovered(seen).await {
                self.cover_raised_floor(&seen.id, lowering, records).await;
            }
        }
    }

    /// Whether the minimum is 1 and can be our floor, and no record lowers it. The target is read after the records: if it
    /// was deregistered in the meantime, they are gone with it.
    async fn floor_is_uncovered(&mut self, seen: &Seen) -> bool {
        let Some(now) = self.read_again(seen).await else { return false };
        let answer = self.aws.target(&seen.id).await;
        let Read::Known(Some(target)) = self.read(answer) else { return false };
        let can_be_ours = target.min == 1 && !target.suspended.scheduled && !now.foreign_min;
        can_be_ours && !now.floor_is_ours()
    }

    /// Writes the record again that lowers a raised floor, unless a live one does. If the records cannot be read, it is
    /// written. A hold that is gone was deleted by a command: another record that has ended lowers the floor instead. It
    /// has a later R than the floor records that stand, because a sleep may be about to cancel these.
    async fn cover_raised_floor(
        &mut self,
        id: &VariantId,
        (name, record): (&'static str, Record),
        records: &Records,
    ) {
        let found = self.records_now(id).await;
        let now = self.clock.now();
        let (name, end) = match found {
            Some(found) if found.lowering_floor(now).is_some() => return,
            Some(found) if name == HOLD && found.hold.is_none() => (found.to_extend().name(), now),
            Some(_) | None => (name, record.ends_at()),
        };
        let standing = found.unwrap_or(*records);
        let counting = standing.keeping_awake().filter(|(_, record)| standing.counts(*record));
        let later = counting.map(|(_, record)| record.ends_at() + SECOND);
        let same = standing.named(name).map(Record::ends_at);
        let end = later.chain(same).fold(end, Timestamp::max);
        let put = self.put(id, name, End::BesideFloor(end), AtRelease::DropFloor, &standing).await;
        self.effects.lease_written |= matches!(put, Put::Written(_));
    }

    /// Cancels the records that lower our floor, so that a `MinCapacity` of 1 counts as the owner's from now on.
    /// Returns whether that succeeded. A live record is made plain. One that has ended is not changed, because an
    /// input may have renewed it a moment ago: an action of its own cancels it.
    pub(super) async fn cancel_floor(&mut self, seen: &Seen, records: &Records) -> bool {
        let Some(target) = seen.target() else { return true };
        let now = self.clock.now();
        let plain = AtRelease::KeepMax(target.max);
        let live = |record: Record| records.counts(record) && record.live(now);
        let (mut all_done, mut made_plain) = (true, None);
        for (name, record) in records.keeping_awake().filter(|(_, record)| live(*record)) {
            let put = self.put(&seen.id, name, End::Of(record), plain, records).await;
            all_done &= put != Put::Failed;
            if let Put::Written(after) = put {
                made_plain = Some((name, record, after));
            }
        }
        all_done &= self.cancel_ended(seen, records).await;
        match made_plain {
            Some(made_plain) => !self.was_raised_again(seen, records, made_plain).await && all_done,
            None => all_done,
        }
    }

    /// Whether the floor was raised again since this invocation lowered it. An input that finds the record as it was
    /// writes it again unchanged, which the invocation that makes it plain cannot see. If so, the record is written
    /// again, so that it lowers the floor.
    async fn was_raised_again(
        &mut self,
        seen: &Seen,
        records: &Records,
        (name, before, after): (&'static str, Record, Record),
    ) -> bool {
        let answer = self.aws.target(&seen.id).await;
        let Read::Known(Some(target)) = self.read(answer) else { return false };
        if target.min != 1 || !self.floor_can_be_ours(seen, &target).await {
            return false;
        }
        let replaced = Replaced { before: Some(before), after: Some(after) };
        let end = End::Again(before.ends_at(), replaced);
        self.put(&seen.id, name, end, AtRelease::DropFloor, records).await;
        true
    }

    /// Cancels the records that lower our floor and have ended. Returns whether that succeeded.
    pub(super) async fn cancel_ended(&mut self, seen: &Seen, records: &Records) -> bool {
        let Some(target) = seen.target() else { return true };
        let now = self.clock.now();
        let ended = |record: &Record| records.counts(*record) && !record.live(now);
        let releases = records.keeping_awake().map(|(_, record)| record).filter(ended);
        let Some(latest) = releases.map(|record| record.release).max() else { return true };
        let no_floor = Record::plain(latest + SPARE, target.max);
        let put = self.put(&seen.id, NO_FLOOR, End::Of(no_floor), no_floor.at_release, records);
        put.await != Put::Failed
    }

    /// Sets `MinCapacity`. Returns whether that succeeded.
    pub(super) async fn set_floor(&mut self, id: &VariantId, floor: Floor) -> bool {
        let min = match floor {
            Floor::Raise => 1,
            Floor::Lower => 0,
        };
        let answer = self.aws.set_min(id, min).await;
        self.succeeded(answer)
    }
}
