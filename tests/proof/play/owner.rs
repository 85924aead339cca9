//! What owners set on their endpoints, and when: often just after something that the function did.

use jiff::{SignedDuration, Timestamp, civil::DateTime, tz::TimeZone};
use reactive_scaler::{lease::WATCH, port::VariantId};
use simulator::{ActionPut, Registration, World};

use super::{Item, Player};
use crate::{
    call::Ask,
    past::FOREIGN_ACTION,
    plan::{At, Occasion, OwnerDeed, What},
};

impl Player<'_> {
    /// Waits for the occasion.
    pub(super) fn arm(&mut self, place: usize) {
        match self.plan.happenings[place].what {
            What::Owner { on: Occasion::Now, .. } => self.owner_acts(place),
            _ => self.armed.push(place),
        }
    }

    /// A call of the function has taken effect: owners may act on that occasion.
    pub(super) fn occasion(&mut self, ask: &Ask) {
        for place in self.armed.clone() {
            let What::Owner { endpoint, on, .. } = self.plan.happenings[place].what else {
                continue;
            };
            let id = &self.history.ids[endpoint];
            let after = |of: &VariantId, wanted: bool, after: u64| {
                (of == id && wanted).then_some(self.now + after)
            };
            let due = match (on, ask) {
                (Occasion::Zero(late), Ask::SetCapacity(of, to)) => after(of, *to == 0, late),
                (Occasion::FloorUp(late), Ask::SetMin(of, min)) => after(of, *min == 1, late),
                (Occasion::FloorDown(late), Ask::SetMin(of, min)) => after(of, *min == 0, late),
                (Occasion::Ends(late), Ask::Put(of, _, release)) if of == id => {
                    Some(self.since_start(*release - WATCH) + late)
                }
                (Occasion::BeforeRelease(early), Ask::Put(of, _, release)) if of == id => {
                    Some(self.since_start(*release).saturating_sub(early))
                }
                _ => None,
            };
            let Some(due) = due else { continue };
            self.armed.retain(|armed| *armed != place);
            let release = match ask {
                Ask::Put(_, name, release) => Some((name.clone(), *release)),
                _ => None,
            };
            self.at(due.max(self.now), Item::Owner { place, release });
        }
    }

    fn since_start(&self, then: Timestamp) -> At {
        let since = then.duration_since(self.start).max(SignedDuration::ZERO);
        At::try_from(since.as_millis()).unwrap()
    }

    /// The occasion has come. A record that was put again since makes the owner wait for that one.
    pub(super) fn owner_is_due(&mut self, place: usize, release: Option<(String, Timestamp)>) {
        let What::Owner { endpoint, .. } = self.plan.happenings[place].what else { return };
        let id = &self.history.ids[endpoint];
        let stands = release.is_none_or(|(name, release)| {
            let found = self.sim.with(|world| world.action(id, &name));
            found.is_some_and(|found| found.runs_at == Some(release))
        });
        if !stands {
            return self.armed.push(place);
        }
        self.owner_acts(place);
    }

    fn owner_acts(&mut self, place: usize) {
        let what = self.plan.happenings[place].what.clone();
        let What::Owner { endpoint, deed, .. } = what else { return };
        if self.now >= self.plan.calm_from {
            return;
        }
        let id = self.history.ids[endpoint].clone();
        if self.sim.with(|world| act(world, &id, deed)) {
            self.count(name(deed));
            let when = self.when();
            self.history.deeds.push((when, what));
        }
    }
}

/// Tells whether it was possible.
fn act(world: &mut World, id: &VariantId, deed: OwnerDeed) -> bool {
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
    match deed {
        OwnerDeed::Min(min) => {
            let max = target.max.max(min);
            let registration =
                Registration { min: Some(min), max: Some(max), ..Registration::default() };
            return world.register_scalable_target(id, registration).is_ok();
        }
        OwnerDeed::Max(max) => {
            let registration =
                Registration { max: Some(max.max(target.min)), ..Registration::default() };
            return world.register_scalable_target(id, registration).is_ok();
        }
        OwnerDeed::OfficeHours { begins_in, lasting, zone } => {
            let begins = now + minutes(begins_in);
            for (name, at, min) in
                [("office-opens", begins, 1), ("office-closes", begins + minutes(lasting), 0)]
            {
                let Some(at) = local(at, zone) else { return false };
                let schedule = format!("cron({} {} ? * * *)", at.minute(), at.hour());
                plant(name, schedule, zone, min);
            }
        }
        OwnerDeed::Once { min, in_minutes, zone } => {
            let Some(at) = local(now + minutes(in_minutes), zone) else { return false };
            plant("once", at.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string(), zone, min);
        }
        OwnerDeed::Past { zone } => {
            let Some(at) = local(now - SignedDuration::from_hours(48), zone) else { return false };
            plant(FOREIGN_ACTION, at.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string(), zone, 1);
        }
    }
    true
}

/// Its line in the table of faults.
fn name(deed: OwnerDeed) -> &'static str {
    match deed {
        OwnerDeed::Min(0) => "owner: sets MinCapacity 0",
        OwnerDeed::Min(_) => "owner: sets MinCapacity above 0",
        OwnerDeed::Max(_) => "owner: sets MaxCapacity",
        OwnerDeed::OfficeHours { .. } => "owner: a cron that sets MinCapacity",
        OwnerDeed::Once { .. } => "owner: an at() ahead in a time zone",
        OwnerDeed::Past { .. } => "owner: an at() past in a time zone",
    }
}
