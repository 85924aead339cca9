//! The function's clock in the demo: the simulated time.

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
}
