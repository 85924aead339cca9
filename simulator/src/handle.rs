//! A handle on one world, shared by tests, the scaler and the HTTP face.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;

use crate::{Settings, World};

/// A cheap handle on one [`World`]; clones share it.
#[derive(Debug, Clone)]
pub struct Simulator {
    world: Arc<Mutex<World>>,
    follows_wall_clock: Arc<AtomicBool>,
}

impl Simulator {
    /// A handle on an empty world at this time.
    pub fn new(start: Timestamp) -> Self {
        Self::of(World::new(start))
    }

    /// A handle on an empty world that behaves otherwise than by default.
    pub fn with_settings(start: Timestamp, settings: Settings) -> Self {
        Self::of(World::with_settings(start, settings))
    }

    /// A handle on a world.
    pub fn of(world: World) -> Self {
        let follows_wall_clock = Arc::new(AtomicBool::new(false));
        Self { world: Arc::new(Mutex::new(world)), follows_wall_clock }
    }

    /// From now on, the world's time is the machine's: each use first advances it.
    pub fn follow_wall_clock(&self) {
        self.follows_wall_clock.store(true, Ordering::Relaxed);
    }

    /// Looks at the world, or changes it. Not to be nested: the world is locked meanwhile.
    pub fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        // A panic elsewhere leaves a world that is whole enough to look at.
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        if self.follows_wall_clock.load(Ordering::Relaxed) {
            world.advance_to(Timestamp::now());
        }
        look(&mut world)
    }

    /// The world's time.
    pub fn now(&self) -> Timestamp {
        self.with(|world| world.now())
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.with(|world| world.advance(by));
    }

    /// Lets time pass until then.
    pub fn advance_to(&self, until: Timestamp) {
        self.with(|world| world.advance_to(until));
    }
}
