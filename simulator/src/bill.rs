//! What was paid for, and how much of it worked.

use std::time::Duration;

use jiff::Timestamp;

use crate::World;

/// Instance time of one endpoint so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Bill {
    paid: Duration,
    working: Duration,
}

impl World {
    /// Instance time of the endpoint so far: two instances for a minute are two minutes.
    /// Provisioning is not counted.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn paid(&self, endpoint: &str) -> Duration {
        self.known(endpoint).bill.paid
    }

    /// Time of jobs on instances so far: two jobs for a minute are two minutes.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn worked(&self, endpoint: &str) -> Duration {
        self.known(endpoint).bill.working
    }

    pub(crate) fn bill_until(&mut self, until: Timestamp) {
        let passed = until.duration_since(self.now()).unsigned_abs();
        for endpoint in self.endpoints.values_mut() {
            let instances: i32 = endpoint.variants.iter().map(|variant| variant.current).sum();
            let jobs = u32::try_from(endpoint.queue.running.len()).unwrap_or(u32::MAX);
            endpoint.bill.paid += passed * u32::try_from(instances).unwrap_or(0);
            endpoint.bill.working += passed * jobs;
        }
    }
}
