//! Carrying a decision out: capacity, then records, then floor. "Already so" is success, and a
//! failure of one step keeps none of the others from being tried.

use jiff::{SignedDuration, Timestamp};

use super::{
    Done, Scaler, SignalKind,
    observe::Seen,
    records::{End, Put},
};
use crate::{
    config::Policy,
    decide::{Action, Decision, Floor, RecordWrite, tick::runs_out},
    lease::{AtRelease, LEASE, NO_FLOOR, Record, Records, SPARE, WATCH, release_time},
    port::{Aws, AwsResult, Clock, Endpoints, FailureKind, Scaling, VariantId},
    reason::Reason,
};

/// A capacity that was requested, and what came of it.
pub(super) struct Asked {
    pub(super) capacity: i32,
    pub(super) answer: AwsResult<()>,
    pub(super) answered_at: Timestamp,
}

/// What the answer says about the capacity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Granted {
    /// It was accepted.
    Yes,
    /// It may have been accepted, from us or from somebody else at the same moment.
    Perhaps,
    /// It was refused.
    No,
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Everything but a sleep. What was `asked` for already is not asked for again. Whether nothing was changed: there
    /// was nothing to do, or all that was to do was a capacity that was refused.
    pub(super) async fn act(
        &self,
        seen: &Seen,
        decision: &Decision,
        asked: Option<Asked>,
        oldest_input: Option<Timestamp>,
        done: &mut Done,
    ) -> bool {
        let asked = match (asked, decision.capacity) {
            (None, Some(capacity)) => Some(self.ask_for(&seen.id, capacity, done.signal).await),
            (asked, _) => asked,
        };
        let granted = asked.as_ref().map_or(Granted::Yes, Asked::granted);
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

    pub(super) async fn ask_for(&self, id: &VariantId, capacity: i32, signal: SignalKind) -> Asked {
        let answer = self.aws_for(signal).set_capacity(id, capacity).await;
        Asked { capacity, answer, answered_at: self.clock.now() }
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

impl Asked {
    fn granted(&self) -> Granted {
        let Err(failure) = &self.answer else { return Granted::Yes };
        match failure.kind {
            FailureKind::Busy
            | FailureKind::Concurrent
            | FailureKind::Throttled
            | FailureKind::NoAnswer => Granted::Perhaps,
            FailureKind::EndpointMissing
            | FailureKind::EndpointConfigMissing
            | FailureKind::NotRegistered
            | FailureKind::Quota
            | FailureKind::InsufficientCapacity
            | FailureKind::AccessDenied
            | FailureKind::ExplicitDeny
            | FailureKind::OtherPolicy
            | FailureKind::CredentialsExpired
            | FailureKind::CredentialsInvalid
            | FailureKind::NoCredentials
            | FailureKind::StoredMissing
            | FailureKind::WrongRegion
            | FailureKind::Other => Granted::No,
        }
    }

    /// Tells the report; `remembered` is whether a record makes a later tick ask again.
    fn tell(self, remembered: bool, oldest_input: Option<Timestamp>, done: &mut Done) {
        match self.answer {
            Ok(()) => {
                done.to = Some(self.capacity);
                done.wake_latency = oldest_input
                    .map(|input| self.answered_at.duration_since(input))
                    .filter(|latency| *latency >= SignedDuration::ZERO);
            }
            // Somebody is changing it at this moment: up, and all is well; down, and the lease
            // makes the next tick or state change wake it. Without a lease, the caller must retry.
            Err(failure) if Done::is_busy(&failure) && remembered => {
                done.reason = Reason::EndpointBusy;
                // A hold that was asked for is written all the same.
                if done.action != Action::Hold {
                    done.action = Action::Extend;
                }
            }
            Err(failure) => done.fail(failure),
        }
    }
}
