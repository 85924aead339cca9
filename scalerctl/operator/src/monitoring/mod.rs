//! What `status`, `plot` and `report` share.
//!
//! | file | content |
//! |---|---|
//! | `args` | the options that the commands share |
//! | `clients` | the AWS clients, and the function whose decisions are read |
//! | `deployed` | the settings of the function, and whether results are connected |
//! | `time_range` | the time range |
//! | `time_zone` | times as text |
//! | `interval` | the intervals in which a value is known |
//! | `instance_time`, `paid_idle`, `idle_metrics` | instance minutes, those without work, and the metrics for them |
//! | `price` | the price of an instance hour |
//! | `not_registered` | the message about endpoints that are not registered |
//! | `shortened` | long names where there is little room |
//! | `terminal` | the width of the terminal |

pub mod args;
mod clients;
mod deployed;
pub mod idle_metrics;
pub mod instance_time;
pub mod interval;
pub mod not_registered;
pub mod paid_idle;
pub mod price;
pub mod shortened;
pub mod terminal;
pub mod time_range;
pub mod time_zone;

pub use scalerctl_console::times::duration_text;

pub use clients::{Account, Source, no_access, source};
pub use deployed::{Connection, Deployed};
pub use time_range::TimeRange;
pub use time_zone::TimeZone;
