//! The effect and the response of a call to AWS, and the faults of the invocation at these times.

use reactive_scaler::port::FailureKind;
use simulator::{Entry, Outcome};

use super::state::{Item, Runner};
use crate::{
    call::Response,
    event_log::{Effect, InvocationEnd, Signal},
    plan::{At, SECOND},
    state_history::EndpointState,
};

/// Attempts for a throttled call, as configured for the clients in `aws`.
const ATTEMPTS: u32 = 6;
const ATTEMPTS_OF_A_TICK: u32 = 2;

impl Runner<'_> {
    /// The delay until the client retries a throttled call, if it does.
    fn is_tried_again(&mut self, invocation: usize, tried: u32) -> Option<At> {
        let limited = self.sim.with(|world| {
            let now = world.now();
            world.rate_limit.is_some_and(|limit| !limit.grants(now))
        });
        let most = match self.log.invocations[invocation].signal {
            Signal::Tick => ATTEMPTS_OF_A_TICK,
            _ => ATTEMPTS,
        };
        (limited && tried + 1 < most).then(|| {
            self.count("rate exceeded");
            self.log.invocations[invocation].troubled = true;
            (SECOND / 2) << tried
        })
    }

    pub(super) fn effect(&mut self, place: usize, invocation: usize, ticket: usize, tried: u32) {
        if !self.containers[place].gate.is_waited_for(ticket) {
            return;
        }
        let Some(running) = self.running_invocation(place, invocation) else { return };
        let kill = running.kill.filter(|(call, _)| *call == ticket);
        if let Some((_, false)) = kill {
            self.count("killed before a call's effect");
            self.log.invocations[invocation].troubled = true;
            return self.finish(place, InvocationEnd::Killed);
        }
        let request = self.log.invocations[invocation].calls[ticket].request.clone();
        if let Some(until) = self.unanswered_until(&request) {
            self.count(match request.is_of_ledger() {
                true => "ledger: does not answer",
                false => "call that does not answer",
            });
            self.log.invocations[invocation].troubled = true;
            return self
                .schedule(until, Item::Effect { container: place, invocation, ticket, tried });
        }
        if let Some(after) = self.is_tried_again(invocation, tried) {
            let item = Item::Effect { container: place, invocation, ticket, tried: tried + 1 };
            return self.schedule(self.now + after, item);
        }
        let (call_fault, mut injected) = self.call_fault(&request);
        let endpoint =
            self.log.ids.iter().position(|id| request.endpoint().is_some() && request.is_about(id));
        let writes = request.operation().is_write();
        let state = |runner: &Self| {
            if !writes {
                return None;
            }
            let id = runner.log.ids[endpoint?].clone();
            Some(runner.sim.with(|world| EndpointState::of(world, &id)))
        };
        let before = state(self);
        let when = self.when();
        let stale = call_fault.as_of.is_some();
        if self.containers.iter().filter(|container| container.running.is_some()).count() > 1 {
            self.count("interleaved: another invocation at work");
        }
        self.containers[place].gate.grant(ticket, call_fault);
        self.poll(place);
        let after = state(self);
        let Some(response) = self.containers[place].gate.outcome(ticket) else { return };
        let accepted = self.sim.with(|world| {
            let last = world.journal.entries().iter().rev().find_map(|entry| match entry {
                Entry::Call(call) => Some(call.outcome.clone()),
                Entry::Event(..) => None,
            });
            matches!(last, Some(Outcome::Ok | Outcome::NoAnswer { effect: true }))
        });
        if injected.is_none()
            && matches!(&response, Response::Failed(f) if f.kind == FailureKind::Throttled)
        {
            injected = Some("rate exceeded");
            self.count("rate exceeded");
        }
        let made = &mut self.log.invocations[invocation];
        made.troubled |= injected.is_some() || stale;
        made.calls[ticket].effect =
            Some(Effect { when, response, accepted, injected, stale, before, after });
        if writes {
            self.record_states();
            if accepted {
                self.owner_trigger(&request);
            }
        }
        // A read changes nothing.
        self.journal_length = self.sim.with(|world| world.journal.entries().len());
        if kill.is_some() {
            self.count("killed after a call's effect");
            self.log.invocations[invocation].troubled = true;
            return self.finish(place, InvocationEnd::Killed);
        }
        let now = self.now;
        let Some(running) = self.running_invocation(place, invocation) else { return };
        let random_id = running.delivery.random_id * 4 + u64::from(running.delivery.attempt);
        let is_stopped = running.stop == Some(ticket);
        let deadline = running.deadline;
        let mut takes = if running.slow { random_id * 31 % 900 } else { 5 };
        if let Some((call, lasting, clock_stands_still)) = running.freeze
            && call == ticket
        {
            running.freeze = None;
            running.frozen_until = now + lasting;
            if clock_stands_still {
                running.deadline += lasting;
            }
            takes = lasting;
            self.count("frozen between two calls");
            let made = &mut self.log.invocations[invocation];
            (made.troubled, made.frozen) = (true, true);
        }
        if is_stopped && let Some(running) = self.running_invocation(place, invocation) {
            running.frozen_until = deadline;
            takes = deadline.saturating_sub(now);
            self.count("stopped at its timeout between two calls");
            self.log.invocations[invocation].troubled = true;
        }
        let item = Item::Answer { container: place, invocation, ticket };
        if self.instant {
            self.instant_queue.push_back(item);
        } else {
            self.schedule(now + takes, item);
        }
    }

    pub(super) fn answer(&mut self, place: usize, invocation: usize, ticket: usize) {
        let now = self.now;
        let Some(running) = self.running_invocation(place, invocation) else { return };
        if now < running.frozen_until {
            let thawed = running.frozen_until;
            return self.schedule(thawed, Item::Answer { container: place, invocation, ticket });
        }
        if !self.containers[place].gate.is_waited_for(ticket) {
            return;
        }
        let answered = self.when();
        self.log.invocations[invocation].calls[ticket].answered = Some(answered);
        self.containers[place].gate.answer(ticket);
        self.poll(place);
        self.deadline(place, invocation);
    }

    pub(super) fn deadline(&mut self, place: usize, invocation: usize) {
        let now = self.now;
        let Some(running) = self.running_invocation(place, invocation) else { return };
        if now < running.frozen_until {
            return;
        }
        if now >= running.deadline {
            self.count("out of time");
            self.log.invocations[invocation].troubled = true;
            self.finish(place, InvocationEnd::OutOfTime)
        }
    }
}
