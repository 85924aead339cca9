//! Plays a plan: the real scaler in its containers, on the model, call by call. Everything that is
//! left to chance comes from the plan's seed, each thing from its own.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::{
    config::{Config, Mode, routes_from_json},
    handler::{self, InvocationError},
    port::VariantId,
    scaler::Scaler,
};
use serde_json::{Value, json};
use simulator::{
    Entry, Event, Fault, JobSpec, MetricName, Operation, Outcome, Pace, Service, Settings,
    Simulator,
};

use crate::{
    broken::{Break, Broken},
    deeds,
    desk::{Desk, Doom},
    history::{CallMade, Effect, End, History, Invocation, Signal, When},
    past::Past,
    payload,
    plan::{At, Happening, MINUTE, Plan, SECOND, Trouble, What},
    port::{Port, SkewedClock},
    random::Random,
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

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
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

impl<'a> Player<'a> {
    fn new(plan: &'a Plan, what_is_broken: Break) -> Self {
        let start: Timestamp = START.parse().unwrap();
        let assumed = plan.settings.clone();
        let settings = Settings {
            metric_lag: assumed.metric_lag,
            publishing: assumed.publishing,
            past_schedule: assumed.past_schedule,
            keep_past_actions: assumed.keep_past_actions,
            schedule_lateness: assumed.schedule_lateness,
            update_accepted_when_degraded: assumed.update_accepted_when_degraded,
            deregister_on_delete: assumed.deregister_on_delete,
            page_size: assumed.page_size,
            ..Settings::default()
        };
        // Some time before, so that metrics have a past.
        let sim = Simulator::with_settings(start - SignedDuration::from_mins(20), settings);
        let ids: Vec<VariantId> = plan
            .endpoints
            .iter()
            .map(|endpoint| VariantId::new(&endpoint.name, "AllTraffic"))
            .collect();
        sim.with(|world| {
            for (endpoint, id) in plan.endpoints.iter().zip(&ids) {
                deeds::create(world, endpoint, id, endpoint.starts_with);
                if endpoint.registered {
                    world.register_target(id, 0, endpoint.max);
                }
            }
            world.advance_to(start);
        });
        let routes: Vec<Value> = plan
            .endpoints
            .iter()
            .map(|endpoint| {
                let mut route = json!({
                    "endpoint": endpoint.name,
                    "bucket": payload::bucket(&endpoint.name),
                    "wake_to": endpoint.wake_to,
                    "idle_minutes": endpoint.idle_minutes,
                });
                if let Some(each) = endpoint.inputs_per_instance {
                    route["inputs_per_instance"] = json!(each);
                }
                route
            })
            .collect();
        let routes = routes_from_json(&Value::from(routes).to_string()).unwrap();
        let past = Past::new(ids.clone());
        let slots = plan
            .skews
            .iter()
            .map(|ahead| Slot {
                generation: 0,
                ahead: *ahead,
                desk: Desk::default(),
                broken: None,
                scaler: None,
                flight: None,
            })
            .collect();
        let after = |at: At| start + Duration::from_millis(at);
        let mut player = Self {
            plan,
            what_is_broken,
            past,
            config: Config { routes, mode: Mode::Act },
            agenda: BTreeMap::new(),
            order: 0,
            now: 0,
            start,
            slots,
            active: Vec::new(),
            stale: None,
            kill_next: None,
            freeze_next: None,
            slow_until: 0,
            ticks_missing_until: 0,
            told: sim.with(|world| world.journal.entries().len()),
            noted: 0,
            alarmed: vec![false; ids.len()],
            history: History {
                start,
                ids,
                invocations: Vec::new(),
                moments: Vec::new(),
                deeds: Vec::new(),
                events: Vec::new(),
                jobs: Vec::new(),
                calm_from: after(plan.calm_from),
                ends: after(plan.ends),
                faults: BTreeMap::new(),
            },
            sim,
            instant: false,
            cold: what_is_broken == Break::NothingRemembered,
            at_once: VecDeque::new(),
            twice: false,
        };
        for (place, happening) in plan.happenings.iter().enumerate() {
            player.at(happening.at, Item::Happening(place));
        }
        for minute in 0..plan.ends / MINUTE {
            player.at(minute * MINUTE, Item::Minute);
            player.at(minute * MINUTE + plan.tick_after, Item::Tick(minute));
        }
        player.at(plan.calm_from, Item::Calm);
        if plan.skews.iter().any(|ahead| *ahead != 0) {
            player.count("clock off");
        }
        player
    }

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
        self.note_all();
        while let Some(((at, _), item)) = self.agenda.pop_first() {
            if at >= self.plan.ends {
                break;
            }
            self.now = at;
            self.sim.advance_to(self.start + Duration::from_millis(at));
            self.note();
            // What is done without a call is in no journal.
            let by_hand = matches!(item, Item::Happening(_) | Item::Undo(_) | Item::Calm);
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
                    }
                    let when = self.when();
                    let what = self.plan.happenings[place].what.clone();
                    self.history.deeds.push((when, what));
                }
            }
            Item::Calm => {
                self.active.clear();
                self.stale = None;
                (self.kill_next, self.freeze_next) = (None, None);
                (self.slow_until, self.ticks_missing_until) = (0, 0);
                self.alarmed.fill(false);
                deeds::calm(&self.sim, self.plan, &self.history.ids);
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

    fn happen(&mut self, happening: &Happening) {
        let thing = happening.number;
        let cause = format!("#{thing}");
        let one = |signal, payload| Delivery {
            signal,
            payload,
            cause: cause.clone(),
            thing: thing * 16,
            attempt: 0,
        };
        let name = |endpoint: usize| self.plan.endpoints[endpoint].name.clone();
        match &happening.what {
            What::Upload { endpoint, processing, delivered_after } => {
                let spec = JobSpec { processing: Some(*processing), ..JobSpec::default() };
                let name = name(*endpoint);
                self.sim.with(|world| world.add_job(&name, &spec));
                match delivered_after.as_slice() {
                    [] => self.count("event lost"),
                    [_] => {}
                    _ => self.count("event duplicated"),
                }
                for (nth, after) in delivered_after.iter().enumerate() {
                    if *after > 60 * MINUTE {
                        self.count("event over an hour late");
                    } else if *after > 20 * SECOND {
                        self.count("event late and out of order");
                    }
                    let payload = payload::input(&name, self.sim.now(), thing);
                    let mut delivery = one(Signal::Input(*endpoint), payload);
                    delivery.thing += nth as u64;
                    self.at(self.now + after, Item::Deliver(delivery));
                }
            }
            What::Inline { endpoint, processing } => {
                let spec =
                    JobSpec { processing: Some(*processing), inline: true, ..JobSpec::default() };
                self.sim.with(|world| world.add_job(&name(*endpoint), &spec));
                self.count("work without an event: an inline body");
            }
            What::OldEvent { endpoint, hours } => {
                self.count("event hours old, delivered again");
                let uploaded = self.sim.now() - SignedDuration::from_hours(*hours);
                let payload = payload::input(&name(*endpoint), uploaded, thing);
                self.deliver(one(Signal::Input(*endpoint), payload));
            }
            What::TicksMissing { minutes } => {
                self.ticks_missing_until = self.now + minutes * MINUTE;
            }
            What::ExtraTick => {
                self.count("tick doubled or late");
                self.tick(500_000 + thing);
            }
            What::Foreign { form } => {
                self.deliver(one(Signal::Foreign, payload::foreign(*form)));
            }
            What::StatusEvent { endpoint } => {
                let payload = payload::status(&name(*endpoint));
                self.deliver(one(Signal::Status(*endpoint), payload));
            }
            What::AlarmEvent { endpoint } => {
                let payload = payload::alarm(&name(*endpoint));
                self.deliver(one(Signal::Alarm(*endpoint), payload));
            }
            What::ResultEvent { endpoint } => {
                let payload = payload::result(&name(*endpoint));
                self.deliver(one(Signal::Result(*endpoint), payload));
            }
            What::Command { endpoint, command, twice } => {
                let payload = payload::command(&name(*endpoint), *command);
                let delivery = one(Signal::Command(*endpoint, *command), payload);
                if *twice {
                    self.count("invocation run twice");
                    let again = Delivery { thing: delivery.thing + 1, ..delivery.clone() };
                    self.at(self.now + 40, Item::Deliver(again));
                }
                self.deliver(delivery);
            }
            What::Deed { endpoint, deed } => {
                if deeds::apply(&self.sim, self.plan, &self.history.ids, *endpoint, *deed) {
                    self.count(deeds::name(*deed));
                    let when = self.when();
                    self.history.deeds.push((when, happening.what.clone()));
                    if let Some(minutes) = deeds::lasting(*deed) {
                        let place = self.plan.happenings.iter().position(|h| h.number == thing);
                        self.at(self.now + minutes * MINUTE, Item::Undo(place.unwrap()));
                    }
                }
            }
            What::Drop { container } => {
                let slot = &mut self.slots[*container];
                if slot.flight.is_none() && slot.scaler.take().is_some() {
                    slot.generation += 1;
                    self.count("container dropped");
                }
            }
            What::Trouble(trouble) => self.trouble(thing, trouble),
        }
    }

    fn trouble(&mut self, thing: u64, trouble: &Trouble) {
        match trouble.clone() {
            Trouble::Calls { operation, fault, times, lasting } => {
                let until = self.now + lasting;
                self.active.push(Active { operation, fault, left: times, until });
            }
            Trouble::Stale { by, lasting } => self.stale = Some((by, self.now + lasting)),
            Trouble::Kill { call, after_effect } => self.kill_next = Some((call, after_effect)),
            Trouble::Freeze { call, lasting } => {
                self.freeze_next = Some((call, lasting, thing.is_multiple_of(2)));
            }
            Trouble::Slow { lasting } => self.slow_until = self.now + lasting,
        }
    }

    /// Events of SageMaker about changes of status, some seconds later.
    fn tell_status(&mut self) {
        let from = self.told;
        let changed: Vec<String> = self.sim.with(|world| {
            let entries = world.journal.entries();
            self.told = entries.len();
            let of = |entry: &Entry| match entry {
                Entry::Event(
                    _,
                    Event::InService(id, _) | Event::AtZero(id) | Event::CapacityFailed(id),
                ) => Some(id.endpoint.clone()),
                Entry::Event(_, Event::Status(name, _)) => Some(name.clone()),
                _ => None,
            };
            entries[from..].iter().filter_map(of).collect()
        });
        for (nth, name) in changed.into_iter().enumerate() {
            let Some(endpoint) = self.plan.endpoints.iter().position(|known| known.name == name)
            else {
                continue;
            };
            let thing = 2_000_000 + self.now + nth as u64;
            let after = Random::of(self.plan.seed, thing).within(500, 20 * SECOND);
            let delivery = Delivery {
                signal: Signal::Status(endpoint),
                payload: payload::status(&name),
                cause: "change of status".to_owned(),
                thing,
                attempt: 0,
            };
            self.at(self.now + after, Item::Deliver(delivery));
        }
    }

    /// The backstop alarm: two datapoints in a row with a backlog and no capacity.
    fn watch_backlog(&mut self) {
        if !self.plan.backstop && self.now < self.plan.calm_from {
            return;
        }
        for endpoint in 0..self.plan.endpoints.len() {
            let name = self.plan.endpoints[endpoint].name.clone();
            let newest = self.sim.with(|world| {
                let from = world.now() - SignedDuration::from_mins(6);
                world.visible(MetricName::HasBacklogWithoutCapacity, &name, from, world.now())
            });
            let alarm = newest.len() >= 2 && newest.iter().rev().take(2).all(|p| p.value >= 1.0);
            if alarm && !std::mem::replace(&mut self.alarmed[endpoint], alarm) {
                let delivery = Delivery {
                    signal: Signal::Alarm(endpoint),
                    payload: payload::alarm(&name),
                    cause: "backstop alarm".to_owned(),
                    thing: 4_000_000_000 + self.now + endpoint as u64,
                    attempt: 0,
                };
                self.at(self.now + 900, Item::Deliver(delivery));
            }
            self.alarmed[endpoint] = alarm;
        }
    }

    fn deliver(&mut self, delivery: Delivery) {
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

    fn begin(&mut self, delivery: Delivery) {
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
        let clock =
            SkewedClock { sim: self.sim.clone(), ahead: SignedDuration::from_secs(slot.ahead) };
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
        // The player keeps the time; the real one never runs out.
        let deadline = tokio::time::Instant::now() + Duration::from_secs(36_000);
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
            flag: Arc::new(Flag(AtomicBool::new(true))),
            slow: self.now < self.slow_until,
            kill: self.kill_next.take(),
            freeze: self.freeze_next.take(),
            frozen_until: 0,
            deadline: self.now + DEADLINE,
        });
        self.at(self.now + DEADLINE, Item::Deadline { slot: place, invocation });
        self.poll(place);
        while let Some(item) = self.at_once.pop_front() {
            self.take(item);
        }
    }

    /// Lets a container's invocation run until it waits for AWS.
    fn poll(&mut self, place: usize) {
        loop {
            let slot = &mut self.slots[place];
            let Some(flight) = &mut slot.flight else { return };
            flight.flag.0.store(false, Ordering::SeqCst);
            let waker = Waker::from(Arc::clone(&flight.flag));
            let mut context = Context::from_waker(&waker);
            if let Poll::Ready(answer) = flight.future.as_mut().poll(&mut context) {
                let end = match answer {
                    Ok(answer) => End::Answered(answer),
                    Err(error) => End::Failed(error.message),
                };
                return self.finish(place, end);
            }
            let again = flight.flag.0.load(Ordering::SeqCst);
            let (invocation, slow) = (flight.invocation, flight.slow);
            let thing = flight.delivery.thing * 4 + u64::from(flight.delivery.attempt);
            for (ticket, ask) in self.slots[place].desk.new_calls() {
                let asked = self.when();
                let made = CallMade { ask, asked, effect: None, answered: None };
                self.history.invocations[invocation].calls.push(made);
                let item = Item::Effect { slot: place, invocation, ticket };
                if self.instant {
                    self.at_once.push_back(item);
                    continue;
                }
                let mut chance = Random::of(self.plan.seed, thing * 64 + ticket as u64);
                let takes = if slow { chance.within(300, 6000) } else { chance.within(10, 90) };
                self.at(self.now + takes, item);
            }
            if !again {
                return;
            }
        }
    }

    fn finish(&mut self, place: usize, end: End) {
        let ended = self.when();
        let slot = &mut self.slots[place];
        let Some(flight) = slot.flight.take() else { return };
        if end == End::Killed {
            slot.scaler = None;
            slot.generation += 1;
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

    fn flying(&mut self, slot: usize, invocation: usize) -> Option<&mut Flight> {
        self.slots[slot].flight.as_mut().filter(|flight| flight.invocation == invocation)
    }

    fn effect(&mut self, place: usize, invocation: usize, ticket: usize) {
        let Some(flight) = self.flying(place, invocation) else { return };
        let kill = flight.kill.filter(|(call, _)| *call == ticket);
        if let Some((_, false)) = kill {
            self.count("killed before a call's effect");
            self.history.invocations[invocation].troubled = true;
            return self.finish(place, End::Killed);
        }
        let ask = self.history.invocations[invocation].calls[ticket].ask.clone();
        let (doom, injected) = self.doom(ask.operation());
        let endpoint = ask
            .endpoint()
            .and_then(|name| self.history.ids.iter().position(|id| id.endpoint == name));
        let writes = ask.operation().is_write();
        let stand = |player: &Self| {
            if !writes {
                return None;
            }
            let id = player.history.ids[endpoint?].clone();
            Some(player.sim.with(|world| crate::past::Stand::of(world, &id)))
        };
        let before = stand(self);
        let when = self.when();
        let stale = doom.as_of.is_some();
        if self.slots.iter().filter(|slot| slot.flight.is_some()).count() > 1 {
            self.count("interleaved: another invocation at work");
        }
        self.slots[place].desk.grant(ticket, doom);
        self.poll(place);
        let after = stand(self);
        let Some(shown) = self.slots[place].desk.outcome(ticket) else { return };
        let accepted = self.sim.with(|world| {
            let last = world.journal.entries().iter().rev().find_map(|entry| match entry {
                Entry::Call(call) => Some(call.outcome.clone()),
                Entry::Event(..) => None,
            });
            matches!(last, Some(Outcome::Ok | Outcome::NoAnswer { effect: true }))
        });
        let made = &mut self.history.invocations[invocation];
        made.troubled |= injected.is_some() || stale;
        made.calls[ticket].effect =
            Some(Effect { when, shown, accepted, injected, stale, before, after });
        if writes {
            self.note_all();
        }
        // A read changes nothing.
        self.noted = self.sim.with(|world| world.journal.entries().len());
        if kill.is_some() {
            self.count("killed after a call's effect");
            self.history.invocations[invocation].troubled = true;
            return self.finish(place, End::Killed);
        }
        let now = self.now;
        let Some(flight) = self.flying(place, invocation) else { return };
        let thing = flight.delivery.thing * 4 + u64::from(flight.delivery.attempt);
        let mut takes = if flight.slow { thing * 31 % 900 } else { 5 };
        if let Some((call, lasting, clock_stands_still)) = flight.freeze
            && call == ticket
        {
            flight.freeze = None;
            flight.frozen_until = now + lasting;
            if clock_stands_still {
                flight.deadline += lasting;
            }
            takes = lasting;
            self.count("frozen between two calls");
            let made = &mut self.history.invocations[invocation];
            (made.troubled, made.frozen) = (true, true);
        }
        let item = Item::Answer { slot: place, invocation, ticket };
        if self.instant {
            self.at_once.push_back(item);
        } else {
            self.at(now + takes, item);
        }
    }

    /// What becomes of the next call of this operation.
    fn doom(&mut self, operation: Operation) -> (Doom, Option<&'static str>) {
        let now = self.now;
        self.active.retain(|active| active.left > 0 && now < active.until);
        let struck = self.active.iter_mut().find(|active| {
            active.operation.is_none_or(|wanted| wanted == operation)
                && possible(&active.fault, operation)
        });
        if let Some(struck) = struck {
            struck.left -= 1;
            let fault = struck.fault.clone();
            let name = fault_name(&fault);
            self.count(name);
            return (Doom { fault: Some(fault), as_of: None }, Some(name));
        }
        let reads = !operation.is_write() && operation != Operation::GetMetricData;
        let stale = self.stale.filter(|(_, until)| reads && now < *until);
        let as_of = stale.map(|(by, _)| self.sim.now() - Duration::from_millis(by));
        if as_of.is_some() {
            self.count(match operation.service() {
                Service::SageMaker => "stale read: DescribeEndpoint",
                _ => "stale read: Application Auto Scaling",
            });
        }
        (Doom { fault: None, as_of }, None)
    }

    fn answer(&mut self, place: usize, invocation: usize, ticket: usize) {
        let now = self.now;
        let Some(flight) = self.flying(place, invocation) else { return };
        if now < flight.frozen_until {
            let thawed = flight.frozen_until;
            return self.at(thawed, Item::Answer { slot: place, invocation, ticket });
        }
        let answered = self.when();
        self.history.invocations[invocation].calls[ticket].answered = Some(answered);
        self.slots[place].desk.answer(ticket);
        self.poll(place);
        self.deadline(place, invocation);
    }

    fn deadline(&mut self, place: usize, invocation: usize) {
        let now = self.now;
        let Some(flight) = self.flying(place, invocation) else { return };
        if now < flight.frozen_until {
            return;
        }
        if now >= flight.deadline {
            self.count("out of time");
            self.history.invocations[invocation].troubled = true;
            self.finish(place, End::OutOfTime)
        }
    }
}

fn possible(fault: &Fault, operation: Operation) -> bool {
    match fault {
        Fault::Busy => operation == Operation::UpdateEndpointWeightsAndCapacities,
        Fault::Concurrent => operation.service() == Service::AutoScaling,
        _ => true,
    }
}

fn fault_name(fault: &Fault) -> &'static str {
    match fault {
        Fault::Throttled => "throttled",
        Fault::AccessDenied => "access denied",
        Fault::NoAnswer => "no answer, no effect",
        Fault::NoAnswerAfterEffect => "no answer, yet it happened",
        Fault::ServerError => "server error",
        Fault::Concurrent => "ConcurrentUpdateException",
        Fault::Busy => "busy",
        Fault::Refused(_) => "refused",
    }
}

/// Keeps the model's pace in the world's plan.
pub fn pace(endpoint: &crate::plan::EndpointPlan) -> Pace {
    Pace {
        provisioning: endpoint.provisioning,
        scale_in: endpoint.scale_in,
        concurrency: endpoint.concurrency,
        ..Pace::default()
    }
}

/// The numbers of the invocations of each container's life, in order.
pub fn lives(history: &History) -> HashMap<(usize, u32), Vec<usize>> {
    let mut lives: HashMap<(usize, u32), Vec<usize>> = HashMap::new();
    for (number, made) in history.invocations.iter().enumerate() {
        lives.entry((made.container, made.generation)).or_default().push(number);
    }
    lives
}
