//! The clock of the commands.

use std::{str::FromStr, time::Duration};

use jiff::Timestamp;
use reactive_scaler::port::Clock;

/// The machine's clock, or the faster clock of a simulated AWS in tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacedClock {
    since: Timestamp,
    speed: i32,
}

impl Default for PacedClock {
    fn default() -> Self {
        Self { since: Timestamp::UNIX_EPOCH, speed: 1 }
    }
}

/// Reads the time of a simulated AWS.
///
/// # Errors
///
/// If it is not a timestamp.
pub fn simulated_time(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "not a time such as 2030-01-07T09:00:00Z".to_owned())
}

/// `60x2030-01-07T09:00:00Z`.
impl FromStr for PacedClock {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not of the form 60x2030-01-07T09:00:00Z");
        let (speed, since) = text.split_once('x').ok_or_else(wrong)?;
        let speed = speed.parse().ok().filter(|speed| (1..=10_000).contains(speed));
        Ok(Self { speed: speed.ok_or_else(wrong)?, since: since.parse().map_err(|_| wrong())? })
    }
}

impl Clock for PacedClock {
    fn now(&self) -> Timestamp {
        let passed = Timestamp::now().duration_since(self.since);
        // If the time is out of range, use the machine's clock.
        passed
            .checked_mul(self.speed)
            .and_then(|passed| self.since.checked_add(passed).ok())
            .unwrap_or_else(Timestamp::now)
    }

    async fn wait(&self, time: Duration) {
        self.nap(time).await;
    }
}

impl PacedClock {
    /// Waits for a duration of this clock.
    pub async fn nap(&self, time: Duration) {
        tokio::time::sleep(time / self.speed.unsigned_abs()).await;
    }
}
