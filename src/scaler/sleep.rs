//! Putting an endpoint to sleep without losing work that slips in: evidence, floor 0, one last
//! look, capacity 0, and another look.
//!
//! The floor goes first because it is the slowest to take effect; a last look before it would be
//! too old by the time capacity goes. The lease is never deleted: an input may have renewed it a
//! moment ago, and that renewal is all that remembers it.

use futures_util::join;

use super::{
    Done, Scaler,
    look::{Seen, reported},
};
use crate::{
    config::Policy,
    decide::{Action, Decision, Floor, FloorWithheld, Read, RecordWrite, floor_while_awake, wake},
    lease::Records,
    port::{Aws, Clock, Endpoint, EndpointStatus, Endpoints, ScalableTarget, Scaling},
    reason::Reason,
};

/// What the last look found.
enum LastLook {
    /// Nothing that keeps the endpoint up has changed; the target as it is now, without a floor.
    Same(ScalableTarget, Records),
    /// The lease is live now, and what is to become of the floor.
    Work(Records, Result<Option<Floor>, FloorWithheld>),
    /// Something else keeps the endpoint up, or could not be read.
    Stay(Reason),
}

impl<A: Aws, C: Clock> Scaler<A, C> {
    /// Carries out a sleep that the evidence allows.
    pub(super) async fn sleep(
        &self,
        seen: &Seen,
        decision: &Decision,
        policy: &Policy,
        done: &mut Done,
    ) {
        let failures = done.failures.len();
        let records = self.write_records(seen, decision, false, done).await;
        if done.failures.len() > failures {
            // A forced sleep that could not end the lease leaves everything as it is.
            return done.stay(Reason::LeaseLive);
        }
        let floor_stood = seen.target().is_some_and(|target| target.min >= 1);
        let is_gone = if floor_stood {
            self.take_floor(seen, &records, done).await
        } else if self.floor_was_raised(seen, &records, done).await {
            return done.stay(Reason::WorkSlippedIn);
        } else {
            self.cancel_floor(seen, &records, done).await
        };
        if !is_gone {
            // AWS would re-clamp a capacity of 0 under a floor of 1, and the owner's would count as ours.
            return done.stay(Reason::TargetUnreadable);
        }
        let target = match self.last_look(seen, done).await {
            // Another tick at the same time may have gone by older records.
            LastLook::Same(target, records) => {
                if !self.cancel_floor(seen, &records, done).await {
                    return done.stay(Reason::TargetUnreadable);
                }
                target
            }
            LastLook::Work(records, floor) => {
                done.awake_until = records.ends_at();
                self.put_floor_back(seen, &records, policy, floor, done).await;
                return done.stay(Reason::WorkSlippedIn);
            }
            LastLook::Stay(reason) => return done.stay(reason),
        };
        match self.aws_for(done.signal).set_capacity(&seen.id, 0).await {
            Ok(()) => {
                done.to = Some(0);
                self.look_again(seen, target, policy, done).await;
            }
            Err(failure) if Done::is_busy(&failure) => done.stay(Reason::EndpointBusy),
            Err(failure) => {
                done.fail(failure);
                done.action = Action::None;
                self.look_again_after_failure(seen, &target, policy, done).await;
            }
        }
    }

    /// Whether the floor was raised since the target was read, beside a record that this sleep is about to cancel. It
    /// would count as the owner's then.
    async fn floor_was_raised(&self, seen: &Seen, records: &Records, done: &mut Done) -> bool {
        if !records.standing().any(|(_, record)| records.counts(record)) {
            return false;
        }
        match self.aws_for(done.signal).target(&seen.id).await {
            Ok(target) => target.is_some_and(|target| target.min >= 1),
            Err(failure) => {
                done.fail(failure);
                true
            }
        }
    }

    /// Puts back the floor that this sleep took, as far as it may stand.
    async fn put_floor_back(
        &self,
        seen: &Seen,
        records: &Records,
        policy: &Policy,
        floor: Result<Option<Floor>, FloorWithheld>,
        done: &mut Done,
    ) {
        let stood = seen.target().is_some_and(|target| target.min >= 1);
        match floor {
            Ok(Some(Floor::Raise)) if stood => {
                self.restore_floor(seen, records, policy, done).await;
            }
            Ok(Some(Floor::Lower)) if stood => {
                self.move_floor(&seen.id, Floor::Lower, done).await;
            }
            Ok(_) => {}
            Err(withheld) => done.floor_withheld = Some(withheld),
        }
    }

