//! What `status`, `plot` and `report` share.
//!
//! | file | content |
//! |---|---|
//! | `args` | the options that the commands share |
//! | `clients` | the AWS clients, and the log group of the decisions |
//! | `deployed` | the settings of the function, and whether results are connected |
//! | `time_range` | the time range |
//! | `time_zone` | times as text |
//! | `interval` | the intervals in which a value is known |
//! | `terminal` | the width of the terminal |

pub mod args;
mod clients;
mod deployed;
pub mod interval;
pub mod terminal;
pub mod time_range;
pub mod time_zone;

pub use scalerctl_console::times::duration_text;

pub use clients::{Account, Source, log_group, no_access};
pub use deployed::{Connection, Deployed};
pub use time_range::TimeRange;
pub use time_zone::TimeZone;
