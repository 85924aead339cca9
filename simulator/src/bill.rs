//! What was paid for, and how much of it worked.

use std::time::Duration;

use jiff::Timestamp;

use crate::{EndpointState, World};

/// Instance time of one endpoint, up to a time. Between two changes of the endpoint it grows evenly,
/// so it is brought up to date before each of them and no more often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bill {
    paid: Duration,
    working: Duration,
    until: Timestamp,
}

impl Bill {
    /// One that begins at this time.
    pub(crate) fn from(begin: Timestamp) -> Self {
        Self { paid: Duration::ZERO, working: Duration::ZERO, until: begin }
    }
}

impl EndpointState {
    /// Brings the bill up to this time: to be called before anything changes.
    pub(crate) fn bill_until(&mut self, until: Timestamp) {
        self.bill = self.billed(until);
    }

    fn billed(&self, until: Timestamp) -> Bill {
        let Bill { paid, working, until: since } = self.bill;
        let passed = until.duration_since(since).unsigned_abs();
        let instances: i32 = self.variants.iter().map(|variant| variant.current).sum();
        let jobs = u32::try_from(self.queue.running.len()).unwrap_or(u32::MAX);
        Bill {
            paid: paid + passed * u32::try_from(instances).unwrap_or(0),
            working: working + passed * jobs,
            until,
        }
    }
}

impl World {
    /// Instance time of the endpoint so far: two instances for a minute are two minutes.
    /// Provisioning is not counted.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn paid(&self, endpoint: &str) -> Duration {
        self.known(endpoint).billed(self.now()).paid
    }

    /// Time of jobs on instances so far: two jobs for a minute are two minutes.
    ///
    /// # Panics
    ///
    /// When there is no such endpoint.
    pub fn worked(&self, endpoint: &str) -> Duration {
        self.known(endpoint).billed(self.now()).working
    }
}
