//! `moto_server` as a child process on a free port.

use std::{
    env,
    net::SocketAddr,
    path::{Path, PathBuf},
};

#[path = "server_process.rs"]
mod server_process;

use server_process::{ServerProcess, say_once};

const MISSING: &str = "\nskipped: moto_server not found (to install it: python3 -m venv .venv-moto \
                       && .venv-moto/bin/pip install 'moto[server]==5.2.*'; or set MOTO_SERVER to \
                       one)\n";

/// A running server. Dropping it ends the process.
pub struct MotoServer(ServerProcess);

impl MotoServer {
    /// Starts an empty server. Prints a message and returns `None` if moto is not installed.
    ///
    /// # Panics
    ///
    /// If moto is installed and does not start.
    pub fn start() -> Option<Self> {
        let Some(program) = program() else {
            say_once(MISSING);
            return None;
        };
        let arguments =
            |port: u16| ["-H", "127.0.0.1", "-p", &port.to_string()].map(str::to_owned).to_vec();
        Some(Self(ServerProcess::start(&program, arguments, "/moto-api/data.json")))
    }

    /// The URL of the server.
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The socket address of the server.
    pub fn address(&self) -> SocketAddr {
        self.0.address()
    }
}

fn program() -> Option<PathBuf> {
    if let Some(named) = env::var_os("MOTO_SERVER").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    // In a folder next to the manifest of the package or of the workspace. A moto on the PATH can
    // have any version, and older versions answer differently.
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().take(2);
    let mut ours = folders.map(|folder| folder.join(".venv-moto/bin/moto_server"));
    ours.find(|program| program.is_file())
}
