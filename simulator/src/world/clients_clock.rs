//! Times that clients send while the world's clock runs faster than theirs.
//!
//! With a speed of 60, a client that asks for the last hour sends a range that ends at its own present time, which is
//! hours behind the world's. Such a range is moved to the world's present and keeps its length. A client can also send
//! times that it read from the world: they are nearer to the world's present, or in the past of both clocks, and are
//! taken as they are.

use jiff::{SignedDuration, Timestamp};

use super::World;

/// How much a client's present time can be in the past when its request arrives.
const TOLERANCE: SignedDuration = SignedDuration::from_mins(2);

impl World {
    pub(crate) fn set_lead(&mut self, lead: SignedDuration) {
        self.lead = lead;
    }

    /// The range in the world's time.
    pub(crate) fn range_of_client(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> (Timestamp, Timestamp) {
        match self.is_clients_present(until) {
            true => (from + self.lead, until + self.lead),
            false => (from, until),
        }
    }

    /// The time in the world's time.
    pub(crate) fn time_of_client(&self, at: Timestamp) -> Timestamp {
        if self.is_clients_present(at) { at + self.lead } else { at }
    }

    fn is_clients_present(&self, at: Timestamp) -> bool {
        let behind = |present: Timestamp| present.duration_since(at);
        let real = self.now() - self.lead;
        behind(real) <= TOLERANCE && behind(real).abs() < behind(self.now()).abs()
    }
}
