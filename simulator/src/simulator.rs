//! A handle on one world, shared by tests, the scaler and the HTTP interface.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use reactive_scaler::port::AwsResult;

use crate::{Operation, Settings, World};

/// A handle on one [`World`]. Clones share the world.
#[derive(Debug, Clone)]
pub struct Simulator {
    world: Arc<Mutex<World>>,
    follows: Arc<Mutex<Option<WallClock>>>,
    gate: Option<Gate>,
}

/// What a call waits for. An error is its answer.
type Wait = BoxFuture<'static, AwsResult<()>>;

/// What a call of this operation on this resource waits for.
type WaitOfCall = dyn Fn(Operation, &str) -> Wait + Send + Sync;

/// Gives each call something to wait for.
#[derive(Clone)]
struct Gate(Arc<WaitOfCall>);

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

/// A clock that shows `start` when the machine's clock shows `since`, and runs `speed` times as fast.
#[derive(Debug, Clone, Copy)]
struct WallClock {
    since: Timestamp,
    start: Timestamp,
    speed: i32,
}

impl Simulator {
    /// A handle on an empty world at this time.
    pub fn new(start: Timestamp) -> Self {
        Self::of(World::new(start))
    }

    /// A handle on an empty world with these settings.
    pub fn with_settings(start: Timestamp, settings: Settings) -> Self {
        Self::of(World::with_settings(start, settings))
    }

    /// A handle on a world.
    pub fn of(world: World) -> Self {
        Self { world: Arc::new(Mutex::new(world)), follows: Arc::default(), gate: None }
    }

    /// A handle on the same world, whose calls through the traits of the port wait for what `gate` returns for their
    /// operation and resource before they take effect. Each page of a listing is a call.
    #[must_use]
    pub fn behind(&self, gate: impl Fn(Operation, &str) -> Wait + Send + Sync + 'static) -> Self {
        Self { gate: Some(Gate(Arc::new(gate))), ..self.clone() }
    }

    pub(crate) async fn pass_gate(&self, operation: Operation, resource: &str) -> AwsResult<()> {
        match &self.gate {
            Some(Gate(gate)) => gate(operation, resource).await,
            None => Ok(()),
        }
    }

    /// From now on, the world's time is the machine's time. Each use of the handle first advances
    /// the world.
    pub fn follow_wall_clock(&self) {
        self.follow_wall_clock_at(1);
    }

    /// From now on, the world's time runs `speed` times as fast as the machine's. A handle that does not follow a clock
    /// starts at the machine's time. A handle that does goes on from the world's time, with the new speed. Returns the
    /// time of the machine's clock.
    pub fn follow_wall_clock_at(&self, speed: i32) -> Timestamp {
        // Nobody reads the world's time while the clock changes.
        let mut world = self.locked();
        let mut follows = self.clock();
        let since = Timestamp::now();
        let start = match *follows {
            None => since,
            Some(clock) => {
                world.advance_to(clock.at(since));
                world.now()
            }
        };
        *follows = Some(WallClock { since, start, speed });
        since
    }

    /// Simulated seconds per second. `None`: the world does not follow the machine's clock.
    pub fn speed(&self) -> Option<i32> {
        self.clock().map(|clock| clock.speed)
    }

    /// From now on, the world's time runs `speed` times as fast as the machine's. It goes on from the world's time, or
    /// from the machine's if that is later. Has no effect on a handle that already follows a clock.
    pub fn go_on_at(&self, speed: i32) {
        let world = self.locked();
        let since = Timestamp::now();
        let start = world.now().max(since);
        _ = self.clock().get_or_insert(WallClock { since, start, speed });
    }

    /// Reads or changes the world. Do not nest calls: the world is locked.
    pub fn with<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.locked();
        let clock = *self.clock();
        if let Some(clock) = clock {
            let real = Timestamp::now();
            let now = clock.at(real);
            world.advance_to(now);
            world.set_lead(now.duration_since(real));
        }
        look(&mut world)
    }

    fn locked(&self) -> MutexGuard<'_, World> {
        // After a panic in another thread, the world is still readable.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clock(&self) -> MutexGuard<'_, Option<WallClock>> {
        self.follows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The world's time.
    pub fn now(&self) -> Timestamp {
        self.with(|world| world.now())
    }

    /// Advances the world's time by this duration.
    pub fn advance(&self, by: Duration) {
        self.with(|world| world.advance(by));
    }

    /// Advances the world's time to this time.
    pub fn advance_to(&self, until: Timestamp) {
        self.with(|world| world.advance_to(until));
    }
}

impl WallClock {
    fn at(self, real: Timestamp) -> Timestamp {
        self.start + real.duration_since(self.since) * self.speed
    }
}
