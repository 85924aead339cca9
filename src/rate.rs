//! The number of calls per second that a client may make. It decreases when AWS throttles and increases again
//! later.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// Initial and maximum calls per second. AWS documents no limit for these operations, and other tools in the
/// account call them too. If the rate increased until AWS throttles, those tools would be throttled as well.
/// At 10 calls per second, a tick can make 450 calls.
pub const MOST: u32 = 10;

/// Minimum calls per second.
const LEAST: u32 = 1;

/// Time whose calls can be made immediately after a pause.
const BURST: Duration = Duration::from_secs(1);

/// Throttled answers within this time count once, because the calls were made before the rate was halved.
const ONCE: Duration = Duration::from_secs(1);

/// A call rate that callers share. It exists as long as the container.
#[derive(Debug)]
pub struct Pace(Mutex<State>);

#[derive(Debug)]
struct State {
    calls_a_second: u32,
    /// When the next call is due if calls are spread evenly. `None` before the first call.
    due: Option<Instant>,
    throttled_at: Option<Instant>,
    /// Whether AWS has throttled no call since the last [`Pace::end_of_tick`].
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

    /// Counts calls that did not wait for their turn. Later calls wait longer.
    pub fn count(&self, calls: u32) {
        self.state().take(calls);
    }

    /// AWS throttled a call. Halves the rate.
    pub fn throttled(&self) {
        let mut state = self.state();
        let now = Instant::now();
        state.clean = false;
        if state.throttled_at.is_none_or(|at| now.duration_since(at) >= ONCE) {
            state.throttled_at = Some(now);
            state.calls_a_second = (state.calls_a_second / 2).max(LEAST);
        }
    }

    /// A tick has ended. Increases the rate if AWS throttled none of its calls.
    pub fn end_of_tick(&self) {
        let mut state = self.state();
        if std::mem::replace(&mut state.clean, true) {
            state.calls_a_second = (state.calls_a_second + 1).min(MOST);
        }
    }

    /// The current rate.
    pub fn calls_a_second(&self) -> u32 {
        self.state().calls_a_second
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock is held leaves no incomplete change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Reserves the next calls. Returns the time of the first one.
    fn take(&mut self, calls: u32) -> Instant {
        let interval = Duration::from_secs(1) / self.calls_a_second;
        let now = Instant::now();
        let unused = now.checked_sub(BURST.saturating_sub(interval)).unwrap_or(now);
        let due = self.due.map_or(unused, |due| due.max(unused));
        self.due = Some(due + interval * calls);
        due
    }
}
