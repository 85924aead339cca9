//! What `status`, `plot` and `report` share.
//!
//! | file | content |
//! |---|---|
//! | `args` | the options that the commands share |
//! | `clients` | the AWS clients, and the log group of the decisions |
//! | `span` | the time range |
//! | `zone` | times and lengths of time as text |
//! | `stretch` | the ranges of time in which a value is known |
//! | `terminal` | the width of the terminal |

pub mod args;
mod clients;
pub mod span;
pub mod stretch;
pub mod terminal;
pub mod zone;

pub use clients::{Account, log_group, no_access};
pub use span::Span;
pub use zone::Zone;
