//! A rate limit: a token bucket.
//!
//! An account has one for all callers and operations. AWS has one bucket for each service and operation and publishes
//! few of their sizes. A single bucket is an assumption. Each partition key of the ledger has one for its writes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A bucket of `burst` tokens that gains `per_second` tokens. Each call takes one token. A call
/// without a token is throttled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
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

    /// Whether a call would be granted now.
    pub fn grants(&self, now: Timestamp) -> bool {
        self.tokens_at(now) >= 1.0
    }

    fn tokens_at(&self, now: Timestamp) -> f64 {
        let passed: SignedDuration = now.duration_since(self.at);
        (self.tokens + passed.as_secs_f64() * self.per_second).min(self.burst)
    }

    /// Takes this many tokens, if there are as many. Returns whether there were.
    pub(crate) fn take(&mut self, tokens: u32, now: Timestamp) -> bool {
        let (wanted, available) = (f64::from(tokens), self.tokens_at(now));
        let granted = available >= wanted;
        self.tokens = available - if granted { wanted } else { 0.0 };
        self.at = now;
        granted
    }
}
