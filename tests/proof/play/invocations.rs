//! Invocations: each meets a container, runs until it waits for AWS, and ends.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use jiff::SignedDuration;
use reactive_scaler::{handler, scaler::Scaler};

use super::{DEADLINE, Delivery, Flight, Item, Player, RETRIES, Served};
use crate::{
    broken::Broken,
    history::{CallMade, End, Invocation, Signal},
    payload,
    port::{Port, SkewedClock},
    random::Random,
};

/// Between the handler's own deadline and Lambda's.
const GRACE: u64 = 1000;

impl Player<'_> {
    pub(super) fn deliver(&mut self, delivery: Delivery) {
        // A tick or a change of status asks for a look at the present: two looks may go two steps.
        let looks = matches!(delivery.signal, Signal::Tick | Signal::Status(_));
        let repeated = self.twice && !looks;
        let repeat = repeated.then(|| Delivery { attempt: 100, ..delivery.clone() });
        self.begin(delivery);
        // What is compared is played without delays: the first is done by now.
        if let Some(again) = repeat {
            let form = usize::try_from(again.thing % 7).unwrap();
            self.begin(Delivery {
                signal: Signal::Foreign,
                payload: payload::foreign(form),
                ..again.clone()
            });
            self.begin(again);
        }
    }

    pub(super) fn begin(&mut self, delivery: Delivery) {
        // A duplicate meets the same container, where that is free.
        let mut chance = Random::of(self.plan.seed, delivery.thing);
        let first = usize::try_from(chance.next() % self.slots.len() as u64).unwrap();
        let all = self.slots.len();
        let free = (0..all).map(|n| (first + n) % all).find(|n| self.slots[*n].flight.is_none());
        let Some(place) = free else {
            return self.at(self.now + 700, Item::Deliver(delivery));
        };
        let began = self.when();
        let slot = &mut self.slots[place];
        if self.cold {
            slot.scaler = None;
        }
        let clock = SkewedClock {
            sim: self.sim.clone(),
            ahead: SignedDuration::from_secs(slot.ahead),
            instant: self.instant,
        };
        slot.desk.clear();
        let warmth = if slot.scaler.is_some() { "warm container" } else { "cold container" };
        *self.history.faults.entry(warmth).or_default() += 1;
        let scaler = Arc::clone(slot.scaler.get_or_insert_with(|| {
            let port =
                Port { sim: self.sim.clone(), desk: slot.desk.clone(), past: self.past.clone() };
            let broken = Broken::new(port, self.what_is_broken);
            slot.broken = Some(broken.clone());
            Arc::new(Scaler::new(broken, clock.clone(), self.config.clone()))
        }));
        if let Some(broken) = &slot.broken {
            broken.forget();
        }
        let payload = delivery.payload.clone();
        self.clock.catch_up(self.now);
        let freeze = self.freeze_next.take();
        // A clock that stands still in a freeze moves the deadline.
        let stands_still = freeze.filter(|(.., still)| *still).map_or(0, |(_, lasting, _)| lasting);
        let given = Duration::from_millis(DEADLINE + stands_still);
        let deadline = tokio::time::Instant::now() + given;
        let future: Served = Box::pin(async move {
            handler::serve(&scaler, &clock, &payload, None, deadline, |_| {}).await
        });
        let invocation = self.history.invocations.len();
        self.history.invocations.push(Invocation {
            cause: delivery.cause.clone(),
            signal: delivery.signal,
            container: place,
            generation: slot.generation,
            ahead: slot.ahead,
            attempt: delivery.attempt,
            began,
            ended: None,
            end: End::Running,
            calls: Vec::new(),
            troubled: false,
            frozen: false,
        });
        slot.flight = Some(Flight {
            invocation,
            delivery,
            future,
            flag: self.clock.flag(),
            slow: self.now < self.slow_until,
            kill: self.kill_next.take(),
            freeze,
            frozen_until: 0,
            deadline: self.now + DEADLINE + GRACE,
        });
        self.at(self.now + DEADLINE + GRACE, Item::Deadline { slot: place, invocation });
        self.poll(place);
        while let Some(item) = self.at_once.pop_front() {
            self.take(item);
        }
    }

    /// Lets a container's invocation run until it waits for AWS.
    pub(super) fn poll(&mut self, place: usize) {
        loop {
            let slot = &mut self.slots[place];
            let Some(flight) = &mut slot.flight else { return };
            flight.flag.lower();
            let waker = Waker::from(Arc::clone(&flight.flag));
            let mut context = Context::from_waker(&waker);
            if let Poll::Ready(answer) = flight.future.as_mut().poll(&mut context) {
                let end = match answer {
                    Ok(answer) => End::Answered(answer),
                    Err(error) => End::Failed(error.message),
                };
                return self.finish(place, end);
            }
            let again = flight.flag.is_up();
            let (invocation, slow) = (flight.invocation, flight.slow);
            let thing = flight.delivery.thing * 4 + u64::from(flight.delivery.attempt);
            for (ticket, ask) in self.slots[place].desk.new_calls() {
                let asked = self.when();
                let made = CallMade { ask, asked, effect: None, answered: None };
                self.history.invocations[invocation].calls.push(made);
                let item = Item::Effect { slot: place, invocation, ticket, tried: 0 };
                if self.instant {
                    self.at_once.push_back(item);
                    continue;
                }
                let mut chance = Random::of(self.plan.seed, thing * 64 + ticket as u64);
                let takes = match self.latency.filter(|(_, until)| self.now < *until) {
                    Some((each, _)) => each,
                    None if slow => chance.within(300, 6000),
                    None => chance.within(10, 90),
                };
                self.at(self.now + takes, item);
            }
            if !again {
                return;
            }
        }
    }

    pub(super) fn finish(&mut self, place: usize, end: End) {
        let ended = self.when();
        let slot = &mut self.slots[place];
        let Some(flight) = slot.flight.take() else { return };
        if end == End::Killed {
            slot.scaler = None;
            slot.generation += 1;
        }
        if matches!(&end, End::Failed(message) if message.contains("time was up")) {
            self.count("out of time");
            self.history.invocations[flight.invocation].troubled = true;
        }
        let made = &mut self.history.invocations[flight.invocation];
        made.ended = Some(ended);
        let failed = !matches!(end, End::Answered(_));
        made.end = end;
        // A person sees the error; the schedule's next tick comes anyway.
        let retried = !matches!(flight.delivery.signal, Signal::Command(..) | Signal::Tick);
        let attempt = usize::try_from(flight.delivery.attempt).unwrap();
        if failed
            && retried
            && let Some(after) = RETRIES.get(attempt)
        {
            self.count("invocation tried again");
            let delivery = Delivery { attempt: flight.delivery.attempt + 1, ..flight.delivery };
            self.at(self.now + after, Item::Deliver(delivery));
        }
    }

    pub(super) fn flying(&mut self, slot: usize, invocation: usize) -> Option<&mut Flight> {
        self.slots[slot].flight.as_mut().filter(|flight| flight.invocation == invocation)
    }
}
