//! Hooks: code that a test runs before or after an API call.

use crate::{
    CallSeen,
    hooks::{Effect, Filter, Hook, Moment},
    operation::Scope,
};

use super::World;

impl World {
    /// Runs `run` right before the `nth` call of the operation from now. 1 is the next call; `*`
    /// means any operation.
    pub fn before_call(
        &mut self,
        operation: &str,
        nth: u32,
        run: impl FnOnce(&mut World, &CallSeen) + Send + 'static,
    ) {
        self.hook(Moment::Before, operation, nth, Box::new(|_| true), Box::new(run));
    }

    /// Runs `run` right after the `nth` call of the operation from now, before the caller gets the
    /// answer.
    pub fn after_call(
        &mut self,
        operation: &str,
        nth: u32,
        run: impl FnOnce(&mut World, &CallSeen) + Send + 'static,
    ) {
        self.hook(Moment::After, operation, nth, Box::new(|_| true), Box::new(run));
    }

    /// Runs `run` right before the next call of the operation that `wanted` accepts.
    pub fn before_call_where(
        &mut self,
        operation: &str,
        wanted: impl Fn(&CallSeen) -> bool + Send + 'static,
        run: impl FnOnce(&mut World, &CallSeen) + Send + 'static,
    ) {
        self.hook(Moment::Before, operation, 1, Box::new(wanted), Box::new(run));
    }

    /// Runs `run` right after the next call of the operation that `wanted` accepts.
    pub fn after_call_where(
        &mut self,
        operation: &str,
        wanted: impl Fn(&CallSeen) -> bool + Send + 'static,
        run: impl FnOnce(&mut World, &CallSeen) + Send + 'static,
    ) {
        self.hook(Moment::After, operation, 1, Box::new(wanted), Box::new(run));
    }

    /// The number of hooks that have not run yet.
    pub fn waiting_hooks(&self) -> usize {
        self.hooks.len()
    }

    /// Removes the hooks that have not run yet.
    pub fn clear_hooks(&mut self) {
        self.hooks.clear();
    }

    fn hook(
        &mut self,
        moment: Moment,
        operation: &str,
        nth: u32,
        filter: Filter,
        effect: Effect<World>,
    ) {
        let scope = Scope::named(operation);
        self.hooks.add(Hook { moment, scope, filter, countdown: nth.max(1), effect });
    }

    pub(super) fn run_hooks(&mut self, moment: Moment, seen: &CallSeen) {
        for effect in self.hooks.take_due(moment, seen) {
            effect(self, seen);
        }
    }
}
