//! The state of a variant at one time.

use jiff::Timestamp;
use reactive_scaler::{
    lease::{HOLD, LEASE, NO_FLOOR, WATCH, WORK},
    port::VariantId,
};
use serde::Serialize;
use simulator::World;

/// The state of a variant and its scalable target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct State {
    /// The endpoint.
    pub endpoint: String,
    /// Its variant.
    pub variant: String,
    /// `EndpointStatus`.
    pub status: &'static str,
    /// Instances in service.
    pub current: i32,
    /// Desired instances.
    pub desired: i32,
    /// Requests that are processed or wait.
    pub backlog: usize,
    /// `MinCapacity`: 1 while the floor is raised.
    pub min: Option<i32>,
    /// `MaxCapacity`.
    pub max: Option<i32>,
    /// End of the lease, the work record, or the hold, whichever is latest, while its record exists.
    pub awake_until: Option<Timestamp>,
    /// When the scheduled action of the record sets `MinCapacity` to 0.
    pub release_at: Option<Timestamp>,
    /// The scheduled action that cancels records with a floor exists.
    #[serde(skip)]
    no_floor: bool,
}

impl State {
    /// The state now; `None` if the endpoint does not exist.
    pub fn of(world: &World, id: &VariantId) -> Option<Self> {
        let endpoint = world.endpoint(&id.endpoint)?;
        let variant = endpoint.variants.iter().find(|variant| variant.name == id.variant)?;
        let target = world.target(id);
        let release_at =
            [LEASE, WORK, HOLD].iter().filter_map(|name| world.action(id, name)?.runs_at).max();
        Some(Self {
            endpoint: id.endpoint.clone(),
            variant: id.variant.clone(),
            status: endpoint.status.as_str(),
            current: variant.current,
            desired: variant.desired,
            backlog: world.backlog(&id.endpoint),
            min: target.as_ref().map(|target| target.min),
            max: target.as_ref().map(|target| target.max),
            awake_until: release_at.map(|release| release - WATCH),
            release_at,
            no_floor: world.action(id, NO_FLOOR).is_some(),
        })
    }

    /// At zero, without a floor or a record of the function.
    pub fn at_rest(&self) -> bool {
        self.current == 0
            && self.desired == 0
            && self.min == Some(0)
            && self.release_at.is_none()
            && !self.no_floor
    }
}
