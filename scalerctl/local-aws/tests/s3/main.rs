//! S3 of `scalerctl aws`, from outside: over HTTP, and in the model that gets its events.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod objects;
mod requests;

use scalerctl_local_aws::{objects::Objects, s3};
use simulator::{Simulator, http};
use tokio::{net::TcpListener, task::JoinHandle};

/// A server of S3 on a free port. Dropping it stops the server.
struct Served {
    sim: Simulator,
    objects: Objects,
    port: u16,
    server: JoinHandle<()>,
}

impl Served {
    /// With an empty world at this time.
    async fn start() -> Self {
        let sim = Simulator::new("2030-01-01T00:00:00Z".parse().unwrap());
        let objects = Objects::new(sim.clone()).unwrap();
        let app = s3::in_front_of(
            http::router(sim.clone(), http::unserved(sim.clone())),
            objects.clone(),
            s3::LIMIT,
        );
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { sim, objects, port, server }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.server.abort();
    }
}
