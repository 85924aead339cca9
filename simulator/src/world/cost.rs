//! Instance time of an endpoint.

use std::time::Duration;

use super::World;

impl World {
    /// The instance time of the endpoint so far: two instances for a minute are two minutes.
    /// Provisioning is not counted.
    ///
    /// # Panics
    ///
    /// If the endpoint does not exist.
    pub fn paid(&self, endpoint: &str) -> Duration {
        self.known(endpoint).cost_at(self.now()).paid
    }

    /// The processing time of jobs so far: two jobs for a minute are two minutes.
    ///
    /// # Panics
    ///
    /// If the endpoint does not exist.
    pub fn worked(&self, endpoint: &str) -> Duration {
        self.known(endpoint).cost_at(self.now()).working
    }
}
