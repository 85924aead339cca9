//! The HTTP face on a free port of this machine.

use std::io;

use tokio::{net::TcpListener, task::JoinHandle};

use crate::{Simulator, http::serve};

/// A running HTTP face. Dropping it shuts it down.
#[derive(Debug)]
pub struct LoopbackAws {
    /// What `AWS_ENDPOINT_URL` is to be, for example `http://127.0.0.1:40123`.
    pub url: String,
    server: JoinHandle<io::Result<()>>,
}

impl LoopbackAws {
    /// Serves the simulator's world on a free loopback port, on the runtime of the caller.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start(sim: Simulator) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { url, server: tokio::spawn(serve(sim, listener)) })
    }

    /// Shuts it down.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for LoopbackAws {
    fn drop(&mut self) {
        self.server.abort();
    }
}
