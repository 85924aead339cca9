//! Planned events: uploads, other invocations, changes by people, disruptions.

use jiff::SignedDuration;
use simulator::{JobSpec, RateLimit};

use super::state::{ActiveFault, Delivery, Item, Runner};
use crate::{
    event_log::Signal,
    outside_changes, payload,
    plan::{Disruption, EventKind, MINUTE, PlannedEvent, SECOND},
};

impl Runner<'_> {
    pub(super) fn run_event(&mut self, event: &PlannedEvent) {
        let random_id = event.number;
        let cause = format!("#{random_id}");
        let one = |signal, payload| Delivery {
            signal,
            payload,
            cause: cause.clone(),
            batch: Vec::new(),
            random_id: random_id * 16,
            attempt: 0,
        };
        let name = |endpoint: usize| self.plan.endpoints[endpoint].name.clone();
        match &event.kind {
            EventKind::Upload { endpoint, processing, delivered_after } => {
                let spec = JobSpec { processing: Some(*processing), ..JobSpec::default() };
                let name = name(*endpoint);
                self.sim.with(|world| world.add_job(&name, &spec));
                self.trail(random_id, 0, *endpoint, SECOND);
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
                    let payload = payload::input(&name, self.sim.now(), random_id);
                    let mut delivery = one(Signal::Input(*endpoint), payload);
                    delivery.random_id += nth as u64;
                    self.schedule(self.now + after, Item::Deliver(delivery));
                }
            }
            EventKind::Request(plan) if plan.on_item_change => {
                let place = self.plan.events.iter().position(|h| h.number == random_id);
                self.waiting_requests.extend(place);
            }
            EventKind::Request(plan) => {
                self.request(random_id, plan, &payload::key(plan.key));
            }
            EventKind::Batch { endpoints, uploads, delivered_after } => {
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
                    delivery.random_id += nth as u64;
                    self.schedule(self.now + after, Item::Deliver(delivery));
                }
            }
            EventKind::Owner { .. } => {
                let place = self.plan.events.iter().position(|h| h.number == random_id);
                self.wait_for_trigger(place.unwrap());
            }
            EventKind::Inline { endpoint, processing } => {
                let spec =
                    JobSpec { processing: Some(*processing), inline: true, ..JobSpec::default() };
                self.sim.with(|world| world.add_job(&name(*endpoint), &spec));
                self.trail(random_id, 0, *endpoint, 0);
                self.count("work without an event: an inline body");
            }
            EventKind::OldEvent { endpoint, hours } => {
                self.count("event hours old, delivered again");
                let uploaded = self.sim.now() - SignedDuration::from_hours(*hours);
                let payload = payload::input(&name(*endpoint), uploaded, random_id);
                self.deliver(one(Signal::Input(*endpoint), payload));
            }
            EventKind::TicksMissing { minutes } => {
                self.ticks_missing_until = self.now + minutes * MINUTE;
                if *minutes > 10 {
                    self.count("no tick for longer than a record stands");
                }
            }
            EventKind::ExtraTick => {
                self.count("tick doubled or late");
                self.tick(500_000 + random_id);
            }
            EventKind::Foreign { form } => {
                self.deliver(one(Signal::Foreign, payload::foreign(*form)));
            }
            EventKind::StatusEvent { endpoint } => {
                let payload = payload::status(&name(*endpoint));
                self.deliver(one(Signal::Status(*endpoint), payload));
            }
            EventKind::AlarmEvent { endpoint } => {
                let payload = payload::alarm(&name(*endpoint));
                self.deliver(one(Signal::Alarm(*endpoint), payload));
            }
            EventKind::ResultEvent { endpoint } => {
                let payload = payload::result(&name(*endpoint));
                self.deliver(one(Signal::Result(*endpoint), payload));
            }
            EventKind::Command { endpoint, command, twice } => {
                let payload = payload::command(&name(*endpoint), *command);
                let delivery = one(Signal::Command(*endpoint, *command), payload);
                if *twice {
                    self.count("invocation run twice");
                    let again = Delivery { random_id: delivery.random_id + 1, ..delivery.clone() };
                    self.schedule(self.now + 40, Item::Deliver(again));
                }
                self.deliver(delivery);
            }
            EventKind::OutsideChange { endpoint, change } => {
                if outside_changes::apply(&self.sim, self.plan, &self.log.ids, *endpoint, *change) {
                    self.count(outside_changes::name(*change));
                    let when = self.when();
                    self.log.outside_changes.push((when, event.kind.clone()));
                    if let Some(minutes) = outside_changes::lasting(*change) {
                        let place = self.plan.events.iter().position(|h| h.number == random_id);
                        self.schedule(self.now + minutes * MINUTE, Item::Undo(place.unwrap()));
                    }
                }
            }
            EventKind::Drop { container } => {
                let container = &mut self.containers[*container];
                if container.running.is_none() && container.scaler.take().is_some() {
                    container.generation += 1;
                    self.count("container dropped");
                }
            }
            EventKind::Disruption(disruption) => self.disruption(random_id, disruption),
        }
    }

    pub(super) fn disruption(&mut self, random_id: u64, disruption: &Disruption) {
        match disruption.clone() {
            Disruption::Calls { operation, fault, times, lasting } => {
                let until = self.now + lasting;
                self.active_faults.push(ActiveFault { operation, fault, left: times, until });
            }
            Disruption::Stale { by, lasting } => self.stale = Some((by, self.now + lasting)),
            Disruption::Kill { call, after_effect } => self.kill_next = Some((call, after_effect)),
            Disruption::Stop { call } => self.stop_next = Some(call),
            Disruption::Freeze { call, lasting } => {
                self.freeze_next = Some((call, lasting, random_id.is_multiple_of(2)));
            }
            Disruption::MatchingCalls { about, mode, lasting } => {
                self.disrupted_calls.push((about, mode, self.now + lasting));
            }
            Disruption::Limit { per_second, burst, lasting } => {
                self.limited_until = self.now + lasting;
                self.sim.with(|world| {
                    world.rate_limit = Some(RateLimit::new(per_second, burst, world.now()));
                });
            }
            Disruption::Latency { each, lasting } => {
                self.latency = Some((each, self.now + lasting))
            }
            Disruption::Slow { lasting } => self.slow_until = self.now + lasting,
        }
    }
}
