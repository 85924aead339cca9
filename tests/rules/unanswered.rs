//! The model of AWS, where one operation is never answered.

use std::future::pending;

use simulator::{Operation, Simulator};
use tokio::time::Instant;

/// Calls of this operation about one endpoint are not answered. Listings are.
pub fn unanswered(sim: &Simulator, never: Operation) -> Simulator {
    let world = sim.clone();
    sim.behind(move |operation, resource| {
        let hangs = operation == never && resource != "*";
        let sim = world.clone();
        Box::pin(async move {
            if hangs {
                wait_for_ever(sim).await;
            }
            Ok(())
        })
    })
}

/// Until the call is given up.
pub async fn wait_for_ever(sim: Simulator) {
    let _advance = Advance { sim, begun: Instant::now() };
    pending::<()>().await;
}

/// Advances the model by the time that was waited, when the call is given up: the model's clock goes with the timers
/// of the function.
struct Advance {
    sim: Simulator,
    begun: Instant,
}

impl Drop for Advance {
    fn drop(&mut self) {
        self.sim.advance(self.begun.elapsed());
    }
}
