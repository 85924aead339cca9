//! Carrying a decision out: capacity, then records, then floor. "Already so" is success, and a
//! failure of one step keeps none of the others from being tried.

use jiff::Timestamp;

use super::{
    Done, Scaler,
    capacity::{Granted, Requested},
    look::Seen,
    records::{End, Put},
};
use crate::{
    config::Policy,
    decide::{Decision, Floor, RecordWrite, tick::runs_out},
    lease::{AtRelease, LEASE, NO_FLOOR, Record, Records, SPARE, WATCH, release_time},
    port::{Aws, Clock, Scaling, VariantId},
};

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Everything but a sleep. What was `asked` for already is not asked for again. Whether nothing was changed: there
    /// was nothing to do, or all that was to do was a capacity that was refused.
    pub(super) async fn act(
        &self,
        seen: &Seen,
        decision: &Decision,
        asked: Option<Requested>,
        oldest_input: Option<Timestamp>,
        done: &mut Done,
    ) -> bool {
        let asked = match (asked, decision.capacity) {
            (None, Some(capacity)) => {
                Some(self.request_capacity(&seen.id, capacity, done.signal).await)
            }
            (asked, _) => asked,
        };
        let granted = asked.as_ref().map_or(Granted::Yes, Requested::granted);
        if let Some(asked) = asked {
            let remembered = !decision.records.is_empty()
                || seen.records().is_some_and(|records| records.live(self.clock.now()));
            asked.tell(remembered, oldest_input, done);
        }
        let raised = decision.floor == Some(Floor::Raise) && granted != Granted::No;
        let records = self.write_records(seen, decision, raised, done).await;
        match decision.floor {
            // Raised only beside a record that drops it: a crash, or a refused record, leaks nothing.
            Some(Floor::Raise) if granted == Granted::Yes => {
                if records.floor_is_covered(self.clock.now()) {
                    self.move_floor(&seen.id, Floor::Raise, done).await;
                }
            }
            Some(Floor::Lower) => _ = self.take_floor(seen, &records, done).await,
            Some(Floor::Raise) | None => {}
        }
        let only_with_floor = |write: &RecordWrite| matches!(write, RecordWrite::MakeFloor(_));
        decision.writes_nothing()
            || granted == Granted::No
                && decision.records.iter().all(only_with_floor)
                && decision.floor != Some(Floor::Lower)
    }

    /// Puts our floor back to 0, and says so in the records; whether both were done. Where the floor was not
    /// put back, and AWS would not do it at R either, its record is kept: without one it would count as the
    /// owner's.
    pub(super) async fn take_floor(&self, seen: &Seen, records: &Records, done: &mut Done) -> bool {
        if self.move_floor(&seen.id, Floor::Lower, done).await {
            return self.cancel_floor(seen, records, done).await;
        }
        let missed = seen.target().is_some_and(|target| target.suspended.scheduled);
        let now = self.clock.now();
        // As far as is known by now: this invocation may have written one.
        let release = done.awake_until.map(|end| end + WATCH);
        if missed && runs_out(release, now) {
            let end = release_time(now);
            if self.stands_late_enough(&seen.id, LEASE, end, done).await.is_none() {
                self.write_lease(&seen.id, now, AtRelease::DropFloor, records, done).await;
            }
        }
        false
    }

    /// Raises the floor that a sleep took again, for work that slipped in. The lease is renewed first, as an
    /// input's would be: what was read of it may be older than the write that cancelled it.
    pub(super) async fn restore_floor(
        &self,
        seen: &Seen,
        records: &Records,
        policy: &Policy,
        done: &mut Done,
    ) {
        let end = self.clock.now() + policy.idle + policy.renewal_step();
        let floor = AtRelease::DropFloor;
        let put = self.write_lease(&seen.id, end, floor, records, done).await;
        if put.applied(LEASE, *records).floor_is_covered(self.clock.now()) {
            self.move_floor(&seen.id, Floor::Raise, done).await;
        }
    }

    /// Says in the records that no floor of ours stands, so that a `MinCapacity` of 1 counts as the owner's from
    /// now on; whether that was done. A live record becomes a plain one. One that is over is not touched, an
    /// input may have renewed it a moment ago: an action of its own cancels it.
    pub(super) async fn cancel_floor(
        &self,
        seen: &Seen,
        records: &Records,
        done: &mut Done,
    ) -> bool {
        let Some(target) = seen.target() else { return true };
        let now = self.clock.now();
        let plain = AtRelease::KeepMax(target.max);
        let live = |record: Record| records.counts(record) && record.live(now);
        let mut all_done = true;
        for (name, record) in records.standing().filter(|(_, record)| live(*record)) {
            let put = self.put(&seen.id, name, End::Of(record), plain, records, done).await;
            all_done &= put != Put::Failed;
        }
        self.cancel_ended(seen, records, done).await && all_done
    }

    /// The same for the records alone that are over.
    pub(super) async fn cancel_ended(
        &self,
        seen: &Seen,
        records: &Records,
        done: &mut Done,
    ) -> bool {
        let Some(target) = seen.target() else { return true };
        let now = self.clock.now();
        let ended = |record: &Record| records.counts(*record) && !record.live(now);
        let releases = records.standing().map(|(_, record)| record).filter(ended);
        let Some(latest) = releases.map(|record| record.release).max() else { return true };
        let no_floor = Record::plain(latest + SPARE, target.max);
        let put =
            self.put(&seen.id, NO_FLOOR, End::Of(no_floor), no_floor.at_release, records, done);
        put.await != Put::Failed
    }

    pub(super) async fn move_floor(&self, id: &VariantId, floor: Floor, done: &mut Done) -> bool {
        let min = match floor {
            Floor::Raise => 1,
            Floor::Lower => 0,
        };
        match self.aws_for(done.signal).set_min(id, min).await {
            Ok(()) => true,
            Err(failure) => {
                done.fail(failure);
                false
            }
        }
    }
}
