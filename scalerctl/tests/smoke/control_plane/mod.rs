//! A small control plane on loopback: the reads that `scalerctl smoke` makes, in the wire formats of AWS.
//! Tests can change the deployment to add problems. Every request is recorded.

mod event_bridge;
mod iam;
mod lambda;
mod pattern;
mod s3;
mod sagemaker;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use simulator::Simulator;
use tokio::{net::TcpListener, task::JoinHandle};

pub use iam::{Simulation, Statement};

/// What is deployed.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// SageMaker and Application Auto Scaling, as the function sees them.
    pub sim: Simulator,
    /// The function's name.
    pub name: String,
    /// The function's ARN.
    pub arn: String,
    /// The function's role.
    pub role: String,
    /// `State`.
    pub state: &'static str,
    /// `LastUpdateStatus`.
    pub last_update: &'static str,
    /// The function's variables.
    pub variables: BTreeMap<&'static str, String>,
    /// The stored routes, if `SCALER_ROUTES` is a location.
    pub stored_routes: Option<String>,
    /// The function's resource policy.
    pub policy: Option<Value>,
    /// The function's event source mappings.
    pub mappings: Vec<Mapping>,
    /// Buckets and their notifications.
    pub buckets: BTreeMap<&'static str, Bucket>,
    /// The rules of the default event bus.
    pub rules: Vec<Rule>,
    /// The statements of the role's policies.
    pub statements: Vec<Statement>,
    /// How IAM simulates them.
    pub simulation: Simulation,
    /// Operations that the caller is not allowed to call.
    pub denied: BTreeSet<&'static str>,
}

/// An event source mapping.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// `UUID`.
    pub uuid: &'static str,
    /// `EventSourceArn`.
    pub source: String,
    /// `State`.
    pub state: &'static str,
    /// `FunctionResponseTypes`.
    pub response_types: Vec<&'static str>,
}

/// The notification configuration of a bucket.
#[derive(Debug, Clone, Default)]
pub struct Bucket {
    /// Whether EventBridge is on.
    pub event_bridge: bool,
    /// The bucket's notifications.
    pub notifications: Vec<Notification>,
}

/// A notification.
#[derive(Debug, Clone)]
pub struct Notification {
    /// `CloudFunction`, `Queue` or `Topic`.
    pub kind: &'static str,
    /// The destination's ARN.
    pub target: String,
    /// The event.
    pub event: &'static str,
    /// The prefix filter.
    pub prefix: &'static str,
    /// The suffix filter.
    pub suffix: &'static str,
}

/// A rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// Its state.
    pub state: &'static str,
    /// Its pattern. A rule without a pattern has a schedule.
    pub pattern: Option<Value>,
    /// Its target's ARN.
    pub target: String,
}

impl Rule {
    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("arn:aws:events:eu-central-1:123456789012:rule/{}", self.name)
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The API operation.
    pub operation: &'static str,
    /// The payload of an invocation. Null for other operations.
    pub payload: Value,
    /// The access key of its signature.
    pub access_key: String,
}

/// A running control plane. Dropping it stops it.
#[derive(Debug)]
pub struct ControlPlane {
    /// The value for `AWS_ENDPOINT_URL`.
    pub url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    deployment: Deployment,
    access_key: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

/// The requests so far.
struct Incoming {
    method: Method,
    path: String,
    query: BTreeMap<String, String>,
    target: Option<String>,
    body: Bytes,
}

impl ControlPlane {
    /// Serves this deployment.
    pub async fn start(deployment: &Deployment) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::default();
        let shared = Shared {
            deployment: deployment.clone(),
            access_key: String::new(),
            requests: Arc::clone(&requests),
        };
        let app = Router::new().fallback(serve).with_state(shared);
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, requests, server }
    }

    /// The requests, in order.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(
    State(mut shared): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let signature = headers["authorization"].to_str().unwrap();
    let (_, scope) = signature.split_once("Credential=").unwrap();
    shared.access_key = scope.split('/').next().unwrap().to_owned();
    let decoded = percent_encoding::percent_decode_str(uri.path()).decode_utf8().unwrap();
    let incoming = Incoming {
        path: decoded.into_owned(),
        query: form(uri.query().unwrap_or_default().as_bytes()),
        target: headers.get("x-amz-target").map(|value| value.to_str().unwrap().to_owned()),
        method,
        body,
    };
    let answered = event_bridge::answer(&shared, &incoming)
        .or_else(|| iam::answer(&shared, &incoming))
        .or_else(|| s3::answer(&shared, &incoming))
        .or_else(|| sagemaker::answer(&shared, &incoming));
    let mut response = match answered {
        Some(response) => response,
        None => lambda::answer(&shared, &incoming)
            .await
            .unwrap_or_else(|| panic!("no such operation: {} {}", incoming.method, incoming.path)),
    };
    response.headers_mut().insert("x-amzn-requestid", HeaderValue::from_static("1"));
    response
}

impl Shared {
    /// Records a request. Returns whether the caller is allowed to make it.
    fn admits(&self, operation: &'static str, payload: Value) -> bool {
        self.requests.lock().unwrap().push(Request {
            operation,
            payload,
            access_key: self.access_key.clone(),
        });
        !self.deployment.denied.contains(operation)
    }
}

fn form(text: &[u8]) -> BTreeMap<String, String> {
    form_urlencoded::parse(text).map(|(name, value)| (name.into(), value.into())).collect()
}

/// An error of a service with a JSON protocol.
fn json_error(status: u16, code: &str, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap();
    let body = json!({ "__type": code, "message": message }).to_string();
    let headers = [("x-amzn-errortype", code.to_owned()), (CONTENT_TYPE.as_str(), JSON.to_owned())];
    (status, headers, body).into_response()
}

const JSON: &str = "application/x-amz-json-1.1";

fn json_answer(value: &Value) -> Response {
    ([(CONTENT_TYPE, JSON)], value.to_string()).into_response()
}

fn xml_answer(status: u16, body: String) -> Response {
    (StatusCode::from_u16(status).unwrap(), [(CONTENT_TYPE, "text/xml")], body).into_response()
}

/// The page at `marker`, with one element, and the marker of the next page.
fn page<T>(all: &[T], marker: Option<&String>) -> (Option<T>, Option<String>)
where
    T: Clone,
{
    let at: usize = marker.map_or(0, |marker| marker.parse().unwrap());
    let next = (at + 1 < all.len()).then(|| (at + 1).to_string());
    (all.get(at).cloned(), next)
}
