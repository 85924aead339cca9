//! What the timelines show: read from the simulated AWS at intervals and from its journal.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use reactive_scaler::{lease::Records, port::VariantId};
use scalerctl_console::timeline::{DesiredChange, Moment, Timeline};
use simulator::{Alarm, Entry, Event, MetricName, World};

use super::track::Track;
use crate::initial_world::FUNCTION;

/// Older datapoints are not shown.
const SHOWN_FROM: SignedDuration = SignedDuration::from_mins(10);

/// What is recorded of all variants.
#[derive(Debug)]
pub struct Recorder {
    has_function: bool,
    /// Number of journal entries that were read.
    read: usize,
    tracks: BTreeMap<VariantId, Track>,
}

impl Recorder {
    /// Nothing is recorded yet. What the journal of the world has from before is not shown.
    pub fn new(world: &World) -> Self {
        let has_function = world.function(FUNCTION).is_some();
        Self { has_function, read: world.journal.entries().len(), tracks: BTreeMap::new() }
    }

    /// The journal has lost entries since the last look, and nothing else has happened.
    pub fn skip_journal(&mut self, world: &World) {
        self.read = world.journal.entries().len();
    }

    /// Looks at the world.
    pub fn look(&mut self, world: &World) {
        let now = world.now();
        let variants: Vec<(VariantId, i32)> = world
            .endpoints()
            .flat_map(|endpoint| {
                let id = |name: &str| VariantId::new(&endpoint.name, name);
                endpoint.variants.iter().map(move |it| (id(&it.name), it.desired))
            })
            .collect();
        self.tracks.retain(|id, _| variants.iter().any(|(known, _)| known == id));
        let entries = world.journal.entries();
        let new = entries.get(self.read..).unwrap_or_default();
        for (id, desired) in &variants {
            // Before the changes that are read below.
            let first = new.iter().find_map(|entry| match entry {
                Entry::Event(_, Event::CapacityRequested { id: of, from, .. }) if of == id => {
                    Some(*from)
                }
                _ => None,
            });
            let track = || Track::new(now, first.unwrap_or(*desired));
            self.tracks.entry(id.clone()).or_insert_with(track);
        }
        for entry in new {
            self.read_entry(world, entry);
        }
        self.read = entries.len();
        for (id, _) in &variants {
            let shown = world.visible(MetricName::BacklogSize, &id.endpoint, now - SHOWN_FROM, now);
            let moment = Moment {
                at: now,
                backlog: world.backlog(&id.endpoint),
                shown: shown.last().map(|datapoint| datapoint.value),
                in_service: world.capacity(id).0,
            };
            let live = Records::read(&world.actions_of(id), id, now).live(now);
            if let Some(track) = self.tracks.get_mut(id) {
                track.moment(moment, live);
            }
        }
    }

    fn read_entry(&mut self, world: &World, entry: &Entry) {
        let Entry::Event(at, event) = entry else { return };
        match event {
            Event::CapacityRequested { id, from, to, .. } => {
                if let Some(track) = self.tracks.get_mut(id) {
                    track.desired(DesiredChange { at: *at, from: *from, to: *to });
                }
            }
            Event::Queued(job) => {
                let Some(job) = world.job(*job).filter(|job| job.invoked_at == *at) else { return };
                let of_endpoint =
                    self.tracks.iter_mut().filter(|(id, _)| id.endpoint == job.endpoint);
                for (_, track) in of_endpoint {
                    track.arrived(*at);
                }
            }
            _ => {}
        }
    }

    /// The timeline of a variant until now. `None`: there is no such variant.
    pub(super) fn timeline(&self, world: &World, id: &VariantId) -> Option<Timeline> {
        let of_endpoint = world.alarms().filter(|alarm| alarm.spec.endpoint == id.endpoint);
        let alarms: Vec<Alarm> = of_endpoint.cloned().collect();
        Some(self.tracks.get(id)?.timeline(world.now(), &alarms, self.has_function))
    }
}
