//! Runs a plan: the real scaler in its containers, on the model, call by call. All random numbers
//! come from the seed of the plan, separately for each item.
//!
//! The timers of the scaler use the time of the world: `clock` advances Tokio's paused clock.

mod call_faults;
mod calls;
mod clock;
mod event_loop;
mod events;
mod initial_world;
mod invocations;
mod notifications;
mod owner;
mod queue;
mod requests;
mod state;

use state::Runner;

use crate::{broken_scalers::Defect, event_log::EventLog, plan::Plan};

/// Runs a plan to its end.
pub fn run(plan: &Plan, defect: Defect) -> EventLog {
    Runner::new(plan, defect).run()
}

/// Runs a plan with calls that take no time. With `cold`, every invocation runs in a cold
/// container. With `twice`, every event is delivered again immediately, with a foreign event in
/// between.
pub fn run_instantly(plan: &Plan, defect: Defect, cold: bool, twice: bool) -> EventLog {
    let runner = Runner::new(plan, defect);
    Runner { instant: true, cold, twice, ..runner }.run()
}
