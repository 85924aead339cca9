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
    pub fn get_schedule(&mut self, name: &str) -> CallResult<InvocationSchedule> {
        self.call(Operation::GetSchedule, name, String::new(), |world| {
            world.named_schedule(Kind::Scheduler, name)
        })
    }

    /// ListRuleNamesByTarget of EventBridge, by name.
    ///
    /// # Errors
    ///
    /// If the page request is invalid.
    pub fn list_rule_names_by_target(
        &mut self,
        target: &str,
        paging: &Paging,
    ) -> CallResult<Page<String>> {
        self.call(Operation::ListRuleNamesByTarget, target, String::new(), |world| {
            let all = world.invocation_schedules.values();
            let of_target = all.filter(|it| it.kind == Kind::Rule && it.target == target);
            Ok(paging.cut(of_target, world.settings.page_size)?.map(|rule| rule.name.clone()))
        })
    }

    /// DescribeRule of EventBridge.
    ///
    /// # Errors
    ///
    /// `ResourceNotFoundException`.
    pub fn describe_rule(&mut self, name: &str) -> CallResult<InvocationSchedule> {
        self.call(Operation::DescribeRule, name, String::new(), |world| {
            world.named_schedule(Kind::Rule, name)
        })
    }

    fn named_schedule(&self, kind: Kind, name: &str) -> Result<InvocationSchedule, Refusal> {
        let found = self.invocation_schedules.get(name).filter(|it| it.kind == kind);
        found.cloned().ok_or_else(|| {
            Refusal::new("ResourceNotFoundException", format!("{name} does not exist."))
        })
    }
}
