//! The page of `scalerctl aws`: what happens in the simulated AWS, live in a browser, with buttons to act on it.
//!
//! `GET /` with `Accept: text/html` is the page, unless the request is signed. The rest is below `/_page/`, which is no
//! bucket: their names have no underscore.
//!
//! | file | contents |
//! |---|---|
//! | `document` | the HTML document with its style and script, and its content security policy |
//! | `same_origin` | which requests are refused, because another site in the user's browser sends them |
//! | `snapshot`, `alarms` | the state of each endpoint |
//! | `happened` | decisions and calls |
//! | `feed` | how states, decisions, and calls reach the browsers |
//! | `watch` | reads the simulated AWS at intervals |
//! | `recorder`, `track` | what the timelines show |
//! | `routes` | the requests of the page |
//! | `actions`, `targets` | what the buttons do, and where inputs can be uploaded |

mod actions;
mod alarms;
mod document;
mod feed;
mod happened;
mod recorder;
mod routes;
mod same_origin;
mod snapshot;
mod targets;
mod track;
mod watch;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::Request,
    middleware::{self, Next},
    response::Response,
};
use reactive_scaler::config::Route;
use simulator::Simulator;
use tower::ServiceExt;

use crate::objects::Objects;

use feed::Feed;
pub use recorder::Recorder;

/// What the page shows and changes.
#[derive(Debug)]
pub struct Page<'a> {
    /// The simulated AWS.
    pub sim: &'a Simulator,
    /// The objects of its buckets.
    pub objects: &'a Objects,
    /// The routes of the function.
    pub routes: &'a [Route],
    /// The function's name, if it runs.
    pub function: Option<&'a str>,
    /// The port of the server.
    pub port: u16,
    /// What was recorded so far.
    pub recorder: Recorder,
}

/// What all requests of the page share.
#[derive(Debug)]
struct Shared {
    sim: Simulator,
    objects: Objects,
    routes: Vec<Route>,
    function: Option<String>,
    port: u16,
    feed: Feed,
    recorder: Mutex<Recorder>,
}

/// The requests of the page to the page, and all others to `router`. Watches the simulated AWS from now on.
pub fn in_front_of(router: Router, page: Page<'_>) -> Router {
    let shared = Arc::new(Shared {
        sim: page.sim.clone(),
        objects: page.objects.clone(),
        routes: page.routes.to_vec(),
        function: page.function.map(str::to_owned),
        port: page.port,
        feed: Feed::default(),
        recorder: Mutex::new(page.recorder),
    });
    tokio::spawn(watch::watch(Arc::clone(&shared)));
    let own = routes::router(shared);
    // As one service: a router would add the methods of its own route to an answer of the page.
    Router::new().fallback_service(router).layer(middleware::from_fn(
        move |request: Request, next: Next| {
            let own = own.clone();
            async move {
                let answer: Response = match routes::is_for_page(&request) {
                    true => own.oneshot(request).await?,
                    false => next.run(request).await,
                };
                Ok::<Response, std::convert::Infallible>(answer)
            }
        },
    ))
}
