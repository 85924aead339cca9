//! What `status`, `plot` and `report` share.
//!
//! | file | idea |
//! |---|---|
//! | `account` | the services that are asked, and in which log the decisions are |
//! | `span` | from when until when |
//! | `zone` | times as people read them |
//! | `stretch` | a value that is known now and then, as one that stands for a time |
//! | `terminal` | how wide the terminal is |

mod account;
pub mod span;
pub mod stretch;
pub mod terminal;
pub mod zone;

pub use account::{Account, log_group, no_access};
pub use span::Span;
pub use zone::Zone;

use std::future::Future;

use crate::Failure;

/// Runs it on a runtime of its own.
///
/// # Errors
///
/// Its own, and where there can be no runtime.
pub fn block_on<T>(what: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Story(format!("no runtime: {error}")))?
        .block_on(what)
}
