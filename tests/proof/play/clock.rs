//! The scaler's timers, in the world's time.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Poll, Wake, Waker},
    time::Duration,
};

use tokio::{runtime::Runtime, time::Instant};

use super::Player;
use crate::plan::At;

/// Tokio's clock, which stands still until the player lets it go on.
pub struct Clock {
    runtime: Arc<Runtime>,
    began: Instant,
    player: Arc<Mutex<Option<Waker>>>,
}

impl Clock {
    pub fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let began = runtime.block_on(async { Instant::now() });
        Self { runtime: Arc::new(runtime), began, player: Arc::default() }
    }

    pub fn runtime(&self) -> Arc<Runtime> {
        Arc::clone(&self.runtime)
    }

    /// What wakes an invocation, and the player that waits meanwhile.
    pub fn flag(&self) -> Arc<Flag> {
        Arc::new(Flag { up: AtomicBool::new(true), player: Arc::clone(&self.player) })
    }

    fn at(&self, at: At) -> Instant {
        self.began + Duration::from_millis(at)
    }

    /// Brings it to this time, where nobody waits for it.
    pub fn catch_up(&self, at: At) {
        let behind = self.at(at).saturating_duration_since(Instant::now());
        if !behind.is_zero() {
            self.runtime.block_on(tokio::time::advance(behind));
        }
    }
}

/// Whether an invocation is to be looked at again.
pub struct Flag {
    up: AtomicBool,
    player: Arc<Mutex<Option<Waker>>>,
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
        let player = self.player.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(player) = player {
            player.wake();
        }
    }
}

impl Player<'_> {
    /// Waits until then, or until a timer of an invocation is due: then it answers with its container.
    pub(super) fn wait_until(&mut self, at: At) -> Option<usize> {
        let now = self.now;
        if self.slots.iter().all(|slot| slot.flight.is_none()) {
            return None;
        }
        let slots = &self.slots;
        let due = || {
            let due = |flight: &super::Flight| flight.flag.is_up() && flight.frozen_until <= now;
            slots.iter().position(|slot| slot.flight.as_ref().is_some_and(due))
        };
        let clock = &self.clock;
        let woken = clock.runtime.block_on(async {
            let mut sleep = pin!(tokio::time::sleep_until(clock.at(at)));
            poll_fn(|context| {
                let waker = Some(context.waker().clone());
                *clock.player.lock().unwrap_or_else(PoisonError::into_inner) = waker;
                match due() {
                    Some(place) => Poll::Ready(Some(place)),
                    None => sleep.as_mut().poll(context).map(|()| None),
                }
            })
            .await
        });
        let passed = Instant::now().saturating_duration_since(self.clock.began);
        let then = At::try_from(passed.as_millis()).unwrap().clamp(now, at);
        if woken.is_some() {
            self.pass_time(then);
        }
        woken
    }
}
