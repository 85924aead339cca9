//! Plays a plan: the real scaler in its containers, on the model, call by call. Everything that is
//! left to chance comes from the plan's seed, each thing from its own.
//!
//! The scaler's own timers run in the world's time: `clock` advances Tokio's paused clock with it.

mod beginning;
mod calls;
mod clock;
mod doom;
mod happenings;
mod invocations;
mod owner;
mod watching;

use std::{
    collections::{BTreeMap, VecDeque},
    pin::Pin,
    sync::Arc,
    time::Duration,
};

use jiff::Timestamp;
use reactive_scaler::{config::Config, handler::InvocationError, scaler::Scaler};
use serde_json::Value;
use simulator::{Fault, Operation, Simulator};

use clock::{Clock, Flag};

use crate::{
    broken::{Break, Broken},
    deeds,
    desk::Desk,
    history::{History, Signal, When},
    past::Past,
    payload,
    plan::{About, At, Bad, Family, MINUTE, Plan, SECOND, What},
    port::SkewedClock,
};

pub const START: &str = "2030-01-07T14:00:00Z";

/// What an invocation may take, as `handler` has it.
const DEADLINE: At = 50 * SECOND;

/// Lambda tries an asynchronous invocation again after a minute, and after two more.
const RETRIES: [At; 2] = [MINUTE, 2 * MINUTE];

type Served = Pin<Box<dyn Future<Output = Result<Value, InvocationError>>>>;

enum Item {
    Happening(usize),
    Tick(u64),
    Minute,
    Deliver(Delivery),
    Effect { slot: usize, invocation: usize, ticket: usize },
    Answer { slot: usize, invocation: usize, ticket: usize },
    Deadline { slot: usize, invocation: usize },
    Undo(usize),
    Owner { place: usize, release: Option<(String, Timestamp)> },
    Calm,
}

#[derive(Clone)]
struct Delivery {
    signal: Signal,
    payload: Value,
    cause: String,
    /// Seeds its chance.
    thing: u64,
    attempt: u32,
}

/// An invocation on its way.
struct Flight {
    invocation: usize,
    delivery: Delivery,
    future: Served,
    flag: Arc<Flag>,
    slow: bool,
    kill: Option<(usize, bool)>,
    freeze: Option<(usize, At, bool)>,
    frozen_until: At,
    deadline: At,
}

/// A place for a container.
struct Slot {
    generation: u32,
    ahead: i64,
    desk: Desk,
    broken: Option<Broken>,
    scaler: Option<Arc<Scaler<Broken, SkewedClock>>>,
    flight: Option<Flight>,
}

struct Active {
    operation: Option<Operation>,
    fault: Fault,
    left: u32,
    until: At,
}

pub struct Player<'a> {
    plan: &'a Plan,
    what_is_broken: Break,
    sim: Simulator,
    clock: Clock,
    past: Past,
    config: Config,
    agenda: BTreeMap<(At, u64), Item>,
    order: u64,
    now: At,
    start: Timestamp,
    slots: Vec<Slot>,
    active: Vec<Active>,
    stale: Option<(At, At)>,
    kill_next: Option<(usize, bool)>,
    freeze_next: Option<(usize, At, bool)>,
    slow_until: At,
    /// What each call takes, and until when.
    latency: Option<(At, At)>,
    /// Calls that are struck, how, and until when.
    asked: Vec<(About, Bad, At)>,
    limited_until: At,
    /// Happenings of owners that wait for their occasion.
    armed: Vec<usize>,
    ticks_missing_until: At,
    told: usize,
    noted: usize,
    alarmed: Vec<bool>,
    history: History,
    instant: bool,
    /// Containers remember nothing.
    cold: bool,
    /// What is due where calls take no time.
    at_once: VecDeque<Item>,
    twice: bool,
}

/// Plays it to its end.
pub fn play(plan: &Plan, what_is_broken: Break) -> History {
    Player::new(plan, what_is_broken).run()
}

/// Plays it with calls that take no time. `cold`: every invocation meets a container that remembers
/// nothing. `twice`: every event is delivered once more at once, and a foreign one in between.
pub fn play_instantly(plan: &Plan, what_is_broken: Break, cold: bool, twice: bool) -> History {
    let player = Player::new(plan, what_is_broken);
    Player { instant: true, cold, twice, ..player }.run()
}

