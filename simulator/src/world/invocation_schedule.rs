//! Schedules that invoke functions: put, listed and described.

use crate::{
    CallResult, InvocationSchedule, InvocationScheduleKind as Kind, Operation, Page, Paging,
    Refusal,
};

use super::World;

impl World {
    /// Puts a schedule. Replaces an existing one of the same name.
    pub fn put_invocation_schedule(&mut self, schedule: InvocationSchedule) {
        self.invocation_schedules.insert(schedule.name.clone(), schedule);
    }

    /// Deletes a schedule, if it exists.
    pub fn delete_invocation_schedule(&mut self, name: &str) {
        self.invocation_schedules.remove(name);
    }

    /// ListSchedules of EventBridge Scheduler, by name.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn list_schedules(&mut self, paging: &Paging) -> CallResult<Page<InvocationSchedule>> {
        self.call(Operation::ListSchedules, "*", String::new(), |world| {
            let all = world.invocation_schedules.values().filter(|it| it.kind == Kind::Scheduler);
            Ok(paging.cut(all, world.settings.page_size)?.map(Clone::clone))
        })
    }

    /// GetSchedule of EventBridge Scheduler.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`.
    pub fn get_schedule(&mut self, group: &str, name: &str) -> CallResult<InvocationSchedule> {
        self.call(Operation::GetSchedule, name, String::new(), |world| {
            let schedule = world.named_schedule(Kind::Scheduler, name)?;
            if schedule.group == group { Ok(schedule) } else { Err(missing(name)) }
        })
    }

    /// ListRules of EventBridge, by name.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn list_rules(&mut self, paging: &Paging) -> CallResult<Page<InvocationSchedule>> {
        self.call(Operation::ListRules, "*", String::new(), |world| {
            let all = world.invocation_schedules.values().filter(|it| it.kind == Kind::Rule);
            Ok(paging.cut(all, world.settings.page_size)?.map(Clone::clone))
        })
    }

    /// ListTargetsByRule of EventBridge.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`.
    pub fn list_targets_by_rule(&mut self, rule: &str) -> CallResult<InvocationSchedule> {
        self.call(Operation::ListTargetsByRule, rule, String::new(), |world| {
            world.named_schedule(Kind::Rule, rule)
        })
    }

    fn named_schedule(&self, kind: Kind, name: &str) -> Result<InvocationSchedule, Refusal> {
        let found = self.invocation_schedules.get(name).filter(|it| it.kind == kind);
        found.cloned().ok_or_else(|| missing(name))
    }
}

fn missing(name: &str) -> Refusal {
    Refusal::new("ResourceNotFoundException", format!("{name} does not exist."))
}
