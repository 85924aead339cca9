//! How each endpoint stood at every moment: for stale answers, and for the judges.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use reactive_scaler::{
    lease::Records,
    port::{Endpoint, ScalableTarget, ScheduledAction, VariantId},
};
use simulator::{Simulator, World};

pub const FOREIGN_ACTION: &str = "somebody-elses";

/// One endpoint at one moment, as it truly was.
#[derive(Debug, Clone, PartialEq)]
pub struct Stand {
    pub endpoint: Option<Endpoint>,
    pub desired: i32,
    pub target: Option<ScalableTarget>,
    pub actions: Vec<ScheduledAction>,
    pub backlog: usize,
}

impl Stand {
    pub fn of(world: &World, id: &VariantId) -> Self {
        let endpoint = world.endpoint(&id.endpoint);
        Self {
            endpoint: endpoint.map(|found| found.view()),
            desired: endpoint.map_or(0, |found| found.variants[0].desired),
            target: world.target(id),
            actions: world.actions_of(id),
            backlog: world.backlog(&id.endpoint),
        }
    }

    pub fn records(&self, id: &VariantId, now: Timestamp) -> Records {
        Records::read(&self.actions, id, now)
    }
}

/// All endpoints from one moment on, until the next.
#[derive(Debug, Clone)]
pub struct Moment {
    pub at: Timestamp,
    /// Orders moments and calls of the same time.
    pub order: u64,
    pub stands: Vec<Stand>,
}

/// Shared by the player, who writes it, and the ports, which answer stale reads from it.
#[derive(Clone)]
pub struct Past {
    pub ids: Arc<Vec<VariantId>>,
    moments: Arc<Mutex<Vec<Moment>>>,
}

impl Past {
    pub fn new(ids: Vec<VariantId>) -> Self {
        Self { ids: Arc::new(ids), moments: Arc::default() }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Vec<Moment>) -> T) -> T {
        look(&mut self.moments.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes note of how all stand now, where that has changed.
    pub fn note(&self, sim: &Simulator, order: u64) {
        let (at, stands) = sim.with(|world| {
            let stands: Vec<Stand> = self.ids.iter().map(|id| Stand::of(world, id)).collect();
            (world.now(), stands)
        });
        self.with(|moments| {
            if moments.last().is_none_or(|last| last.stands != stands) {
                moments.push(Moment { at, order, stands });
            }
        });
    }

    /// How all stood then.
    pub fn at(&self, then: Timestamp) -> Vec<Stand> {
        self.with(|moments| {
            let after = moments.partition_point(|moment| moment.at <= then);
            moments.get(after.saturating_sub(1)).map(|found| found.stands.clone())
        })
        .unwrap_or_default()
    }

    pub fn of(&self, then: Timestamp, id: &VariantId) -> Option<Stand> {
        let place = self.ids.iter().position(|known| known == id)?;
        self.at(then).into_iter().nth(place)
    }

    pub fn of_endpoint(&self, then: Timestamp, name: &str) -> Option<Stand> {
        let place = self.ids.iter().position(|known| known.endpoint == name)?;
        self.at(then).into_iter().nth(place)
    }

    pub fn take(&self) -> Vec<Moment> {
        self.with(std::mem::take)
    }
}
