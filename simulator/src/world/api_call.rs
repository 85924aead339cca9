//! API calls: every call passes here, with its latency, hooks, faults and journal entry.

use crate::{
    Call, CallError, CallResult, CallSeen, Fault, Operation, Outcome, Refusal, RefusedRequest,
    hooks::Moment,
};

use super::World;

impl World {
    /// Makes one API call whose effect is `effect`.
    pub(crate) fn call<T>(
        &mut self,
        operation: Operation,
        resource: &str,
        arguments: String,
        effect: impl FnOnce(&mut World) -> Result<T, Refusal>,
    ) -> CallResult<T> {
        self.advance(self.settings.call_latency);
        let seen = CallSeen { operation, resource: resource.to_owned(), arguments };
        self.run_hooks(Moment::Before, &seen);
        let now = self.now();
        let granted = self.rate_limit.as_mut().is_none_or(|limit| limit.take(1, now));
        let fault =
            if granted { self.faults.strike(operation, now) } else { Some(Fault::Throttled) };
        let (result, outcome) = match fault {
            None => match effect(self) {
                Ok(answer) => (Ok(answer), Outcome::Ok),
                Err(refusal) => refused(refusal),
            },
            Some(fault) => match fault.refusal(&self.settings, operation, resource) {
                Some(refusal) => refused(refusal),
                None => {
                    let effect = fault == Fault::NoAnswerAfterEffect && effect(self).is_ok();
                    (Err(CallError::NoAnswer), Outcome::NoAnswer { effect })
                }
            },
        };
        self.journal.call(Call {
            at: self.now(),
            operation,
            resource: seen.resource.clone(),
            arguments: seen.arguments.clone(),
            outcome,
        });
        self.run_hooks(Moment::After, &seen);
        result
    }

    /// Records a request that did not become a call.
    pub(crate) fn refuse_request(&mut self, service: &str, operation: &str, refusal: &Refusal) {
        self.journal.refuse(RefusedRequest {
            at: self.now(),
            service: service.to_owned(),
            operation: operation.to_owned(),
            code: refusal.code.clone(),
            message: refusal.message.clone(),
        });
    }

    /// The number of calls of the operation since the counters were cleared.
    pub fn calls(&self, operation: &str) -> usize {
        self.journal.count(operation)
    }

    /// The number of calls since the counters were cleared.
    pub fn calls_total(&self) -> usize {
        self.journal.total()
    }

    /// Sets the counters to zero and removes the calls. The events remain.
    pub fn clear_calls(&mut self) {
        self.journal.clear_calls();
    }

    /// The calls that write, in order, whether they succeeded or not.
    pub fn writes(&self) -> Vec<&Call> {
        self.journal.writes()
    }
}

fn refused<T>(refusal: Refusal) -> (CallResult<T>, Outcome) {
    let code = refusal.code.clone();
    (Err(CallError::Refused(refusal)), Outcome::Refused(code))
}
