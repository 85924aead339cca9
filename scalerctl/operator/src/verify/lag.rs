//! The delay of CloudWatch datapoints: reads until a newer datapoint appears.

use jiff::{SignedDuration, Timestamp};
use reactive_scaler::port::Datapoint;

const PERIOD: SignedDuration = SignedDuration::from_secs(60);

/// The delay so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Lag {
    newest: Option<Timestamp>,
    least: Option<SignedDuration>,
}

impl Lag {
    /// Adds a read. The first read gives no delay, because its newest datapoint may be old.
    pub fn look(&mut self, datapoints: &[Datapoint], now: Timestamp) {
        let Some(newest) = datapoints.iter().map(|datapoint| datapoint.at).max() else { return };
        if self.newest.is_some_and(|before| before < newest) {
            let lag = now.duration_since(newest + PERIOD).max(SignedDuration::ZERO);
            self.least = Some(self.least.map_or(lag, |least| least.min(lag)));
        }
        self.newest = self.newest.max(Some(newest));
    }

    /// The lowest delay, because a read can be late but not early.
    pub fn least(&self) -> Option<SignedDuration> {
        self.least
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_new_datapoint_shows_the_lag() {
        let datapoints = |stamps: &[i64]| -> Vec<Datapoint> {
            stamps.iter().map(|stamp| Datapoint { at: at(*stamp), value: 0.0 }).collect()
        };
        let mut lag = Lag::default();
        lag.look(&datapoints(&[0]), at(500));
        lag.look(&datapoints(&[0]), at(510));
        assert_eq!(lag.least(), None);
        lag.look(&datapoints(&[0, 60]), at(245));
        assert_eq!(lag.least(), Some(SignedDuration::from_secs(125)));
        lag.look(&datapoints(&[0, 60, 120]), at(301));
        assert_eq!(lag.least(), Some(SignedDuration::from_secs(121)));
    }
}
