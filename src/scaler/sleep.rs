//! Scales in to zero without losing work that arrives at the same time: records, floor 0, a last look, capacity 0, and
//! another look. If the results are connected, both looks also read the ledger.
//!
//! The floor is lowered first because that takes longest to take effect. A last look before it would be too old when
//! capacity is set. The lease is never deleted: an input may have renewed it a moment ago, and only this renewal
//! remembers the input.

use futures_util::{StreamExt, join, stream};
use jiff::{SignedDuration, Timestamp};

use super::{
    capacity::is_busy,
    ledger::AT_ONCE,
    records::{FloorNext, at_release_beside_a_wake},
    result::Conclusion,
    seen::Seen,
    session::Session,
};
use crate::{
    config::Policy,
    decide::{
        Action, Decision, Floor, FloorWithheld, LedgerAtSleep, LedgerSeen, Read, RecordWrite,
        floor_while_awake, tick::EXTENSION, wake,
    },
    lease::{Kept, Records},
    ledger::{Item, to_forget},
    port::{
        Aws, AwsResult, Clock, Endpoint, EndpointStatus, Endpoints, Ledger, ScalableTarget,
        Scaling, ScheduledAction, WithLedger,
    },
    reason::Reason,
};

/// A last look that reads the ledger and takes longer than this is repeated. Its parts are read at the same time, and what
/// was read first is too old when the last part arrives.
const SLOW: SignedDuration = SignedDuration::from_secs(3);

/// The result of the last look.
enum LastLook {
    /// Nothing has changed. The target as it is now, without our floor, the records, and the items of the ledger. No
    /// target if the variant is not registered.
    Same(Option<ScalableTarget>, Records, Vec<Item>),
    /// There is work now.
    Work(Work),
    /// Something else keeps the endpoint awake, or could not be read.
    Stay(Reason),
}

/// Work that arrived during a sleep.
struct Work {
    records: Records,
    /// The record that is renewed, and its end.
    renewed: (Kept, Timestamp),
    /// Whether it must be renewed. If it is live, an input has renewed it.
    must_renew: bool,
    /// What has to be done about the floor.
    floor: Result<Option<Floor>, FloorWithheld>,
}

