//! The two moments of a call to AWS, its effect and its answer, and what may befall an invocation there.

use reactive_scaler::port::FailureKind;
use simulator::{Entry, Outcome};

use super::{Item, Player};
use crate::{
    call::Shown,
    history::{Effect, End},
    past::Stand,
};

impl Player<'_> {
    pub(super) fn effect(&mut self, place: usize, invocation: usize, ticket: usize) {
        if !self.slots[place].desk.is_waited_for(ticket) {
            return;
        }
        let Some(flight) = self.flying(place, invocation) else { return };
        let kill = flight.kill.filter(|(call, _)| *call == ticket);
        if let Some((_, false)) = kill {
            self.count("killed before a call's effect");
            self.history.invocations[invocation].troubled = true;
            return self.finish(place, End::Killed);
        }
        let ask = self.history.invocations[invocation].calls[ticket].ask.clone();
        if let Some(until) = self.hangs(&ask) {
            self.count("call that does not answer");
            self.history.invocations[invocation].troubled = true;
            return self.at(until, Item::Effect { slot: place, invocation, ticket });
        }
        let (doom, mut injected) = self.doom(&ask);
        let endpoint = ask
            .endpoint()
            .and_then(|name| self.history.ids.iter().position(|id| id.endpoint == name));
        let writes = ask.operation().is_write();
        let stand = |player: &Self| {
            if !writes {
                return None;
            }
            let id = player.history.ids[endpoint?].clone();
            Some(player.sim.with(|world| Stand::of(world, &id)))
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
        if injected.is_none()
            && matches!(&shown, Shown::Failed(f) if f.kind == FailureKind::Throttled)
        {
            injected = Some("rate exceeded");
            self.count("rate exceeded");
        }
        let made = &mut self.history.invocations[invocation];
        made.troubled |= injected.is_some() || stale;
        made.calls[ticket].effect =
            Some(Effect { when, shown, accepted, injected, stale, before, after });
        if writes {
            self.note_all();
            if accepted {
                self.occasion(&ask);
            }
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

    pub(super) fn answer(&mut self, place: usize, invocation: usize, ticket: usize) {
        let now = self.now;
        let Some(flight) = self.flying(place, invocation) else { return };
        if now < flight.frozen_until {
            let thawed = flight.frozen_until;
            return self.at(thawed, Item::Answer { slot: place, invocation, ticket });
        }
        if !self.slots[place].desk.is_waited_for(ticket) {
            return;
        }
        let answered = self.when();
        self.history.invocations[invocation].calls[ticket].answered = Some(answered);
        self.slots[place].desk.answer(ticket);
        self.poll(place);
        self.deadline(place, invocation);
    }

    pub(super) fn deadline(&mut self, place: usize, invocation: usize) {
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
