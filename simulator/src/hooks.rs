//! One-shot injections: something that happens right before or right after a call.

use crate::{
    World,
    operation::{Operation, Scope},
};

/// A call as a hook sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSeen {
    /// The operation.
    pub operation: Operation,
    /// An endpoint's name, a resource id, or `*`.
    pub resource: String,
    /// The arguments in short, for example `AllTraffic=0`.
    pub arguments: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    Before,
    After,
}

type Wanted = Box<dyn Fn(&CallSeen) -> bool + Send>;
type Run = Box<dyn FnOnce(&mut World, &CallSeen) + Send>;

struct Hook {
    moment: Moment,
    scope: Scope,
    wanted: Wanted,
    /// Matching calls until it runs; 1 is the next one.
    countdown: u32,
    run: Run,
}

/// The injections that wait for their call.
#[derive(Default)]
pub(crate) struct Hooks(Vec<Hook>);

impl World {
    /// Runs `run` right before the `nth` call of the operation from now (1 is the next one);
    /// `*` means any operation.
    pub fn before_call(
        &mut self,
        operation: &str,
        nth: u32,
        run: impl FnOnce(&mut World, &CallSeen) + Send + 'static,
    ) {
        self.hook(Moment::Before, operation, nth, Box::new(|_| true), Box::new(run));
    }

    /// Runs `run` right after the `nth` call of the operation from now, before its answer is seen.
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

    /// How many injections still wait for their call.
    pub fn waiting_hooks(&self) -> usize {
        self.hooks.0.len()
    }

    /// Forgets the injections that still wait.
    pub fn clear_hooks(&mut self) {
        self.hooks.0.clear();
    }

    fn hook(&mut self, moment: Moment, operation: &str, nth: u32, wanted: Wanted, run: Run) {
        let scope = Scope::named(operation);
        self.hooks.0.push(Hook { moment, scope, wanted, countdown: nth.max(1), run });
    }

    pub(crate) fn run_hooks(&mut self, moment: Moment, seen: &CallSeen) {
        let mut due = Vec::new();
        let mut rest = Vec::new();
        for mut hook in std::mem::take(&mut self.hooks.0) {
            if hook.moment == moment && hook.scope.covers(seen.operation) && (hook.wanted)(seen) {
                hook.countdown -= 1;
            }
            if hook.countdown == 0 { due.push(hook.run) } else { rest.push(hook) }
        }
        self.hooks.0 = rest;
        for run in due {
            run(self, seen);
        }
    }
}
