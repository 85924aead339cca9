//! The event loop: handles the items of the queue, ordered by time.

use std::{future::poll_fn, pin::pin, sync::PoisonError, task::Poll};

use tokio::time::Instant;

use crate::{
    event_log::{EventLog, Signal},
    outside_changes, payload,
    plan::{At, EventKind, Family},
};

use super::state::{Delivery, Item, Runner, RunningInvocation};

impl Runner<'_> {
    pub(super) fn run(mut self) -> EventLog {
        let runtime = self.clock.runtime();
        let _inside = runtime.enter();
        self.record_states();
        while let Some((at, _)) = self.queue.first_key_value().map(|(key, _)| *key) {
            if at >= self.plan.ends {
                break;
            }
            if let Some(place) = self.wait_until(at) {
                self.poll(place);
                self.record_states_if_changed();
                continue;
            }
            let Some((_, item)) = self.queue.pop_first() else { break };
            self.pass_time(at);
            if self.limited_until <= at {
                self.sim.with(|world| world.rate_limit = None);
            }
            // Changes without a call are not in the journal.
            let by_hand = matches!(
                item,
                Item::PlannedEvent(_) | Item::Undo(_) | Item::Owner { .. } | Item::Calm
            );
            self.handle(item);
            if by_hand {
                self.record_states();
            } else {
                self.record_states_if_changed();
            }
            if self.plan.tells_status {
                self.tell_status();
            }
            if self.plan.family == Family::Results {
                self.send_results();
            }
        }
        self.sim.advance_to(self.log.ends);
        self.record_states_if_changed();
        self.log.snapshots = self.state_history.take();
        self.sim.with(|world| {
            self.log.events =
                world.journal.events().map(|(at, event)| (at, event.clone())).collect();
            self.log.jobs = world.jobs().to_vec();
        });
        self.log
    }

    pub(super) fn handle(&mut self, item: Item) {
        match item {
            Item::PlannedEvent(place) => self.run_event(&self.plan.events[place].clone()),
            Item::Tick(minute) => {
                if self.now >= self.ticks_missing_until {
                    self.tick(minute);
                } else {
                    self.count("tick missing");
                }
            }
            Item::Minute => self.watch_backlog(),
            Item::Deliver(delivery) => self.deliver(delivery),
            Item::Queued(message) => self.queued(message),
            Item::Batch(endpoint) => self.batch(endpoint),
            Item::Effect { container, invocation, ticket, tried } => {
                self.effect(container, invocation, ticket, tried);
            }
            Item::Answer { container, invocation, ticket } => {
                self.answer(container, invocation, ticket)
            }
            Item::Deadline { container, invocation } => {
                self.deadline(container, invocation);
                // A freeze might have moved the deadline.
                if let Some(running) = self.running_invocation(container, invocation) {
                    let due = running.deadline.max(running.frozen_until).max(self.now + 1);
                    self.schedule(due, Item::Deadline { container, invocation });
                }
            }
            Item::Undo(place) => {
                if let EventKind::OutsideChange { endpoint, change } = &self.plan.events[place].kind
                    && self.now < self.plan.calm_from
                {
                    let (sim, ids) = (&self.sim, &self.log.ids);
                    if let Some(fault) =
                        outside_changes::undo(sim, self.plan, ids, *endpoint, *change)
                    {
                        self.count(fault);
                        if fault == "person: re-creates the endpoint" {
                            self.count("Creating");
                        }
                    }
                    let when = self.when();
                    let kind = self.plan.events[place].kind.clone();
                    self.log.outside_changes.push((when, kind));
                }
            }
            Item::Owner { place, release } => self.owner_is_due(place, release),
            Item::Calm => {
                self.active_faults.clear();
                self.disrupted_calls.clear();
                self.waiting_owner_events.clear();
                self.waiting_requests.clear();
                self.latency = None;
                self.limited_until = self.now;
                self.stale = None;
                (self.kill_next, self.freeze_next, self.stop_next) = (None, None, None);
                (self.slow_until, self.ticks_missing_until) = (0, 0);
                self.alarmed.fill(false);
                if self.plan.family != Family::Fleet {
                    outside_changes::calm(&self.sim, self.plan, &self.log.ids);
                }
            }
        }
    }

    pub(super) fn tick(&mut self, minute: u64) {
        let delivery = Delivery {
            signal: Signal::Tick,
            payload: payload::tick(minute),
            cause: format!("tick of minute {minute}"),
            batch: Vec::new(),
            random_id: 1_000_000 + minute,
            attempt: 0,
        };
        self.deliver(delivery);
    }

    /// Waits until this time, or until a timer of an invocation is due. In the latter case, returns
    /// its container.
    pub(super) fn wait_until(&mut self, at: At) -> Option<usize> {
        let now = self.now;
        if self.containers.iter().all(|container| container.running.is_none()) {
            return None;
        }
        let containers = &self.containers;
        let due = || {
            let due =
                |running: &RunningInvocation| running.flag.is_up() && running.frozen_until <= now;
            containers.iter().position(|container| container.running.as_ref().is_some_and(due))
        };
        let clock = &self.clock;
        let woken = clock.runtime.block_on(async {
            let mut sleep = pin!(tokio::time::sleep_until(clock.at(at)));
            poll_fn(|context| {
                let waker = Some(context.waker().clone());
                *clock.runner.lock().unwrap_or_else(PoisonError::into_inner) = waker;
                match due() {
                    Some(place) => Poll::Ready(Some(place)),
                    None => sleep.as_mut().poll(context).map(|()| None),
                }
            })
            .await
        });
        let passed = Instant::now().saturating_duration_since(self.clock.began);
        let then = At::try_from(passed.as_millis()).unwrap().clamp(now, at);
        if woken.is_some() {
            self.pass_time(then);
        }
        woken
    }
}
