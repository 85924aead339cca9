//! The built function from the outside: the real process, a Lambda Runtime API that passes payloads
//! to it, and the simulator's AWS over loopback HTTP.
//!
//! The process uses the machine's clock, so each world starts at the current time and follows it.
//! Times in tests are minutes away from a boundary.

mod function;
mod names;
mod output;
mod payload;
#[allow(dead_code, reason = "not every test asks a proxy")]
pub mod proxy;
mod runtime_api;
mod summaries;
mod test_world;
#[allow(dead_code, reason = "not every test speaks TLS")]
pub mod tls;

#[allow(unused_imports, reason = "benches/ ask for it")]
pub use function::program;
pub use function::{Function, FunctionError, Invoked, run_to_end};
pub use names::{ENDPOINT, VARIANT};
pub use payload::{in_sns, in_sqs, on_event_bus, queued, upload, uploads};
pub use summaries::{calls, writes};
pub use test_world::{ROUTE, TestWorld, ago, ahead, id, zeros};
