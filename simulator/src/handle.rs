//! A handle on one world, shared by tests, the scaler and the HTTP face.

use std::{
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use jiff::Timestamp;

use crate::{Settings, World};

/// A cheap handle on one [`World`]; clones share it.
#[derive(Debug, Clone)]
pub struct Simulator {
    world: Arc<Mutex<World>>,
    follows: Arc<OnceLock<WallClock>>,
}

/// The machine's time since then, so many times as fast.
#[derive(Debug, Clone, Copy)]
struct WallClock {
    since: Timestamp,
    speed: i32,
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
        Self { world: Arc::new(Mutex::new(world)), follows: Arc::default() }
    }

    /// From now on, the world's time is the machine's: each use first advances it.
    pub fn follow_wall_clock(&self) {
        self.follow_wall_clock_at(1);
    }

    /// From now on, the world's time runs so many times as fast as the machine's; the answer is
    /// when it begins to. A handle that follows already goes on as it did.
    pub fn follow_wall_clock_at(&self, speed: i32) -> Timestamp {
        self.follows.get_or_init(|| WallClock { since: Timestamp::now(), speed }).since
    }

    /// Looks at the world, or changes it. Not to be nested: the world is locked meanwhile.
    pub fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        // A panic elsewhere leaves a world that is whole enough to look at.
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(clock) = self.follows.get() {
            world.advance_to(clock.now());
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

impl WallClock {
    fn now(self) -> Timestamp {
        self.since + Timestamp::now().duration_since(self.since) * self.speed
    }
}
