//! What `status`, `plot` and `report` share.
//!
//! | file | content |
//! |---|---|
//! | `account` | the services that are asked, and in which log the decisions are |
//! | `args` | the options that they share |
//! | `span` | from when until when |
//! | `zone` | times as people read them |
//! | `stretch` | a value that is known now and then, as one that stands for a time |
//! | `terminal` | how wide the terminal is |

pub mod args;
mod clients;
pub mod span;
pub mod stretch;
pub mod terminal;
pub mod zone;

pub use clients::{Account, log_group, no_access};
pub use span::Span;
pub use zone::Zone;
