//! The HTTP interface on a free port of this machine.

use std::{io, time::Duration};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::{Simulator, http::server::serve_after};

/// A running HTTP interface. Dropping it stops the server.
#[derive(Debug)]
pub struct LoopbackAws {
    /// The value for `AWS_ENDPOINT_URL`, for example `http://127.0.0.1:40123`.
    pub url: String,
    server: JoinHandle<io::Result<()>>,
}

impl LoopbackAws {
    /// Serves the simulator's world on a free loopback port, on the caller's runtime.
    ///
    /// # Errors
    ///
    /// If no port is available.
    pub async fn start(sim: Simulator) -> io::Result<Self> {
        Self::start_after(Duration::ZERO, sim).await
    }

    /// Like [`LoopbackAws::start`], but delays each response by `latency`.
    ///
    /// # Errors
    ///
    /// If no port is available.
    pub async fn start_after(latency: Duration, sim: Simulator) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        Ok(Self { url, server: tokio::spawn(serve_after(latency, sim, listener)) })
    }

    /// Stops the server.
    pub fn shutdown(self) {
        drop(self);
    }
}

impl Drop for LoopbackAws {
    fn drop(&mut self) {
        self.server.abort();
    }
}