impl Player<'_> {
    fn at(&mut self, at: At, item: Item) {
        self.order += 1;
        self.agenda.insert((at, self.order), item);
    }

    fn count(&mut self, fault: &'static str) {
        *self.history.faults.entry(fault).or_default() += 1;
    }

    fn when(&mut self) -> When {
        self.order += 1;
        When { at: self.sim.now(), order: self.order }
    }

    fn run(mut self) -> History {
        let runtime = self.clock.runtime();
        let _inside = runtime.enter();
        self.note_all();
        while let Some((at, _)) = self.agenda.first_key_value().map(|(key, _)| *key) {
            if at >= self.plan.ends {
                break;
            }
            if let Some(place) = self.wait_until(at) {
                self.poll(place);
                self.note();
                continue;
            }
            let Some((_, item)) = self.agenda.pop_first() else { break };
            self.pass_time(at);
            if self.limited_until <= at {
                self.sim.with(|world| world.rate_limit = None);
            }
            // What is done without a call is in no journal.
            let by_hand = matches!(
                item,
                Item::Happening(_) | Item::Undo(_) | Item::Owner { .. } | Item::Calm
            );
            self.take(item);
            if by_hand {
                self.note_all();
            } else {
                self.note();
            }
            if self.plan.tells_status {
                self.tell_status();
            }
        }
        self.sim.advance_to(self.history.ends);
        self.note();
        self.history.moments = self.past.take();
        self.sim.with(|world| {
            self.history.events =
                world.journal.events().map(|(at, event)| (at, event.clone())).collect();
            self.history.jobs = world.jobs().to_vec();
        });
        self.history
    }

    /// Lets the world's time pass.
    fn pass_time(&mut self, at: At) {
        self.now = at;
        self.sim.advance_to(self.start + Duration::from_millis(at));
        self.note();
    }

    /// Takes note of how all stand, where anything can have changed: the journal has every event.
    fn note(&mut self) {
        let entries = self.sim.with(|world| world.journal.entries().len());
        if std::mem::replace(&mut self.noted, entries) != entries {
            self.note_all();
        }
    }

    fn note_all(&mut self) {
        self.order += 1;
        self.past.note(&self.sim, self.order);
    }

    fn take(&mut self, item: Item) {
        match item {
            Item::Happening(place) => self.happen(&self.plan.happenings[place].clone()),
            Item::Tick(minute) => {
                if self.now >= self.ticks_missing_until {
                    self.tick(minute);
                } else {
                    self.count("tick missing");
                }
            }
            Item::Minute => self.watch_backlog(),
            Item::Deliver(delivery) => self.deliver(delivery),
            Item::Effect { slot, invocation, ticket } => self.effect(slot, invocation, ticket),
            Item::Answer { slot, invocation, ticket } => self.answer(slot, invocation, ticket),
            Item::Deadline { slot, invocation } => {
                self.deadline(slot, invocation);
                // A clock that stood still has moved it.
                if let Some(flight) = self.flying(slot, invocation) {
                    let due = flight.deadline.max(flight.frozen_until).max(self.now + 1);
                    self.at(due, Item::Deadline { slot, invocation });
                }
            }
            Item::Undo(place) => {
                if let What::Deed { endpoint, deed } = &self.plan.happenings[place].what
                    && self.now < self.plan.calm_from
                {
                    let (sim, ids) = (&self.sim, &self.history.ids);
                    if let Some(fault) = deeds::undo(sim, self.plan, ids, *endpoint, *deed) {
                        self.count(fault);
                        if fault == "person: re-creates the endpoint" {
                            self.count("Creating");
                        }
                    }
                    let when = self.when();
                    let what = self.plan.happenings[place].what.clone();
                    self.history.deeds.push((when, what));
                }
            }
            Item::Owner { place, release } => self.owner_is_due(place, release),
            Item::Calm => {
                self.active.clear();
                self.asked.clear();
                self.armed.clear();
                self.latency = None;
                self.limited_until = self.now;
                self.stale = None;
                (self.kill_next, self.freeze_next) = (None, None);
                (self.slow_until, self.ticks_missing_until) = (0, 0);
                self.alarmed.fill(false);
                if self.plan.family == Family::Small {
                    deeds::calm(&self.sim, self.plan, &self.history.ids);
                }
            }
        }
    }

    fn tick(&mut self, minute: u64) {
        let delivery = Delivery {
            signal: Signal::Tick,
            payload: payload::tick(minute),
            cause: format!("tick of minute {minute}"),
            thing: 1_000_000 + minute,
            attempt: 0,
        };
        self.deliver(delivery);
    }
}
