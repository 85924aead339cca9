//! The function's clock in the demo: the simulated time.

use std::time::Duration;

use jiff::Timestamp;
use reactive_scaler::port::Clock;
use simulator::Simulator;

/// Tells the time of a simulated world.
#[derive(Debug, Clone)]
pub struct VirtualClock(pub Simulator);

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    /// The model's answers are never older than the last write.
    async fn wait(&self, _: Duration) {}
}
