//! What the policies of one scalable target come to together.
//!
//! "Multiple scaling policies" in the Application Auto Scaling User Guide: it scales out if any
//! policy wants to, by the one with the largest capacity; it scales in if none wants out and all
//! target tracking policies with scale-in are ready for it, again to the largest capacity. A step
//! scaling policy scales in without waiting for target tracking.

use reactive_scaler::port::{EndpointStatus, ScalableTarget, VariantId};

use crate::{
    NotScaledReason, Policy, PolicyKind, TargetTracking, World,
    alarm_watch::Trigger,
    cooldown::{Cooldown, Direction},
};

/// The capacity that a policy makes of another one.
type Wanted<'a> = Box<dyn Fn(i32) -> i32 + 'a>;

/// What one policy wants.
struct Wish {
    trigger: Trigger,
    /// Which way the policy's alarm or step points.
    direction: Direction,
    /// The capacity, cooldown considered; not yet within the bounds.
    to: i32,
    /// Whether it would change the capacity if there were no cooldown.
    moves: bool,
    tracks: bool,
}

impl World {
    /// Application Auto Scaling acts on the alarms that trigger policies of a target. A target
    /// whose endpoint is not `InService` is skipped without a trace.
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

    /// Evaluates the policies whose alarms stand in a state that triggers them, at once: "When you
    /// resume, Application Auto Scaling evaluates policies with alarm thresholds that are
    /// currently in breach" (its guide on suspending scaling).
    pub(crate) fn resume_policies(&mut self, id: &VariantId) {
        for (id, triggers) in self.triggered(Some(id)) {
            self.run_policies(&id, &triggers);
        }
    }

    fn wish(&self, id: &VariantId, capacity: i32, trigger: &Trigger) -> Option<Wish> {
        let policy = self.policies.get(&(id.clone(), trigger.policy.clone()))?;
        let (direction, wanted) = self.wanted(policy, trigger, capacity)?;
        // Target tracking's high alarm never scales in, and its low one never out.
        let wanted = |capacity| match (direction, wanted(capacity)) {
            (Direction::Out, wanted) => wanted.max(capacity),
            (Direction::In, wanted) => wanted.min(capacity),
        };
        let moves = wanted(capacity) != capacity;
        let to = match (direction, self.cooldown(id, direction, &policy.name)) {
            (_, None) => wanted(capacity),
            (Direction::Out, Some(cooldown)) => wanted(cooldown.from).max(capacity),
            (Direction::In, Some(_)) => capacity,
        };
        let tracks = policy.tracking().is_some();
        Some(Wish { trigger: trigger.clone(), direction, to, moves, tracks })
    }

    /// Which way a triggered policy points from this capacity, and what it asks for.
    fn wanted<'a>(
        &'a self,
        policy: &'a Policy,
        trigger: &Trigger,
        capacity: i32,
    ) -> Option<(Direction, Wanted<'a>)> {
        let alarm = self.alarms.get(&trigger.alarm)?;
        match &policy.kind {
            PolicyKind::TargetTracking(tracking) => {
                let value = TargetTracking::value(&alarm.values, &self.settings)?;
                let direction = match policy.own_alarms.iter().position(|own| *own == trigger.alarm)
                {
                    Some(0) => Direction::Out,
                    Some(_) if !tracking.disable_scale_in => Direction::In,
                    _ => return None,
                };
                let wanted = move |capacity| tracking.capacity(capacity, value, &self.settings);
                Some((direction, Box::new(wanted)))
            }
            PolicyKind::StepScaling(steps) => {
                let step = steps.step(alarm)?;
                let direction = match steps.capacity(capacity, step) < capacity || step < 0 {
                    true => Direction::In,
                    false => Direction::Out,
                };
                Some((direction, Box::new(move |capacity| steps.capacity(capacity, step))))
            }
        }
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
            // Nobody moves: each policy that was triggered comes to the capacity there is.
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

    /// Whether all target tracking policies with scale-in want to scale in.
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
        // A larger scale-out within a cooldown keeps counting from where the first one began.
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

    /// As DescribeScalingActivities tells it.
    fn cause(&self, wish: &Wish) -> String {
        let Trigger { alarm, policy } = &wish.trigger;
        let state = self.alarm(alarm).map_or("ALARM", |found| found.state.as_str());
        format!("monitor alarm {alarm} in state {state} triggered policy {policy}")
    }
}

/// Why a policy that moves nothing does not. Target tracking comes to the same capacity at a
/// minimum of zero too: there the minimum is what blocks it.
fn reason_to_stay(target: &ScalableTarget, capacity: i32, direction: Direction) -> NotScaledReason {
    match direction {
        Direction::In if capacity <= target.min => {
            NotScaledReason::AlreadyAtMinCapacity(target.min)
        }
        _ => NotScaledReason::AlreadyAtDesiredCapacity(capacity),
    }
}
