//! What happens in a world: uploads, events, deeds of people, troubles.

use jiff::SignedDuration;
use simulator::{JobSpec, RateLimit};

use super::{Active, Delivery, Item, Player};
use crate::{
    deeds,
    history::Signal,
    payload,
    plan::{Happening, MINUTE, SECOND, Trouble, What},
};

impl Player<'_> {
    pub(super) fn happen(&mut self, happening: &Happening) {
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
            What::Batch { endpoints, uploads, delivered_after } => {
                let mut places = Vec::new();
                let mut meant = 0;
                for endpoint in endpoints {
                    let of = &self.plan.endpoints[*endpoint];
                    for upload in 0..*uploads {
                        self.sim.with(|world| world.add_job(&of.name, &JobSpec::default()));
                        places.push(payload::place(of, upload));
                    }
                    for one in self.plan.meant_with(*endpoint) {
                        meant |= 1 << one;
                    }
                }
                let payload = payload::inputs(&places, self.sim.now());
                for (nth, after) in delivered_after.iter().enumerate() {
                    let mut delivery = one(Signal::Inputs(meant), payload.clone());
                    delivery.thing += nth as u64;
                    self.at(self.now + after, Item::Deliver(delivery));
                }
            }
            What::Owner { .. } => {
                let place = self.plan.happenings.iter().position(|h| h.number == thing);
                self.arm(place.unwrap());
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
                if *minutes > 10 {
                    self.count("no tick for longer than a record stands");
                }
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

    pub(super) fn trouble(&mut self, thing: u64, trouble: &Trouble) {
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
            Trouble::Asked { about, bad, lasting } => {
                self.asked.push((about, bad, self.now + lasting));
            }
            Trouble::Limit { per_second, burst, lasting } => {
                self.limited_until = self.now + lasting;
                self.sim.with(|world| {
                    world.rate_limit = Some(RateLimit::new(per_second, burst, world.now()));
                });
            }
            Trouble::Latency { each, lasting } => self.latency = Some((each, self.now + lasting)),
            Trouble::Slow { lasting } => self.slow_until = self.now + lasting,
        }
    }
}
