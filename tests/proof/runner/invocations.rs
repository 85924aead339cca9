//! Invocations: each runs in a container until it waits for AWS, and ends.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use jiff::SignedDuration;
use reactive_scaler::{handler, scaler::Scaler};

use serde_json::Value;

use super::queue;
use super::state::{DEADLINE, Delivery, HandlerFuture, Item, RETRIES, Runner, RunningInvocation};
use crate::{
    broken_scalers::DefectivePort,
    event_log::{CallMade, Invocation, InvocationEnd, MessageMade, Signal},
    payload,
    port::{Port, SkewedClock},
    random::Random,
};

/// The time between the handler's deadline and that of Lambda.
const GRACE: u64 = 1000;

/// The attempt of an event that is delivered again at once, in a comparison of two runs.
const REPEATED: u32 = 100;

/// The S3 events and the results that an invocation delivers.
fn messages(delivery: &Delivery) -> Vec<MessageMade> {
    let single = std::slice::from_ref(delivery);
    let all = if delivery.batch.is_empty() { single } else { &delivery.batch };
    let carried = all.iter().filter(|it| matches!(it.signal, Signal::Input(_) | Signal::Result(_)));
    carried
        .map(|it| MessageMade {
            cause: it.cause.clone(),
            is_upload: matches!(it.signal, Signal::Input(_)),
            succeeded: false,
        })
        .collect()
}

/// The end of an invocation with this answer. If some messages of a batch failed, the invocation has not done everything.
fn handled(answer: Value, delivery: &Delivery, messages: &mut [MessageMade]) -> InvocationEnd {
    let failures = answer["batchItemFailures"].as_array().cloned().unwrap_or_default();
    let has_failed = |message: &Delivery| {
        failures.iter().any(|failed| failed["itemIdentifier"] == queue::message_id(message))
    };
    for (place, message) in messages.iter_mut().enumerate() {
        message.succeeded = !delivery.batch.get(place).is_some_and(has_failed);
    }
    if failures.is_empty() {
        return InvocationEnd::Answered(answer);
    }
    let decisions = answer["decisions"].as_array().cloned().unwrap_or_default();
    let errors =
        decisions.iter().flat_map(|one| one["errors"].as_array().cloned().unwrap_or_default());
    let errors: Vec<String> =
        errors.filter_map(|error| error.as_str().map(str::to_owned)).collect();
    InvocationEnd::Failed(errors.join("; "))
}

