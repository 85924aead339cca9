//! The Lambda Runtime API (Lambda Developer Guide, "Using the Lambda runtime API"), on loopback.

use std::{
    sync::{
        Arc, Mutex as StdMutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc, watch},
    task::JoinHandle,
};

/// What the function posted.
#[derive(Debug)]
pub enum Posted {
    /// To `/response`, for the invocation of this number.
    Answer(u64, Bytes),
    /// To `/error`, for the invocation of this number.
    Error(u64, Bytes),
}

/// When the steps occurred, on the side of the server.
#[derive(Debug, Clone, Copy, Default)]
pub struct Moments {
    /// The first time that the function asked for work.
    pub asked: Option<Instant>,
    /// The last time that it asked for work.
    pub asked_last: Option<Instant>,
    /// The last time that it got an invocation.
    pub handed_out: Option<Instant>,
    /// The last time that it posted a result.
    pub posted: Option<Instant>,
}

/// An invocation that the function has not fetched yet.
struct Invocation {
    body: Bytes,
    time_left: Duration,
}

/// The server. Dropping it stops it.
pub struct RuntimeApi {
    /// The value for `AWS_LAMBDA_RUNTIME_API`.
    pub address: String,
    invocations: mpsc::UnboundedSender<Invocation>,
    posted: mpsc::UnboundedReceiver<Posted>,
    polls: watch::Receiver<u64>,
    moments: Arc<StdMutex<Moments>>,
    server: JoinHandle<()>,
}

struct Shared {
    invocations: Mutex<mpsc::UnboundedReceiver<Invocation>>,
    posted: mpsc::UnboundedSender<Posted>,
    handed_out: AtomicU64,
    polls: watch::Sender<u64>,
    moments: Arc<StdMutex<Moments>>,
}

impl Shared {
    fn post(&self, posted: Posted) {
        self.moments.lock().unwrap().posted = Some(Instant::now());
        self.posted.send(posted).unwrap();
    }
}

impl RuntimeApi {
    /// Serves on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (invocations, to_hand_out) = mpsc::unbounded_channel();
        let (posting, posted) = mpsc::unbounded_channel();
        let (polling, polls) = watch::channel(0);
        let moments = Arc::new(StdMutex::new(Moments::default()));
        let shared = Shared {
            invocations: Mutex::new(to_hand_out),
            posted: posting,
            handed_out: AtomicU64::new(0),
            polls: polling,
            moments: moments.clone(),
        };
        let app = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::new(shared));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { address, invocations, posted, polls, moments, server }
    }

    /// Passes this body to the function, with this time until the deadline.
    pub fn hand_out(&self, body: Bytes, time_left: Duration) {
        self.invocations.send(Invocation { body, time_left }).unwrap();
    }

    /// The next result that the function posts.
    pub async fn posted(&mut self) -> Posted {
        self.posted.recv().await.expect("the server runs as long as this handle")
    }

    /// How often the function has asked for work.
    pub fn polls(&self) -> u64 {
        *self.polls.borrow()
    }

    /// Waits until the function has asked for work this many times.
    pub async fn asked(&mut self, times: u64) {
        let polls = self.polls.wait_for(|polls| *polls >= times).await;
        polls.expect("the server runs as long as this handle");
    }

    /// When the steps occurred.
    pub fn moments(&self) -> Moments {
        *self.moments.lock().unwrap()
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response {
    {
        let mut moments = shared.moments.lock().unwrap();
        let now = Instant::now();
        moments.asked.get_or_insert(now);
        moments.asked_last = Some(now);
    }
    shared.polls.send_modify(|polls| *polls += 1);
    let Some(invocation) = shared.invocations.lock().await.recv().await else {
        // The test has ended and dropped its handle. The server ends next.
        return std::future::pending().await;
    };
    let id = shared.handed_out.fetch_add(1, Ordering::Relaxed) + 1;
    shared.moments.lock().unwrap().handed_out = Some(Instant::now());
    let deadline = SystemTime::now() + invocation.time_left;
    let deadline = deadline.duration_since(UNIX_EPOCH).unwrap().as_millis();
    Response::builder()
        .header("lambda-runtime-aws-request-id", id)
        .header("lambda-runtime-deadline-ms", deadline.to_string())
        .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:x:1:function:scaler")
        .body(Body::from(invocation.body))
        .unwrap()
}

async fn response(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    body: Bytes,
) -> StatusCode {
    shared.post(Posted::Answer(id, body));
    StatusCode::ACCEPTED
}

async fn error(State(shared): State<Arc<Shared>>, Path(id): Path<u64>, body: Bytes) -> StatusCode {
    shared.post(Posted::Error(id, body));
    StatusCode::ACCEPTED
}
