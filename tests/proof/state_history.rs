//! The state of each endpoint at every time, for stale reads and for the oracles.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use reactive_scaler::{
    lease::Records,
    ledger::Item,
    port::{Endpoint, ScalableTarget, ScheduledAction, VariantId},
};
use simulator::{Simulator, World};

pub const FOREIGN_ACTION: &str = "somebody-elses";

/// The real state of an endpoint at one time.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointState {
    pub endpoint: Option<Endpoint>,
    pub desired: i32,
    pub target: Option<ScalableTarget>,
    pub actions: Vec<ScheduledAction>,
    pub backlog: usize,
    /// The items of the ledger.
    pub ledger: Vec<Item>,
}

impl EndpointState {
    pub fn of(world: &World, id: &VariantId) -> Self {
        let endpoint = world.endpoint(&id.endpoint);
        Self {
            endpoint: endpoint.map(|found| found.view()),
            desired: endpoint
                .and_then(|found| found.variants.iter().find(|variant| variant.name == id.variant))
                .map_or(0, |variant| variant.desired),
            target: world.target(id),
            actions: world.actions_of(id),
            backlog: world.backlog(&id.endpoint),
            ledger: world.ledger(&id.endpoint).cloned().collect(),
        }
    }

    pub fn records(&self, id: &VariantId, now: Timestamp) -> Records {
        Records::read(&self.actions, id, now)
    }
}

/// The states of all endpoints from one time until the next snapshot.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub at: Timestamp,
    /// Orders snapshots and calls at the same time.
    pub order: u64,
    pub states: Vec<EndpointState>,
}

/// The runner writes it. The ports answer stale reads from it.
#[derive(Clone)]
pub struct StateHistory {
    pub ids: Arc<Vec<VariantId>>,
    snapshots: Arc<Mutex<Vec<Snapshot>>>,
}

impl StateHistory {
    pub fn new(ids: Vec<VariantId>) -> Self {
        Self { ids: Arc::new(ids), snapshots: Arc::default() }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Vec<Snapshot>) -> T) -> T {
        look(&mut self.snapshots.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Records the current states, if they have changed.
    pub fn record_states_if_changed(&self, sim: &Simulator, order: u64) {
        let (at, states) = sim.with(|world| {
            let states: Vec<EndpointState> =
                self.ids.iter().map(|id| EndpointState::of(world, id)).collect();
            (world.now(), states)
        });
        self.with(|snapshots| {
            if snapshots.last().is_none_or(|last| last.states != states) {
                snapshots.push(Snapshot { at, order, states });
            }
        });
    }

    /// The states of all endpoints at this time.
    pub fn at(&self, then: Timestamp) -> Vec<EndpointState> {
        self.with(|snapshots| {
            let after = snapshots.partition_point(|snapshot| snapshot.at <= then);
            snapshots.get(after.saturating_sub(1)).map(|found| found.states.clone())
        })
        .unwrap_or_default()
    }

    pub fn of(&self, then: Timestamp, id: &VariantId) -> Option<EndpointState> {
        let place = self.ids.iter().position(|known| known == id)?;
        self.at(then).into_iter().nth(place)
    }

    pub fn of_endpoint(&self, then: Timestamp, name: &str) -> Option<EndpointState> {
        let place = self.ids.iter().position(|known| known.endpoint == name)?;
        self.at(then).into_iter().nth(place)
    }

    pub fn take(&self) -> Vec<Snapshot> {
        self.with(std::mem::take)
    }
}
