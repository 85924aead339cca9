//! Scales in to zero without losing work that arrives at the same time: records, floor 0, a last look, capacity 0, and
//! another look.
//!
//! The floor is lowered first because that takes longest to take effect. A last look before it would be too old when
//! capacity is set. The lease is never deleted: an input may have renewed it a moment ago, and only this renewal
//! remembers the input.

use futures_util::join;

use super::{capacity::is_busy, result::Conclusion, seen::Seen, session::Session};
use crate::{
    config::Policy,
    decide::{Action, Decision, Floor, FloorWithheld, Read, RecordWrite, floor_while_awake, wake},
    lease::Records,
    port::{Aws, Clock, Endpoint, EndpointStatus, Endpoints, ScalableTarget, Scaling},
    reason::Reason,
};

/// The result of the last look.
enum LastLook {
    /// Nothing has changed. The target as it is now, without our floor, and the records. No target if the variant is
    /// not registered.
    Same(Option<ScalableTarget>, Records),
    /// The lease is live now, and what has to be done about the floor.
    Work(Records, Result<Option<Floor>, FloorWithheld>),
    /// Something else keeps the endpoint awake, or could not be read.
    Stay(Reason),
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
        let written = self.write_records(seen, decision, false).await;
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
        let target = match self.last_look(seen).await {
            // Another tick at the same time may have used older records.
            LastLook::Same(target, records) => {
                if !self.cancel_floor(seen, &records).await {
                    return stay(Reason::TargetUnreadable);
                }
                target
            }
            LastLook::Work(records, floor) => {
                self.effects.awake_until = records.ends_at();
                let withheld = self.put_floor_back(seen, &records, policy, floor).await;
                return stay(Reason::WorkSlippedIn).or_withheld(withheld);
            }
            LastLook::Stay(reason) => return stay(reason),
        };
        let requested = self.request_capacity(&seen.id, 0).await;
        match requested.answer {
            Ok(()) => match self.look_again(seen, target, policy).await {
                Some(action) => Conclusion { action, ..stay(Reason::WorkSlippedIn) },
                None => Conclusion::from(decision),
            },
            Err(failure) if is_busy(&failure) => stay(Reason::EndpointBusy),
            Err(failure) => {
                self.fail(failure);
                let Some(records) = self.work_slipped_in(seen).await else {
                    return stay(decision.reason);
                };
                // The request may have taken effect, or not: a wake could scale in what still runs (rule 2). If it
                // took effect, SageMaker is busy with it. The live lease makes the next tick wake the endpoint, and
                // until then the floor that was lowered is raised again.
                let desired = seen.observed.variant.desired;
                let floor = target.map_or(Err(FloorWithheld::NotRegistered), |target| {
                    floor_while_awake(&target, &records, desired)
                });
                let withheld = self.put_floor_back(seen, &records, policy, floor).await;
                stay(Reason::WorkSlippedIn).or_withheld(withheld)
            }
        }
    }

    /// Whether the floor was raised since the target was read, with a record that this sleep is about to cancel.
    /// Without the record, the floor would count as the owner's.
    async fn floor_was_raised(&mut self, seen: &Seen, records: &Records) -> bool {
        if !records.lease_and_hold().any(|(_, record)| records.counts(record)) {
            return false;
        }
        let answer = self.aws.target(&seen.id).await;
        match self.read(answer) {
            Read::Known(target) => target.is_some_and(|target| target.min >= 1),
            Read::Failed => true,
        }
    }

    /// Raises the floor again that this sleep lowered, if it may exist. Returns why not.
    async fn put_floor_back(
        &mut self,
        seen: &Seen,
        records: &Records,
        policy: &Policy,
        floor: Result<Option<Floor>, FloorWithheld>,
    ) -> Option<FloorWithheld> {
        let stood = seen.target().is_some_and(|target| target.min >= 1);
        match floor {
            Ok(Some(Floor::Raise)) if stood => self.restore_floor(seen, records, policy).await,
            Ok(Some(Floor::Lower)) if stood => {
                self.set_floor(&seen.id, Floor::Lower).await;
            }
            Ok(_) => {}
            Err(withheld) => return Some(withheld),
        }
        None
    }

    async fn last_look(&mut self, seen: &Seen) -> LastLook {
        let aws = self.aws;
        let (endpoint, target, actions) =
            join!(aws.endpoint(&seen.id.endpoint), aws.target(&seen.id), aws.actions(&seen.id),);
        let now = self.clock.now();
        let records = self.read(actions.map(|actions| Records::read(&actions, &seen.id, now)));
        let target = self.read(target);
        let endpoint = self.read(endpoint);
        let desired = |found: &Endpoint| {
            let mut variants = found.variants.iter();
            variants.find(|variant| variant.name == seen.id.variant).and_then(|v| v.desired)
        };
        // The lease first: if it is live, the floor that was lowered must be raised again, whatever else could not be
        // read. Not if that would scale in: the bounds may have changed as well.
        if let Read::Known(records) = records
            && records.live(now)
        {
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
            return LastLook::Work(records, floor);
        }
        let (Read::Known(records), Read::Known(target), Read::Known(endpoint)) =
            (records, target, endpoint)
        else {
            return LastLook::Stay(Reason::LeaseUnreadable);
        };
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
        LastLook::Same(target, records)
    }

    /// An input may have arrived between the last look and the capacity request: it renewed the lease and found the
    /// endpoint awake. If so, the endpoint is woken. While SageMaker is still busy with scaling in, the lease makes the
    /// next tick or state change do that. Returns the action for such an input.
    async fn look_again(
        &mut self,
        seen: &Seen,
        target: Option<ScalableTarget>,
        policy: &Policy,
    ) -> Option<Action> {
        let records = self.work_slipped_in(seen).await?;
        let mut observed = seen.observed.clone();
        observed.variant.desired = Some(0);
        observed.target = Read::Known(target);
        observed.records = Read::Known(records);
        let now = self.clock.now();
        let mut decision = wake::decide(&observed, policy, now, Reason::WorkSlippedIn);
        if decision.floor == Some(Floor::Raise) {
            // What was read of the lease may be older than the write that cancelled it.
            let renewed = now + policy.idle + policy.renewal_step();
            decision.records = vec![RecordWrite::Lease(renewed)];
        }
        let woken = Seen { id: seen.id.clone(), observed };
        let acted = self.act(&woken, &decision, None).await;
        Some(match (acted.accepted, acted.busy) {
            (true, _) => Action::Wake,
            (false, true) => Action::Extend,
            (false, false) => Action::None,
        })
    }

    /// The records, if one of them is live now.
    async fn work_slipped_in(&mut self, seen: &Seen) -> Option<Records> {
        let answer = self.aws.actions(&seen.id).await;
        let actions = self.read(answer).known()?;
        let now = self.clock.now();
        let records = Records::read(&actions, &seen.id, now);
        if !records.live(now) {
            return None;
        }
        self.effects.awake_until = records.ends_at();
        Some(records)
    }
}
