//! Cooldowns: for how long a scaling activity of a policy holds off the next one.
//!
//! "Define cooldown periods" in the Application Auto Scaling User Guide. A cooldown begins when the
//! activity has succeeded. That of a scale-out lets only a larger scale-out pass, and counts what
//! has been added as part of it; that of a scale-in lets no scale-in pass, and a scale-out ends it.
//! Scheduled actions and people do not wait.

use std::time::Duration;

use reactive_scaler::port::VariantId;

use crate::{ActivityStatus, World, activity::ActivityId};

/// Which way a policy wants to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    Out,
    In,
}

/// A cooldown of a scalable target.
#[derive(Debug, Clone)]
pub(crate) struct Cooldown {
    pub(crate) direction: Direction,
    pub(crate) policy: String,
    /// The capacity before the activity.
    pub(crate) from: i32,
    pub(crate) activity: ActivityId,
    pub(crate) lasting: Duration,
}

impl World {
    /// The cooldown that a policy has to respect in that direction: the latest one.
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

    /// Begins a cooldown. One of a scale-out ends those of scale-ins.
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
