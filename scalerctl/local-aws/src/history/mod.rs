//! A past: the simulated AWS before it is served, with its uploads, its requests, and the function that decided.
//!
//! It is the same world that is served afterwards, so what the past left goes on: leases, floors, the ledger, requests in
//! the queue, and the schedule of the tick.
//!
//! | file | content |
//! |---|---|
//! | `fleet` | the routes of several endpoints |
//! | `alarms` | the backlog alarm of each endpoint |
//! | `workload` | when requests arrive |
//! | `limits` | which pasts are refused |
//! | `requests` | uploads, requests, and results |
//! | `invocations` | the function, invoked in simulated time |
//! | `play` | what happens when, from the first minute to the last |
//! | `earlier` | the earlier part of a long past, played while the later one is served |

mod alarms;
mod earlier;
mod fleet;
mod invocations;
mod limits;
mod play;
mod requests;
mod workload;

pub use alarms::add_backlog_alarms;
pub use earlier::{Earlier, EarlierPast, FIRST_NUMBER, QUIET, boundary};
pub use fleet::{MOST_ENDPOINTS, fleet_routes};
pub use limits::{MOST_DAYS, check};
pub use play::{Past, play};
pub use workload::arrivals;
