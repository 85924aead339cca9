//! Changes by owners, and their triggers. Many of them follow a call of the function.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use reactive_scaler::{lease::WATCH, port::VariantId};
use simulator::{ActionPut, Registration, World};

use super::state::{Item, Runner};
use crate::{
    call::Request,
    plan::{At, EventKind, OwnerChange, OwnerTrigger},
    state_history::FOREIGN_ACTION,
};

impl Runner<'_> {
    /// Makes the change now, or waits for its trigger.
    pub(super) fn wait_for_trigger(&mut self, place: usize) {
        match self.plan.events[place].kind {
            EventKind::Owner { on: OwnerTrigger::Now, .. } => self.owner_acts(place),
            _ => self.waiting_owner_events.push(place),
        }
    }

    /// Schedules the changes that the effect of this call triggers.
    pub(super) fn owner_trigger(&mut self, request: &Request) {
        for place in self.waiting_owner_events.clone() {
            let EventKind::Owner { endpoint, on, .. } = self.plan.events[place].kind else {
                continue;
            };
            let id = &self.log.ids[endpoint];
            let after = |of: &VariantId, wanted: bool, after: u64| {
                (of == id && wanted).then_some(self.now + after)
            };
            let due = match (on, request) {
                (OwnerTrigger::Zero(late), Request::SetCapacity(of, to)) => {
                    after(of, *to == 0, late)
                }
                (OwnerTrigger::FloorUp(late), Request::SetMin(of, min)) => {
                    after(of, *min == 1, late)
                }
                (OwnerTrigger::FloorDown(late), Request::SetMin(of, min)) => {
                    after(of, *min == 0, late)
                }
                (OwnerTrigger::Ends(late), Request::Put(of, _, release)) if of == id => {
                    Some(self.since_start(*release - WATCH) + late)
                }
                (OwnerTrigger::BeforeRelease(early), Request::Put(of, _, release)) if of == id => {
                    Some(self.since_start(*release).saturating_sub(early))
                }
                _ => None,
            };
            let Some(due) = due else { continue };
            self.waiting_owner_events.retain(|waiting_owner_events| *waiting_owner_events != place);
            let release = match request {
                Request::Put(_, name, release) => Some((name.clone(), *release)),
                _ => None,
            };
            self.schedule(due.max(self.now), Item::Owner { place, release });
        }
    }

    fn since_start(&self, then: Timestamp) -> At {
        let since = then.duration_since(self.start).max(SignedDuration::ZERO);
        At::try_from(since.as_millis()).unwrap()
    }

    /// Makes the change. If the record was written again, waits for the new one.
    pub(super) fn owner_is_due(&mut self, place: usize, release: Option<(String, Timestamp)>) {
        let EventKind::Owner { endpoint, .. } = self.plan.events[place].kind else { return };
        let id = &self.log.ids[endpoint];
        let states = release.is_none_or(|(name, release)| {
            let found = self.sim.with(|world| world.action(id, &name));
            found.is_some_and(|found| found.runs_at == Some(release))
        });
        if !states {
            return self.waiting_owner_events.push(place);
        }
        self.owner_acts(place);
    }

    fn owner_acts(&mut self, place: usize) {
        let kind = self.plan.events[place].kind.clone();
        let EventKind::Owner { endpoint, change, .. } = kind else { return };
        if self.now >= self.plan.calm_from {
            return;
        }
        let id = self.log.ids[endpoint].clone();
        if self.sim.with(|world| act(world, &id, change)) {
            self.count(name(change));
            let when = self.when();
            self.log.outside_changes.push((when, kind));
        }
    }
}

/// Makes the change. Returns whether it was possible.
fn act(world: &mut World, id: &VariantId, change: OwnerChange) -> bool {
    let Some(target) = world.target(id) else { return false };
    let now = world.now();
    let local = |at: Timestamp, zone: &str| -> Option<DateTime> {
        Some(TimeZone::get(zone).ok()?.to_datetime(at))
    };
    let minutes = |minutes: u64| SignedDuration::from_mins(minutes.cast_signed());
    let mut plant = |name: &str, schedule: String, zone: &str, min: i32| {
        let put = ActionPut {
            name: name.to_owned(),
            schedule: Some(schedule),
            timezone: Some(zone.to_owned()),
            bounds: Some((Some(min), None)),
        };
        world.plant_action(id, &put);
    };
    match change {
        OwnerChange::Min(min) => {
            let max = target.max.max(min);
            let registration =
                Registration { min: Some(min), max: Some(max), ..Registration::default() };
            return world.register_scalable_target(id, registration).is_ok();
        }
        OwnerChange::Max(max) => {
            let registration =
                Registration { max: Some(max.max(target.min)), ..Registration::default() };
            return world.register_scalable_target(id, registration).is_ok();
        }
        OwnerChange::OfficeHours { begins_in, lasting, zone } => {
            let begins = now + minutes(begins_in);
            for (name, at, min) in
                [("office-opens", begins, 1), ("office-closes", begins + minutes(lasting), 0)]
            {
                let Some(at) = local(at, zone) else { return false };
                let schedule = format!("cron({} {} ? * * *)", at.minute(), at.hour());
                plant(name, schedule, zone, min);
            }
        }
        OwnerChange::Once { min, in_minutes, zone } => {
            let Some(at) = local(now + minutes(in_minutes), zone) else { return false };
            plant("once", at.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string(), zone, min);
        }
        OwnerChange::Past { zone } => {
            let Some(at) = local(now - SignedDuration::from_hours(48), zone) else { return false };
            plant(FOREIGN_ACTION, at.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string(), zone, 1);
        }
    }
    true
}

/// The name in the table of faults.
fn name(change: OwnerChange) -> &'static str {
    match change {
        OwnerChange::Min(0) => "owner: sets MinCapacity 0",
        OwnerChange::Min(_) => "owner: sets MinCapacity above 0",
        OwnerChange::Max(_) => "owner: sets MaxCapacity",
        OwnerChange::OfficeHours { .. } => "owner: a cron that sets MinCapacity",
        OwnerChange::Once { .. } => "owner: an at() ahead in a time zone",
        OwnerChange::Past { .. } => "owner: an at() past in a time zone",
    }
}
