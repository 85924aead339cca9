//! The HTTP face on a free port of this machine.

use std::{io, time::Duration};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::{Simulator, http::serve_after};

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
        Self::start_after(Duration::ZERO, sim).await
    }

    /// The same, with each answer held back for as long as a network takes.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start_after(latency: Duration, sim: Simulator) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { url, server: tokio::spawn(serve_after(latency, sim, listener)) })
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
