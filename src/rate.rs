//! How many calls a second a client may make: fewer once AWS throttles, more again when it does not.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// Calls a second at the start, and at most. AWS documents no rate for these operations, and other tools in
/// the account call them too: a pace that rose until it is throttled would throttle them as well. At 10 a
/// second, a tick has time for 450 calls.
pub const MOST: u32 = 10;

/// Calls a second at least.
const LEAST: u32 = 1;

/// So much of the pace may be used at once after a pause.
const BURST: Duration = Duration::from_secs(1);

/// Throttled answers within this time count once: the calls were made before the pace was halved.
const ONCE: Duration = Duration::from_secs(1);

/// A pace that callers share. It lasts as long as the container.
#[derive(Debug)]
pub struct Pace(Mutex<State>);

#[derive(Debug)]
struct State {
    calls_a_second: u32,
    /// When the next call is due if calls are spread evenly; `None` before the first.
    due: Option<Instant>,
    throttled_at: Option<Instant>,
    /// AWS has not throttled since the last call of [`Pace::end_of_tick`].
    clean: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self(Mutex::new(State { calls_a_second: MOST, due: None, throttled_at: None, clean: true }))
    }
}

impl Pace {
    /// Waits until one more call may be made.
    pub async fn turn(&self) {
        let due = self.state().take(1);
        if due > Instant::now() {
            sleep_until(due).await;
        }
    }

    /// Counts calls that were made without waiting for their turn: later calls wait for them.
    pub fn count(&self, calls: u32) {
        self.state().take(calls);
    }

    /// AWS throttled a call: the pace is halved.
    pub fn throttled(&self) {
        let mut state = self.state();
        let now = Instant::now();
        state.clean = false;
        if state.throttled_at.is_none_or(|at| now.duration_since(at) >= ONCE) {
            state.throttled_at = Some(now);
            state.calls_a_second = (state.calls_a_second / 2).max(LEAST);
        }
    }

    /// A tick is over: the pace rises if AWS throttled none of its calls.
    pub fn end_of_tick(&self) {
        let mut state = self.state();
        if std::mem::replace(&mut state.clean, true) {
            state.calls_a_second = (state.calls_a_second + 1).min(MOST);
        }
    }

    /// The pace at this moment.
    pub fn calls_a_second(&self) -> u32 {
        self.state().calls_a_second
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each change is whole before the lock is given back.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes the next turns; when the first of them is.
    fn take(&mut self, calls: u32) -> Instant {
        let interval = Duration::from_secs(1) / self.calls_a_second;
        let now = Instant::now();
        let unused = now.checked_sub(BURST.saturating_sub(interval)).unwrap_or(now);
        let due = self.due.map_or(unused, |due| due.max(unused));
        self.due = Some(due + interval * calls);
        due
    }
}
