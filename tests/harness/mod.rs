//! The built function from the outside: the real process, a Lambda Runtime API that hands it
//! payloads, and the simulator's AWS behind loopback HTTP.
//!
//! The process goes by the machine's clock, so each world starts at the present and follows it.
//! What has to lie before or behind a boundary is planted minutes away from it.

mod brief;
mod function;
mod output;
mod payload;
#[allow(dead_code, reason = "not every test asks a proxy")]
pub mod proxy;
mod runtime_api;
mod scene;
#[allow(dead_code, reason = "not every test speaks TLS")]
pub mod tls;

pub use brief::{calls, writes};
#[allow(unused_imports, reason = "benches/ ask for it")]
pub use function::program;
pub use function::{Function, FunctionError, Invoked, run_to_end};
pub use payload::{in_sns, in_sqs, on_event_bus, queued, upload, uploads};
pub use scene::{ENDPOINT, ROUTE, Scene, VARIANT, ago, ahead, id, zeros};
