//! How many calls an account may make: a token bucket for all callers and operations together. AWS
//! has buckets per service and operation and publishes few of their sizes; one bucket is an assumption.

use jiff::{SignedDuration, Timestamp};

/// A bucket of `burst` tokens that gains `per_second`. A call takes one; without one it is throttled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateLimit {
    per_second: f64,
    burst: f64,
    tokens: f64,
    at: Timestamp,
}

impl RateLimit {
    /// A full bucket.
    pub fn new(per_second: u32, burst: u32, now: Timestamp) -> Self {
        let burst = f64::from(burst);
        Self { per_second: f64::from(per_second), burst, tokens: burst, at: now }
    }

    /// Takes a token, if there is one.
    pub(crate) fn take(&mut self, now: Timestamp) -> bool {
        let passed: SignedDuration = now.duration_since(self.at);
        self.tokens = (self.tokens + passed.as_secs_f64() * self.per_second).min(self.burst);
        self.at = now;
        let granted = self.tokens >= 1.0;
        if granted {
            self.tokens -= 1.0;
        }
        granted
    }
}
