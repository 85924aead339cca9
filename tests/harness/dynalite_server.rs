//! `dynalite`, a DynamoDB server in JavaScript, as a child process on a free port.

use std::{
    env,
    path::{Path, PathBuf},
};

#[allow(clippy::duplicate_mod, reason = "Each server's file is complete without another.")]
#[path = "server_process.rs"]
mod server_process;

use server_process::{ServerProcess, say_once};

const MISSING: &str = "\nskipped: dynalite not found (to install it: npm install --prefix \
                       .npm-dynalite dynalite@4.0; or set DYNALITE to its program)\n";

/// A running server. Dropping it ends the process.
pub struct DynaliteServer(ServerProcess);

impl DynaliteServer {
    /// Starts an empty server. Prints a message and returns `None` if dynalite is not installed.
    ///
    /// # Panics
    ///
    /// If dynalite is installed and does not start.
    pub fn start() -> Option<Self> {
        let Some(program) = program() else {
            say_once(MISSING);
            return None;
        };
        let arguments = |port: u16| {
            ["--host", "127.0.0.1", "--createTableMs", "0", "--port", &port.to_string()]
                .map(str::to_owned)
                .to_vec()
        };
        Some(Self(ServerProcess::start(&program, arguments, "/")))
    }

    /// The URL of the server.
    pub fn url(&self) -> String {
        format!("http://{}", self.0.address())
    }
}

fn program() -> Option<PathBuf> {
    if let Some(named) = env::var_os("DYNALITE").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".npm-dynalite");
    Some(folder.join("node_modules/.bin/dynalite")).filter(|program| program.is_file())
}