    async fn last_look(&self, seen: &Seen, done: &mut Done) -> LastLook {
        let (endpoint, target, actions) = join!(
            self.aws_for(done.signal).endpoint(&seen.id.endpoint),
            self.aws_for(done.signal).target(&seen.id),
            self.aws_for(done.signal).actions(&seen.id),
        );
        let now = self.clock.now();
        let records = reported(actions.map(|actions| Records::read(&actions, &seen.id, now)), done);
        let target = reported(target, done);
        let endpoint = reported(endpoint, done);
        let desired = |found: &Endpoint| {
            let mut variants = found.variants.iter();
            variants.find(|variant| variant.name == seen.id.variant).and_then(|v| v.desired)
        };
        // The lease first: a floor that was taken from under a live one must go back, whatever
        // else could not be read. Not where that would scale in: bounds may have changed as well.
        if let Read::Known(records) = records
            && records.live(now)
        {
            let floor = match &target {
                Read::Known(Some(target)) => {
                    let desired = match &endpoint {
                        Read::Known(Some(endpoint)) => desired(endpoint),
                        _ => seen.observed.variant.desired,
                    };
                    // Whatever an older answer says: ours was just taken.
                    let min = if target.min == 1 { 0 } else { target.min };
                    let target = ScalableTarget { min, ..target.clone() };
                    floor_while_awake(&target, &records, desired)
                }
                Read::Known(None) => Err(FloorWithheld::NotRegistered),
                Read::Failed => Ok(Some(Floor::Raise)),
            };
            return LastLook::Work(records, floor);
        }
        let (Read::Known(records), Read::Known(target), Read::Known(endpoint)) =
            (records, target, endpoint)
        else {
            return LastLook::Stay(Reason::LeaseUnreadable);
        };
        let Some(target) = target else { return LastLook::Stay(Reason::NotRegistered) };
        // Ours is gone by now: whoever set this one keeps the endpoint up.
        if target.min >= 1 {
            return LastLook::Stay(Reason::MinCapacitySet);
        }
        if target.suspended.scaling_in {
            return LastLook::Stay(Reason::ScalingInSuspended);
        }
        let Some(endpoint) = endpoint else { return LastLook::Stay(Reason::EndpointMissing) };
        if endpoint.status != EndpointStatus::InService {
            return LastLook::Stay(Reason::NotInService);
        }
        // More instances than were judged: somebody scaled out meanwhile, and had a reason.
        if desired(&endpoint) != seen.observed.variant.desired {
            return LastLook::Stay(Reason::WorkSlippedIn);
        }
        LastLook::Same(target, records)
    }

    /// An input may have come between the last look and the capacity call: its renewed lease is
    /// live now, and it found the endpoint awake. Wake for it; while SageMaker is still busy with
    /// the way down, its lease makes the next tick or state change do so.
    async fn look_again(
        &self,
        seen: &Seen,
        target: ScalableTarget,
        policy: &Policy,
        done: &mut Done,
    ) {
        let Some(records) = self.work_slipped_in(seen, done).await else { return };
        let mut observed = seen.observed.clone();
        observed.variant.desired = Some(0);
        observed.target = Read::Known(Some(target));
        observed.records = Read::Known(records);
        let now = self.clock.now();
        let mut decision = wake::decide(&observed, policy, now, Reason::WorkSlippedIn);
        if decision.floor == Some(Floor::Raise) {
            // What was read of the lease may be older than the write that cancelled it.
            let renewed = now + policy.idle + policy.renewal_step();
            decision.records = vec![RecordWrite::Lease(renewed)];
        }
        let woken = Seen { id: seen.id.clone(), observed };
        self.act(&woken, &decision, None, None, done).await;
        if done.to != Some(0) {
            done.action = Action::Wake;
        }
        done.reason = Reason::WorkSlippedIn;
    }

    /// The same where the capacity call failed. It may have been carried out all the same, or not: a wake
    /// could scale in what still runs (rule 2). If it was, SageMaker is busy with it; the live lease makes
    /// the next tick wake, and until then the floor that was taken is put back.
    async fn look_again_after_failure(
        &self,
        seen: &Seen,
        target: &ScalableTarget,
        policy: &Policy,
        done: &mut Done,
    ) {
        let Some(records) = self.work_slipped_in(seen, done).await else { return };
        let floor = floor_while_awake(target, &records, seen.observed.variant.desired);
        self.put_floor_back(seen, &records, policy, floor, done).await;
    }

    /// The records, if one of them is live now.
    async fn work_slipped_in(&self, seen: &Seen, done: &mut Done) -> Option<Records> {
        let actions = match self.aws_for(done.signal).actions(&seen.id).await {
            Ok(actions) => actions,
            Err(failure) => {
                done.fail(failure);
                return None;
            }
        };
        let now = self.clock.now();
        let records = Records::read(&actions, &seen.id, now);
        if !records.live(now) {
            return None;
        }
        done.awake_until = records.ends_at();
        done.action = Action::None;
        done.reason = Reason::WorkSlippedIn;
        Some(records)
    }
}

impl Done {
    fn stay(&mut self, reason: Reason) {
        self.action = Action::None;
        self.reason = reason;
        self.to = self.from;
    }
}