impl<A: Aws, C: Clock> Session<'_, A, C> {
    /// Carries out a sleep.
    pub(super) async fn sleep(
        &mut self,
        seen: &Seen,
        decision: &Decision,
        policy: &Policy,
    ) -> Conclusion {
        let stay =
            |reason| Conclusion { action: Action::None, reason, ..Conclusion::from(decision) };
        let written = self.write_records(seen, decision, FloorNext::NotRaised).await;
        if !written.complete {
            // A forced sleep that could not end the lease changes nothing else.
            return stay(Reason::LeaseLive);
        }
        let records = written.records;
        let floor_stood = seen.target().is_some_and(|target| target.min >= 1);
        let is_gone = if floor_stood {
            self.take_floor(seen, &records).await
        } else if self.floor_was_raised(seen, &records).await {
            return stay(Reason::WorkSlippedIn);
        } else {
            self.cancel_floor(seen, &records).await
        };
        if !is_gone {
            // With a floor of 1, AWS would raise a capacity of 0 again, and a floor of the owner would count as ours.
            return stay(Reason::TargetUnreadable);
        }
        let (target, items) = match self.last_look(seen, decision.ledger, policy).await {
            // Another tick at the same time may have used older records.
            LastLook::Same(target, records, items) => {
                if !self.cancel_floor(seen, &records).await {
                    return stay(Reason::TargetUnreadable);
                }
                (target, items)
            }
            LastLook::Work(work) => {
                self.effects.awake_until = work.records.ends_at();
                let withheld = self.put_floor_back(seen, work).await;
                return stay(Reason::WorkSlippedIn).or_withheld(withheld);
            }
            LastLook::Stay(reason) => return stay(reason),
        };
        let requested = self.request_capacity(&seen.id, 0).await;
        match requested.answer {
            Ok(()) => {
                if let LedgerAtSleep::NoneSince(before) = decision.ledger {
                    self.forget(seen, &items, before).await;
                }
                match self.look_again(seen, target, decision.ledger, policy).await {
                    Some(action) => Conclusion { action, ..stay(Reason::WorkSlippedIn) },
                    None => Conclusion::from(decision),
                }
            }
            Err(failure) if is_busy(&failure) => stay(Reason::EndpointBusy),
            Err(failure) => {
                self.fail(failure);
                let slipped_in = self.work_slipped_in(seen, decision.ledger).await;
                let Some((records, kept)) = slipped_in else { return stay(decision.reason) };
                // The request may have taken effect, or not: a wake could scale in what still runs (rule 2). If it
                // took effect, SageMaker is busy with it. The live lease makes the next tick wake the endpoint, and
                // until then the floor that was lowered is raised again.
                let desired = seen.observed.variant.desired;
                let floor = target.map_or(Err(FloorWithheld::NotRegistered), |target| {
                    floor_while_awake(&target, &records, desired)
                });
                let renewed = (kept, self.renewed_end(policy));
                let work =
                    Work { must_renew: !records.live(self.clock.now()), records, renewed, floor };
                let withheld = self.put_floor_back(seen, work).await;
                stay(Reason::WorkSlippedIn).or_withheld(withheld)
            }
        }
    }

    /// Whether the floor was raised since the target was read, with a record that this sleep is about to cancel.
    /// Without the record, the floor would count as the owner's.
    async fn floor_was_raised(&mut self, seen: &Seen, records: &Records) -> bool {
        if !records.keeping_awake().any(|(_, record)| records.counts(record)) {
            return false;
        }
        let answer = self.aws.target(&seen.id).await;
        match self.read(answer) {
            Read::Known(target) => target.is_some_and(|target| target.min >= 1),
            Read::Failed => true,
        }
    }

    /// Raises the floor again that this sleep lowered, if it may exist. Returns why not. Renews the record if nobody else
    /// has.
    async fn put_floor_back(&mut self, seen: &Seen, work: Work) -> Option<FloorWithheld> {
        let Work { records, renewed, must_renew, floor } = work;
        let stood = seen.target().is_some_and(|target| target.min >= 1);
        let raises = stood && floor == Ok(Some(Floor::Raise));
        if must_renew && !raises {
            // The input that arrived may raise the floor at this moment.
            let at_release = at_release_beside_a_wake(seen.target(), &records, renewed.0);
            self.extend(&seen.id, renewed, at_release, &records).await;
        }
        match floor {
            Ok(Some(Floor::Raise)) if stood => self.restore_floor(seen, &records, renewed).await,
            Ok(Some(Floor::Lower)) if stood => {
                self.set_floor(&seen.id, Floor::Lower).await;
            }
            Ok(_) => {}
            Err(withheld) => return Some(withheld),
        }
        None
    }

    /// The end of a record that is renewed now.
    fn renewed_end(&self, policy: &Policy) -> Timestamp {
        self.clock.now() + policy.idle + policy.renewal_step()
    }

    /// The last look. It is repeated once if it was slow. If it is slow again, the endpoint stays awake.
    async fn last_look(&mut self, seen: &Seen, ledger: LedgerAtSleep, policy: &Policy) -> LastLook {
        let (look, is_slow) = self.timed_look(seen, ledger, policy).await;
        if ledger == LedgerAtSleep::NotUsed || !is_slow {
            return look;
        }
        match self.timed_look(seen, ledger, policy).await {
            // Nothing that the first looks of this invocation have read is used: others may have changed it since.
            (LastLook::Same(target, records, _), true) => {
                let desired = seen.observed.variant.desired;
                let floor = target.map_or(Err(FloorWithheld::NotRegistered), |target| {
                    floor_while_awake(&target, &records, desired)
                });
                let renewed = (Kept::Work, self.clock.now() + EXTENSION);
                LastLook::Work(Work { records, renewed, must_renew: true, floor })
            }
            (look, _) => look,
        }
    }

    /// A last look, and whether it was slow.
    async fn timed_look(
        &mut self,
        seen: &Seen,
        ledger: LedgerAtSleep,
        policy: &Policy,
    ) -> (LastLook, bool) {
        let begun = self.clock.now();
        let look = self.look_once(seen, ledger, policy).await;
        (look, self.clock.now().duration_since(begun) > SLOW)
    }

    async fn look_once(&mut self, seen: &Seen, ledger: LedgerAtSleep, policy: &Policy) -> LastLook {
        let aws = self.aws;
        let (endpoint, target, actions, ledger_seen) = join!(
            aws.endpoint(&seen.id.endpoint),
            aws.target(&seen.id),
            aws.actions(&seen.id),
            self.read_ledger_at_sleep(&seen.id.endpoint, ledger),
        );
        let ledger_seen = self.seen_at_sleep(&seen.id.endpoint, ledger_seen, ledger);
        let now = self.clock.now();
        let records = self.records_at_sleep(actions, seen, ledger);
        let target = self.read(target);
        let endpoint = self.read(endpoint);
        let desired = |found: &Endpoint| {
            let mut variants = found.variants.iter();
            variants.find(|variant| variant.name == seen.id.variant).and_then(|v| v.desired)
        };
        // The lease first: if it is live, the floor that was lowered must be raised again, whatever else could not be
        // read. Not if that would scale in: the bounds may have changed as well.
        let is_outstanding = ledger_seen.is_outstanding_since(ledger.since());
        if let Read::Known(records) = records
            && (records.live(now) || is_outstanding)
        {
            let kept = if is_outstanding { Kept::Work } else { records.renewed(now) };
            let renewed = (kept, self.renewed_end(policy));
            let floor = match &target {
                Read::Known(Some(target)) => {
                    let desired = match &endpoint {
                        Read::Known(Some(endpoint)) => desired(endpoint),
                        _ => seen.observed.variant.desired,
                    };
                    // We have just lowered it, even if this answer is older.
                    let min = if target.min == 1 { 0 } else { target.min };
                    let target = ScalableTarget { min, ..target.clone() };
                    floor_while_awake(&target, &records, desired)
                }
                Read::Known(None) => Err(FloorWithheld::NotRegistered),
                Read::Failed => Ok(Some(Floor::Raise)),
            };
            return LastLook::Work(Work { records, renewed, must_renew: is_outstanding, floor });
        }
        let (Read::Known(records), Read::Known(target), Read::Known(endpoint)) =
            (records, target, endpoint)
        else {
            return LastLook::Stay(Reason::LeaseUnreadable);
        };
        if ledger == LedgerAtSleep::Done && !matches!(ledger_seen, LedgerSeen::Read(_)) {
            return LastLook::Stay(Reason::LedgerUnreadable);
        }
        // Only a forced sleep is decided for a variant that is not registered.
        if target.is_none() && seen.target().is_some() {
            return LastLook::Stay(Reason::NotRegistered);
        }
        // Our floor was lowered: somebody else set this one and keeps the endpoint awake.
        if target.as_ref().is_some_and(|target| target.min >= 1) {
            return LastLook::Stay(Reason::MinCapacitySet);
        }
        if target.as_ref().is_some_and(|target| target.suspended.scaling_in) {
            return LastLook::Stay(Reason::ScalingInSuspended);
        }
        let Some(endpoint) = endpoint else { return LastLook::Stay(Reason::EndpointMissing) };
        if endpoint.status != EndpointStatus::InService {
            return LastLook::Stay(Reason::NotInService);
        }
        // Somebody changed the capacity since the decision.
        if desired(&endpoint) != seen.observed.variant.desired {
            return LastLook::Stay(Reason::WorkSlippedIn);
        }
        let items = match ledger_seen {
            LedgerSeen::Read(reading) => reading.items,
            LedgerSeen::NotRead | LedgerSeen::Unreadable { .. } => Vec::new(),
        };
        LastLook::Same(target, records, items)
    }

    /// The records that a look of a sleep has read.
    fn records_at_sleep(
        &mut self,
        actions: AwsResult<Vec<ScheduledAction>>,
        seen: &Seen,
        ledger: LedgerAtSleep,
    ) -> Read<Records> {
        let now = self.clock.now();
        let records = actions.map(|actions| Records::read(&actions, &seen.id, now));
        self.read(records.map(|records| match ledger {
            LedgerAtSleep::Done => self.with_work_ended(records),
            LedgerAtSleep::NotUsed | LedgerAtSleep::NoneSince(_) => records,
        }))
    }

    /// Forgets the outstanding items that were touched before this time: nobody invoked them.
    async fn forget(&mut self, seen: &Seen, items: &[Item], before: Timestamp) {
        let aws = self.aws;
        let forgetting = stream::iter(to_forget(items, before))
            .map(|item| aws.ledger().forget_unchanged(&seen.id.endpoint, item))
            .buffer_unordered(AT_ONCE);
        let answers: Vec<_> = forgetting.collect().await;
        answers.into_iter().filter_map(Result::err).for_each(|failure| self.fail(failure));
    }

    /// An input may have arrived between the last look and the capacity request: it renewed the lease and found the
    /// endpoint awake. If so, the endpoint is woken. While SageMaker is still busy with scaling in, the lease makes the
    /// next tick or state change do that. Returns the action for such an input.
    async fn look_again(
        &mut self,
        seen: &Seen,
        target: Option<ScalableTarget>,
        ledger: LedgerAtSleep,
        policy: &Policy,
    ) -> Option<Action> {
        let (records, kept) = self.work_slipped_in(seen, ledger).await?;
        let mut observed = seen.observed.clone();
        observed.variant.desired = Some(0);
        observed.target = Read::Known(target);
        observed.records = Read::Known(records);
        let now = self.clock.now();
        let mut decision = wake::decide(&observed, policy, now, (Reason::WorkSlippedIn, kept));
        if decision.floor == Some(Floor::Raise) {
            // What was read of the lease may be older than the write that cancelled it.
            decision.records = vec![RecordWrite::Extend(kept, self.renewed_end(policy))];
        }
        let woken = Seen { id: seen.id.clone(), observed };
        let acted = self.act(&woken, &decision, None).await;
        Some(match (acted.accepted, acted.busy) {
            (true, _) => Action::Wake,
            (false, true) => Action::Extend,
            (false, false) => Action::None,
        })
    }

    /// The records, if one of them is live now or the ledger has new work, and the record that stands for it.
    async fn work_slipped_in(
        &mut self,
        seen: &Seen,
        ledger: LedgerAtSleep,
    ) -> Option<(Records, Kept)> {
        let aws = self.aws;
        let (actions, ledger_seen) =
            join!(aws.actions(&seen.id), self.read_ledger_at_sleep(&seen.id.endpoint, ledger));
        let ledger_seen = self.seen_at_sleep(&seen.id.endpoint, ledger_seen, ledger);
        let records = self.records_at_sleep(actions, seen, ledger).known()?;
        let now = self.clock.now();
        let is_outstanding = ledger_seen.is_outstanding_since(ledger.since());
        if !records.live(now) && !is_outstanding {
            return None;
        }
        self.effects.awake_until = records.ends_at();
        Some((records, if is_outstanding { Kept::Work } else { records.renewed(now) }))
    }
}
