//! Where this program is.

use std::{env, fs, path::PathBuf};

use scalerctl_console::Failure;

/// The real path of this program: `pipx` and `uv tool` link to it.
///
/// # Errors
///
/// [`Failure::NotOk`] if the system does not say.
pub fn path() -> Result<PathBuf, Failure> {
    let path = env::current_exe().and_then(fs::canonicalize);
    path.map_err(|error| Failure::NotOk(format!("the program's own path is not known: {error}")))
}
