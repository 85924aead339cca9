//! The tokio runtime of a command.

use std::future::Future;

use tokio::runtime::{Builder, Runtime};

use crate::failure::Failure;

/// A runtime with one thread, because commands make few calls at a time.
///
/// # Errors
/// [`Failure::NotOk`] if it cannot be created.
pub fn runtime() -> Result<Runtime, Failure> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::NotOk(format!("no runtime: {error}")))
}

/// Runs a future on a new runtime.
///
/// # Errors
///
/// Those of the future, and those of [`runtime`].
pub fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    runtime()?.block_on(future)
}
