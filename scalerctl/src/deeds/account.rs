//! What the commands that act share at their edge.

use tokio::runtime::{Builder, Runtime};

use crate::Failure;

/// One thread does: the calls are few.
///
/// # Errors
///
/// [`Failure::Story`] where the machine has no room for one.
pub fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::Story(format!("no runtime: {error}")))
}
