//! The result of all policies of one scalable target.
//!
//! "Multiple scaling policies" in the Application Auto Scaling User Guide: Application Auto Scaling
//! scales out if any policy scales out, and uses the largest capacity. It scales in if no policy
//! scales out and all target tracking policies with scale-in enabled are ready to scale in, and
//! again uses the largest capacity. A step scaling policy scales in without waiting for target
//! tracking.

use reactive_scaler::port::{EndpointStatus, ScalableTarget, VariantId};

use crate::{
    NotScaledReason, PolicyKind,
    cooldown::{Cooldown, Direction},
    policy_answer::PolicyAnswer,
};

use super::{World, alarm_watch::Trigger};

/// The result of one policy.
struct Wish {
    trigger: Trigger,
    /// The direction of the policy's alarm or step.
    direction: Direction,
    /// The capacity after the cooldown is applied, and before the bounds are applied.
    to: i32,
    /// Whether the policy would change the capacity without a cooldown.
    moves: bool,
    tracks: bool,
}

impl World {
    /// Acts on the alarms that trigger policies of a target. If the endpoint is not `InService`,
    /// the target is skipped and nothing is recorded.
    pub(crate) fn run_policies(&mut self, id: &VariantId, triggers: &[Trigger]) {
        let Some(target) = self.target(id) else { return };
        let Some(endpoint) = self.endpoints.get(&id.endpoint) else { return };
        let Some(variant) = endpoint.variant(&id.variant) else { return };
        if endpoint.status != EndpointStatus::InService {
            return;
        }
        let capacity = variant.desired;
        let wish = |trigger| self.wish(id, capacity, trigger);
        let wishes = triggers.iter().filter_map(wish).collect::<Vec<_>>();
        let wants_out = |wish: &Wish| wish.moves && wish.direction == Direction::Out;
        if wishes.iter().any(wants_out) {
            self.scale_out(&target, capacity, wishes.into_iter().filter(wants_out));
        } else {
            self.scale_in(&target, capacity, wishes);
        }
    }

    /// Evaluates immediately the policies whose alarms are in a state that triggers them. "When you
    /// resume, Application Auto Scaling evaluates policies with alarm thresholds that are currently
    /// in breach" (its guide on suspending scaling).
    pub(crate) fn resume_policies(&mut self, id: &VariantId) {
        for (id, triggers) in self.triggered(Some(id)) {
            self.run_policies(&id, &triggers);
        }
    }

    fn wish(&self, id: &VariantId, capacity: i32, trigger: &Trigger) -> Option<Wish> {
        let policy = self.policies.get(&(id.clone(), trigger.policy.clone()))?;
        let alarm = self.alarms.get(&trigger.alarm)?;
        let is_high = policy.own_alarms.first() == Some(&trigger.alarm);
        let answer =
            PolicyAnswer::of(&policy.kind, is_high, &alarm.spec, &alarm.values, &self.settings)?;
        let direction = answer.direction(capacity);
        let wanted = |capacity| answer.capacity(capacity, &self.settings);
        let moves = wanted(capacity) != capacity;
        let to = match (direction, self.cooldown(id, direction, &policy.name)) {
            (_, None) => wanted(capacity),
            (Direction::Out, Some(cooldown)) => wanted(cooldown.from).max(capacity),
            (Direction::In, Some(_)) => capacity,
        };
        let tracks = policy.tracking().is_some();
        Some(Wish { trigger: trigger.clone(), direction, to, moves, tracks })
    }

    fn scale_out(
        &mut self,
        target: &ScalableTarget,
        capacity: i32,
        wishes: impl Iterator<Item = Wish>,
    ) {
        let Some(wish) = wishes.max_by_key(|wish| wish.to) else { return };
        let cooling = wish.to <= capacity;
        let to = wish.to.max(target.min).min(target.max);
        if target.suspended.scaling_out || cooling {
            return;
        }
        if to > capacity {
            self.scale_for(&target.id, capacity, to, &wish);
        } else {
            self.decline(&target.id, &wish, NotScaledReason::AlreadyAtMaxCapacity(target.max));
        }
    }

    fn scale_in(&mut self, target: &ScalableTarget, capacity: i32, wishes: Vec<Wish>) {
        let id = &target.id;
        let ready = self.is_tracking_ready(id, &wishes);
        let taken = |wish: &&Wish| wish.moves && (ready || !wish.tracks);
        let Some(wish) = wishes.iter().filter(taken).max_by_key(|wish| wish.to) else {
            // No policy changes the capacity: record why the triggered policies do not.
            if let Some(wish) = wishes.iter().find(|wish| !wish.moves) {
                self.decline(id, wish, reason_to_stay(target, capacity, wish.direction));
            }
            return;
        };
        let cooling = wish.to >= capacity;
        let to = wish.to.min(target.max).max(target.min);
        if target.suspended.scaling_in || cooling {
            return;
        }
        if to < capacity {
            self.scale_for(id, capacity, to, wish);
        } else {
            self.decline(id, wish, NotScaledReason::AlreadyAtMinCapacity(target.min));
        }
    }

    /// Whether all target tracking policies with scale-in enabled are ready to scale in.
    fn is_tracking_ready(&self, id: &VariantId, wishes: &[Wish]) -> bool {
        let mut tracking = self
            .scaling_policies(id)
            .filter(|policy| policy.tracking().is_some_and(|tracking| !tracking.disable_scale_in));
        tracking.all(|policy| {
            wishes.iter().any(|wish| wish.trigger.policy == policy.name && wish.moves)
        })
    }

    fn scale_for(&mut self, id: &VariantId, capacity: i32, to: i32, wish: &Wish) {
        let policy = &wish.trigger.policy;
        let Some(policy) = self.policies.get(&(id.clone(), policy.clone())) else { return };
        let direction = wish.direction;
        let lasting = match (&policy.kind, direction) {
            (PolicyKind::TargetTracking(tracking), Direction::Out) => tracking.scale_out_cooldown,
            (PolicyKind::TargetTracking(tracking), Direction::In) => tracking.scale_in_cooldown,
            (PolicyKind::StepScaling(steps), _) => steps.cooldown,
        };
        let policy = policy.name.clone();
        // A larger scale-out within a cooldown counts from the capacity before the first scale-out.
        let from = match (direction, self.cooldown(id, direction, &policy)) {
            (Direction::Out, Some(standing)) => standing.from,
            _ => capacity,
        };
        let activity = self.scale(id, to, self.cause(wish));
        self.begin_cooldown(id, Cooldown { direction, policy, from, activity, lasting });
        if let Some(found) = self.targets.get_mut(id) {
            found.not_scaled = None;
        }
    }

    fn decline(&mut self, id: &VariantId, wish: &Wish, reason: NotScaledReason) {
        self.note_not_scaled(id, self.cause(wish), reason);
    }

    /// The cause, as DescribeScalingActivities returns it.
    fn cause(&self, wish: &Wish) -> String {
        let Trigger { alarm, policy } = &wish.trigger;
        let state = self.alarm(alarm).map_or("ALARM", |found| found.state.as_str());
        format!("monitor alarm {alarm} in state {state} triggered policy {policy}")
    }
}

/// Why a policy does not change the capacity. At a minimum of zero, target tracking also results in
/// the current capacity. The reason is the minimum in this case.
fn reason_to_stay(target: &ScalableTarget, capacity: i32, direction: Direction) -> NotScaledReason {
    match direction {
        Direction::In if capacity <= target.min => {
            NotScaledReason::AlreadyAtMinCapacity(target.min)
        }
        _ => NotScaledReason::AlreadyAtDesiredCapacity(capacity),
    }
}
