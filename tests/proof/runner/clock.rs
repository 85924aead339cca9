//! The scaler's timers, in the time of the world.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Wake, Waker},
    time::Duration,
};

use tokio::{runtime::Runtime, time::Instant};

use crate::plan::At;

/// Tokio's paused clock. The runner advances it.
pub struct Clock {
    pub(super) runtime: Arc<Runtime>,
    pub(super) began: Instant,
    pub(super) runner: Arc<Mutex<Option<Waker>>>,
}

impl Clock {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let began = runtime.block_on(async { Instant::now() });
        Self { runtime: Arc::new(runtime), began, runner: Arc::default() }
    }

    pub fn runtime(&self) -> Arc<Runtime> {
        Arc::clone(&self.runtime)
    }

    /// A flag that wakes an invocation, and the runner while it waits.
    pub fn flag(&self) -> Arc<Flag> {
        Arc::new(Flag { up: AtomicBool::new(true), runner: Arc::clone(&self.runner) })
    }

    pub(super) fn at(&self, at: At) -> Instant {
        self.began + Duration::from_millis(at)
    }

    /// Advances the clock to this time. Call it only if no timer is due before.
    pub fn catch_up(&self, at: At) {
        let behind = self.at(at).saturating_duration_since(Instant::now());
        if !behind.is_zero() {
            self.runtime.block_on(tokio::time::advance(behind));
        }
    }
}

/// Whether an invocation must be polled again.
pub struct Flag {
    up: AtomicBool,
    runner: Arc<Mutex<Option<Waker>>>,
}

impl Flag {
    pub fn is_up(&self) -> bool {
        self.up.load(Ordering::SeqCst)
    }

    pub fn lower(&self) {
        self.up.store(false, Ordering::SeqCst);
    }
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.up.store(true, Ordering::SeqCst);
        let runner = self.runner.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(runner) = runner {
            runner.wake();
        }
    }
}
