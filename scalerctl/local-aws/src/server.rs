//! The HTTP server: connections that misbehave do not harm others.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};
use tower::{ServiceExt, service_fn};

/// The maximum number of connections. Others wait until one closes.
const CONNECTIONS: usize = 500;

/// How long a connection can take to send the head of a request, also between two requests.
const HEAD: Duration = Duration::from_secs(30);

/// How long a request can take, with its body and its answer. The longest are invocations of the function and uploads.
const REQUEST: Duration = Duration::from_secs(15 * 60);

/// Serves until the listener fails.
pub async fn serve(listener: TcpListener, app: Router) -> io::Result<()> {
    let app = app.layer(middleware::from_fn(within_time));
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&free).acquire_owned().await else { return Ok(()) };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            // The client has gone, or the process has too many files open: later ones may succeed.
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        // A small answer is not held back until the client confirms the one before it.
        stream.set_nodelay(true).ok();
        let app = app.clone();
        let service = service_fn(move |request: Request<hyper::body::Incoming>| {
            let app = app.clone();
            async move { app.oneshot(request.map(axum::body::Body::new)).await }
        });
        tokio::spawn(async move {
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
            // What goes wrong on a connection is the client's to see.
            connection.await.ok();
            drop(permit);
        });
    }
}

async fn within_time(request: Request, next: Next) -> Result<Response, Infallible> {
    let answer = timeout(REQUEST, next.run(request)).await;
    Ok(answer.unwrap_or_else(|_| StatusCode::REQUEST_TIMEOUT.into_response()))
}
