//! The requests of the page.

use std::sync::{Arc, PoisonError};

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{
        IntoResponse, Response,
        sse::{KeepAlive, Sse},
    },
    routing::{get, post},
};
use reactive_scaler::port::VariantId;
use scalerctl_console::{chart::ChartWidth, timeline};
use serde_json::json;

use super::{
    Shared,
    actions::{self, FaultChange, Invocation, Speed, Upload},
    document,
    feed::Feed,
    same_origin::{Refused, refusal, refusal_of_document},
    watch::refresh,
};

/// What all paths but that of the document begin with.
const BELOW: &str = "/_page/";

/// Whether a request is for the page: one of a browser, which signs nothing.
pub(super) fn is_for_page(request: &Request) -> bool {
    let header = |name| request.headers().get(name).and_then(|it| it.to_str().ok());
    let query = request.uri().query().unwrap_or_default();
    let is_signed = request.headers().contains_key(header::AUTHORIZATION)
        || ["X-Amz-", "AWSAccessKeyId="].iter().any(|it| query.contains(it));
    let host = header(header::HOST).unwrap_or_default();
    // BUCKET.localhost: the path is the key of an object.
    let is_for_bucket = host.split(':').next().is_some_and(|name| name.ends_with(".localhost"));
    if is_signed || is_for_bucket {
        return false;
    }
    let reads = [Method::GET, Method::HEAD].contains(request.method());
    let is_html = || header(header::ACCEPT).is_some_and(|it| it.contains("text/html"));
    match request.uri().path() {
        "/" => reads && is_html(),
        path => path.starts_with(BELOW),
    }
}

/// Answers the requests of the page.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/_page/events", get(events))
        .route("/_page/timeline.svg", get(picture))
        .route("/_page/upload", post(upload))
        .route("/_page/invoke", post(invoke))
        .route("/_page/speed", post(speed))
        .route("/_page/fault", post(fault))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&shared), of_this_page))
        .route("/", get(page))
        .with_state(shared)
}

async fn of_this_page(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    match refusal(request.method(), request.headers(), shared.port) {
        Some(why) => refused(why),
        None => next.run(request).await,
    }
}

fn refused(why: Refused) -> Response {
    (StatusCode::FORBIDDEN, Json(json!({ "message": why.message() }))).into_response()
}

async fn page(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    match refusal_of_document(&headers, shared.port) {
        Some(why) => refused(why),
        None => document::response(),
    }
}

async fn events(State(shared): State<Arc<Shared>>) -> Response {
    // A browser that connects begins with the present state.
    refresh(&shared);
    let stream = Sse::new(Feed::events(shared)).keep_alive(KeepAlive::default());
    ([(header::CACHE_CONTROL, "no-store")], stream).into_response()
}

/// `?endpoint=NAME&variant=NAME&width=wide`.
async fn picture(State(shared): State<Arc<Shared>>, uri: Uri) -> Response {
    let query = uri.query().unwrap_or_default().as_bytes();
    let value = |name: &str| {
        let mut all = form_urlencoded::parse(query);
        all.find_map(|(key, value)| (key == name).then(|| value.into_owned())).unwrap_or_default()
    };
    let width = match value("width").as_str() {
        "narrow" => ChartWidth::Narrow,
        _ => ChartWidth::Wide,
    };
    let id = VariantId::new(value("endpoint"), value("variant"));
    let timeline = shared.sim.with(|world| {
        shared.recorder.lock().unwrap_or_else(PoisonError::into_inner).timeline(world, &id)
    });
    let Some(timeline) = timeline else { return StatusCode::NOT_FOUND.into_response() };
    let svg = match timeline::svg(&timeline, width, None) {
        Ok(svg) => svg,
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, error).into_response(),
    };
    let mut response = Response::new(Body::from(svg));
    for (name, value) in [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn upload(State(shared): State<Arc<Shared>>, Json(it): Json<Upload>) -> Response {
    done(&shared, actions::upload(&shared, it).await)
}

async fn invoke(State(shared): State<Arc<Shared>>, Json(it): Json<Invocation>) -> Response {
    done(&shared, actions::invoke(&shared, it))
}

async fn speed(State(shared): State<Arc<Shared>>, Json(it): Json<Speed>) -> Response {
    done(&shared, actions::speed(&shared, it))
}

async fn fault(State(shared): State<Arc<Shared>>, Json(it): Json<FaultChange>) -> Response {
    done(&shared, actions::fault(&shared, it))
}

/// The answer to an action: a sentence for the person who made it.
fn done(shared: &Shared, result: Result<String, String>) -> Response {
    // The browsers see at once what it changed.
    refresh(shared);
    let (status, message) = match result {
        Ok(message) => (StatusCode::OK, message),
        Err(message) => (StatusCode::BAD_REQUEST, message),
    };
    (status, Json(json!({ "message": message }))).into_response()
}