impl Runner<'_> {
    pub(super) fn deliver(&mut self, delivery: Delivery) {
        // Ticks and changes of status read the current state. Two of them can make two steps, so
        // they are not repeated.
        let looks = matches!(delivery.signal, Signal::Tick | Signal::Status(_));
        let repeated = self.twice && !looks;
        let repeat = repeated.then(|| Delivery { attempt: REPEATED, ..delivery.clone() });
        self.begin(delivery);
        // Runs that are compared have no delays, so the first invocation has ended.
        if let Some(again) = repeat {
            let form = usize::try_from(again.random_id % 7).unwrap();
            self.begin(Delivery {
                signal: Signal::Foreign,
                payload: payload::foreign(form),
                ..again.clone()
            });
            self.begin(again);
        }
    }

    pub(super) fn begin(&mut self, delivery: Delivery) {
        // A duplicate runs in the same container, if that is free.
        let mut chance = Random::of(self.plan.seed, delivery.random_id);
        let first = usize::try_from(chance.next() % self.containers.len() as u64).unwrap();
        let all = self.containers.len();
        let free =
            (0..all).map(|n| (first + n) % all).find(|n| self.containers[*n].running.is_none());
        let Some(place) = free else {
            return self.schedule(self.now + 700, Item::Deliver(delivery));
        };
        let began = self.when();
        let container = &mut self.containers[place];
        if self.cold {
            container.scaler = None;
        }
        let clock = SkewedClock {
            sim: self.sim.clone(),
            ahead: SignedDuration::from_secs(container.ahead),
            instant: self.instant,
            stands_at: Arc::default(),
        };
        container.gate.clear();
        let warmth = if container.scaler.is_some() { "warm container" } else { "cold container" };
        *self.log.faults.entry(warmth).or_default() += 1;
        let scaler = Arc::clone(container.scaler.get_or_insert_with(|| {
            let port = Port {
                sim: self.sim.clone(),
                gate: container.gate.clone(),
                state_history: self.state_history.clone(),
            };
            let broken = DefectivePort::new(port, self.defect, clock.stands_at.clone());
            container.broken = Some(broken.clone());
            Arc::new(Scaler::new(broken, clock.clone(), self.config.clone()))
        }));
        if let Some(broken) = &container.broken {
            broken.forget(delivery.signal);
        }
        let payload = delivery.payload.clone();
        self.clock.catch_up(self.now);
        let freeze = self.freeze_next.take();
        // If the clock stands still during a freeze, the deadline moves.
        let stands_still = freeze.filter(|(.., still)| *still).map_or(0, |(_, lasting, _)| lasting);
        let given = Duration::from_millis(DEADLINE + stands_still);
        let deadline = tokio::time::Instant::now() + given;
        let future: HandlerFuture = Box::pin(async move {
            handler::serve(&scaler, &clock, &payload, None, deadline, |_| {}).await
        });
        let invocation = self.log.invocations.len();
        self.log.invocations.push(Invocation {
            cause: delivery.cause.clone(),
            signal: delivery.signal,
            messages: messages(&delivery),
            container: place,
            generation: container.generation,
            ahead: container.ahead,
            attempt: delivery.attempt,
            began,
            ended: None,
            end: InvocationEnd::Running,
            calls: Vec::new(),
            troubled: false,
            frozen: false,
        });
        container.running = Some(RunningInvocation {
            invocation,
            delivery,
            future,
            flag: self.clock.flag(),
            slow: self.now < self.slow_until,
            kill: self.kill_next.take(),
            freeze,
            stop: self.stop_next.take(),
            frozen_until: 0,
            deadline: self.now + DEADLINE + GRACE,
        });
        self.schedule(self.now + DEADLINE + GRACE, Item::Deadline { container: place, invocation });
        self.poll(place);
        while let Some(item) = self.instant_queue.pop_front() {
            self.handle(item);
        }
    }

    /// Polls the invocation of a container until it waits for AWS.
    pub(super) fn poll(&mut self, place: usize) {
        loop {
            let container = &mut self.containers[place];
            let Some(running) = &mut container.running else { return };
            running.flag.lower();
            let waker = Waker::from(Arc::clone(&running.flag));
            let mut context = Context::from_waker(&waker);
            if let Poll::Ready(answer) = running.future.as_mut().poll(&mut context) {
                let end = match answer {
                    Ok(answer) => InvocationEnd::Answered(answer),
                    Err(error) => InvocationEnd::Failed(error.message),
                };
                return self.finish(place, end);
            }
            let again = running.flag.is_up();
            let (invocation, slow) = (running.invocation, running.slow);
            let random_id = running.delivery.random_id * 4 + u64::from(running.delivery.attempt);
            for (ticket, request) in self.containers[place].gate.new_calls() {
                let requested = self.when();
                let request_made = request.clone();
                let made = CallMade { request, requested, effect: None, answered: None };
                self.log.invocations[invocation].calls.push(made);
                let item = Item::Effect { container: place, invocation, ticket, tried: 0 };
                if self.instant {
                    self.instant_queue.push_back(item);
                    continue;
                }
                let mut chance = Random::of(self.plan.seed, random_id * 64 + ticket as u64);
                let takes = match self.latency.filter(|(_, until)| self.now < *until) {
                    Some((each, _)) => each,
                    None if slow => chance.within(300, 6000),
                    None => chance.within(10, 90),
                };
                let slower = self.meet_item_change(&request_made);
                self.schedule(self.now + takes + slower, item);
            }
            if !again {
                return;
            }
        }
    }

    pub(super) fn finish(&mut self, place: usize, end: InvocationEnd) {
        let ended = self.when();
        let container = &mut self.containers[place];
        let Some(running) = container.running.take() else { return };
        let is_stopped = running.stop.is_some() && end == InvocationEnd::OutOfTime;
        if end == InvocationEnd::Killed || is_stopped {
            container.scaler = None;
            container.generation += 1;
        }
        if matches!(&end, InvocationEnd::Failed(message) if message.contains("time was up")) {
            self.count("out of time");
            self.log.invocations[running.invocation].troubled = true;
        }
        let made = &mut self.log.invocations[running.invocation];
        made.ended = Some(ended);
        let end = match end {
            InvocationEnd::Answered(answer) => {
                handled(answer, &running.delivery, &mut made.messages)
            }
            other => other,
        };
        let failed = !matches!(end, InvocationEnd::Answered(_));
        made.end = end;
        let unhandled: Vec<bool> = made.messages.iter().map(|message| !message.succeeded).collect();
        if !running.delivery.batch.is_empty() && running.delivery.attempt == REPEATED {
            return;
        }
        if !running.delivery.batch.is_empty() {
            let messages = running.delivery.batch.into_iter().zip(unhandled);
            return self.put_back(messages.filter_map(|(it, left)| left.then_some(it)).collect());
        }
        // Lambda does not retry synchronous commands, and the next tick comes anyway.
        let retried = !matches!(running.delivery.signal, Signal::Command(..) | Signal::Tick);
        let attempt = usize::try_from(running.delivery.attempt).unwrap();
        if failed
            && retried
            && let Some(after) = RETRIES.get(attempt)
        {
            self.count("invocation tried again");
            let delivery = Delivery { attempt: running.delivery.attempt + 1, ..running.delivery };
            self.schedule(self.now + after, Item::Deliver(delivery));
        }
    }

    pub(super) fn running_invocation(
        &mut self,
        container: usize,
        invocation: usize,
    ) -> Option<&mut RunningInvocation> {
        self.containers[container]
            .running
            .as_mut()
            .filter(|running| running.invocation == invocation)
    }
}
