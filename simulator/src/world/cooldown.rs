//! Cooldowns of scalable targets.

use reactive_scaler::port::VariantId;

use crate::{
    ActivityStatus,
    cooldown::{Cooldown, Direction},
};

use super::World;

impl World {
    /// The latest cooldown that applies to a policy in that direction.
    pub(crate) fn cooldown(
        &self,
        id: &VariantId,
        direction: Direction,
        policy: &str,
    ) -> Option<&Cooldown> {
        let shared = !self.settings.cooldowns_by_policy;
        let mut latest = self.targets.get(id)?.cooldowns.iter().rev();
        latest.find(|cooldown| {
            cooldown.direction == direction
                && (shared || cooldown.policy == policy)
                && self.is_cooling(cooldown)
        })
    }

    /// Starts a cooldown. A scale-out ends the cooldowns of scale-ins.
    pub(crate) fn begin_cooldown(&mut self, id: &VariantId, new: Cooldown) {
        let Some(found) = self.targets.get(id) else { return };
        let mut standing = found.cooldowns.clone();
        let ended =
            |old: &Cooldown| new.direction == Direction::Out && old.direction == Direction::In;
        standing.retain(|old| self.is_cooling(old) && !ended(old));
        standing.push(new);
        if let Some(found) = self.targets.get_mut(id) {
            found.cooldowns = standing;
        }
    }

    fn is_cooling(&self, cooldown: &Cooldown) -> bool {
        self.activity(cooldown.activity).is_some_and(|activity| {
            let until = activity.ended_at.map(|ended_at| ended_at + cooldown.lasting);
            activity.status == ActivityStatus::Successful
                && until.is_some_and(|until| self.now() < until)
        })
    }
}
