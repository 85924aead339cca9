//! A server that gives answers prepared by the test and keeps the requests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response, Uri},
};
use reactive_scaler::aws::SdkAws;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::adapters_agree::adapter;

/// A status and a body.
pub type Answer = (u16, Vec<u8>);

/// One request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// `X-Amz-Target` of awsJson1.1, the path of rpcv2Cbor.
    pub operation: String,
    pub body: Bytes,
}

impl Request {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// An answer that succeeds.
pub fn ok(body: &Value) -> Answer {
    (200, body.to_string().into_bytes())
}

#[derive(Clone, Default)]
struct Tape {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// The server and the adapter that talks to it.
pub struct Canned {
    pub aws: SdkAws,
    tape: Tape,
    server: JoinHandle<()>,
}

impl Canned {
    /// Gives these answers in order; the last one again and again.
    pub async fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let tape = Tape::default();
        tape.answers.lock().unwrap().extend(answers);
        let app = Router::new().fallback(answer).with_state(tape.clone());
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { aws: adapter(&url), tape, server }
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.tape.requests.lock().unwrap().clone()
    }
}

impl Drop for Canned {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(
    State(tape): State<Tape>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let json = headers.get("x-amz-target").map(|value| value.to_str().unwrap().to_owned());
    let response = match &json {
        Some(_) => Response::builder().header("content-type", "application/x-amz-json-1.1"),
        None => Response::builder()
            .header("content-type", "application/cbor")
            .header("smithy-protocol", "rpc-v2-cbor"),
    };
    let operation = json.unwrap_or_else(|| uri.path().to_owned());
    tape.requests.lock().unwrap().push(Request { operation, body });
    let mut answers = tape.answers.lock().unwrap();
    let (status, body) = match answers.len() {
        1 => answers[0].clone(),
        _ => answers.pop_front().unwrap(),
    };
    response.status(status).body(Body::from(body)).unwrap()
}
