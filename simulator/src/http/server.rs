//! The HTTP server: routes and request handlers.

use std::{future::Future, io, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::{HeaderMap, Method, Uri},
    middleware::{self, Next},
    response::Response,
    routing::{any, get, post},
};
use tokio::net::TcpListener;

use crate::Simulator;

use super::{
    answer::Encoding,
    buckets, lambda,
    refusals::{not_found, unknown_operation},
    requests, scheduler, stored, wire,
};

/// Serves the simulator's world to AWS SDKs until the future is dropped or the listener fails.
pub fn serve(sim: Simulator, listener: TcpListener) -> impl Future<Output = io::Result<()>> + Send {
    serve_after(Duration::ZERO, sim, listener)
}

/// Like [`serve`], but delays each response by `latency`.
pub fn serve_after(
    latency: Duration,
    sim: Simulator,
    listener: TcpListener,
) -> impl Future<Output = io::Result<()>> + Send {
    let hold_back = move |request: Request, next: Next| async move {
        let answer = next.run(request).await;
        if !latency.is_zero() {
            tokio::time::sleep(latency).await;
        }
        answer
    };
    let app = router(sim.clone(), objects(sim)).layer(middleware::from_fn(hold_back));
    async move { axum::serve(listener, app).await }
}

/// The services without S3. `others` answers what no other service knows, and each request for the root but POST:
/// S3 lists the buckets there. It does not receive requests that are signed for another service.
pub fn router(sim: Simulator, others: Router) -> Router {
    let others = others.layer(middleware::from_fn_with_state(sim.clone(), unless_for_another));
    let scheduled = get(scheduler::one).post(scheduler::one).put(scheduler::one);
    let scheduled = scheduled.delete(scheduler::one);
    Router::new()
        .route("/", post(operation).fallback_service(others.clone()))
        .route("/service/{service}/operation/{operation}", post(operation))
        .route("/2015-03-31/{*path}", any(lambda::answer))
        .route("/2017-03-31/{*path}", any(lambda::answer))
        .route("/2017-10-31/{*path}", any(lambda::answer))
        .route("/2019-09-25/{*path}", any(lambda::answer))
        .route("/schedules", get(scheduler::list))
        .route("/schedules/{name}", scheduled)
        .route("/endpoints/{endpoint}/async-invocations", post(requests::invoke))
        .route("/endpoints/{endpoint}/invocations", post(requests::invoke_at_once))
        .method_not_allowed_fallback(unknown)
        .with_state(sim)
        .fallback_service(others)
}

/// Refuses each request, and notes it.
pub fn unserved(sim: Simulator) -> Router {
    Router::new().fallback(unknown).with_state(sim)
}

/// The calls of S3 that the function and the operator's commands make.
fn objects(sim: Simulator) -> Router {
    Router::new()
        // Other methods at these paths get the same response as an unknown path.
        .route("/{bucket}", get(buckets::notification).fallback(unknown))
        .route("/{bucket}/", get(buckets::notification).fallback(unknown))
        .route("/{bucket}/{*key}", get(object).head(head_object).put(put_object).fallback(unknown))
        .fallback(unknown)
        .with_state(sim)
}

async fn operation(
    State(sim): State<Simulator>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    wire::answer(&sim, uri.path(), &headers, &body).await
}

async fn object(
    State(sim): State<Simulator>,
    Path((bucket, key)): Path<(String, String)>,
) -> Response {
    sim.with(|world| stored::object(world, &bucket, &key))
}

async fn head_object(
    State(sim): State<Simulator>,
    Path((bucket, key)): Path<(String, String)>,
) -> Response {
    sim.with(|world| stored::head(world, &bucket, &key))
}

async fn put_object(
    State(sim): State<Simulator>,
    Path((bucket, key)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    sim.with(|world| stored::put(world, &bucket, &key, &body))
}

async fn unless_for_another(state: State<Simulator>, request: Request, next: Next) -> Response {
    match wire::signed_for(request.headers()) {
        None | Some("s3") => next.run(request).await,
        Some(_) => {
            let (method, uri) = (request.method().clone(), request.uri().clone());
            unknown(state, method, uri, request.headers().clone()).await
        }
    }
}

/// An operation that no service has here.
async fn unknown(
    State(sim): State<Simulator>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let service = wire::signed_for(&headers).unwrap_or_default();
    let refusal = unknown_operation("at this path");
    sim.with(|world| world.refuse_request(service, &format!("{method} {}", uri.path()), &refusal));
    not_found(Encoding::Json, "at this path")
}
