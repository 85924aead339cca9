//! The schedules of EventBridge rules and of EventBridge Scheduler, by the time at which each runs next.

use super::World;

use serde::{Deserialize, Serialize};

/// What runs again and again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Recurring {
    /// A rule of the default event bus.
    Rule(String),
    /// A schedule of EventBridge Scheduler: its group and its name.
    Schedule(String, String),
}

impl World {
    /// Runs the schedules that are due.
    pub(super) fn run_recurring(&mut self) {
        let now = self.now();
        while self.recurring.first().is_some_and(|(at, _)| *at <= now) {
            let Some((at, due)) = self.recurring.pop_first() else { return };
            match due {
                Recurring::Rule(name) => self.run_rule(&name, at),
                Recurring::Schedule(group, name) => self.run_schedule(&group, &name, at),
            }
        }
    }
}
