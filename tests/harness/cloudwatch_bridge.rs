//! A bridge from CloudWatch's rpcv2Cbor, which the SDK uses, to awsJson1.0, which moto supports.
//! The members are the same. (The simulator's loopback AWS supports rpcv2Cbor itself.)

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::header::CONTENT_TYPE,
    response::IntoResponse,
    routing::post,
};
use ciborium::Value as Cbor;
use serde_json::{Map, Value as Json};
use tokio::{net::TcpListener, task::JoinHandle};

/// The tag of a time in seconds since the epoch (RFC 8949, section 3.4.2).
const EPOCH: u64 = 1;

/// A bridge on a free port. Dropping it stops it.
pub struct CloudWatchBridge {
    /// The endpoint URL for CloudWatch.
    pub url: String,
    server: JoinHandle<()>,
}

impl CloudWatchBridge {
    /// A bridge to moto at this address.
    pub async fn start(moto: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new()
            .route("/service/GraniteServiceVersion20100801/operation/{operation}", post(pass_on))
            .with_state(moto);
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, server }
    }
}

impl Drop for CloudWatchBridge {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass_on(
    State(moto): State<SocketAddr>,
    Path(operation): Path<String>,
    body: Bytes,
) -> impl IntoResponse {
    let request = json(&ciborium::from_reader(&*body).unwrap()).to_string();
    let asking = tokio::task::spawn_blocking(move || ask(moto, &operation, &request));
    let answer = serde_json::from_str(&asking.await.unwrap()).unwrap();
    let mut body = Vec::new();
    ciborium::into_writer(&cbor(None, &answer), &mut body).unwrap();
    let headers = [
        (CONTENT_TYPE.as_str(), "application/cbor"),
        ("smithy-protocol", "rpc-v2-cbor"),
        ("x-amzn-requestid", "of-the-bridge"),
    ];
    (headers, body)
}

/// Returns the body of moto's response. Moto finds the service in the scope of the signature.
fn ask(moto: SocketAddr, operation: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(moto).unwrap();
    let head = [
        "POST / HTTP/1.0",
        &format!("X-Amz-Target: GraniteServiceVersion20100801.{operation}"),
        "Content-Type: application/x-amz-json-1.0",
        "Authorization: AWS4-HMAC-SHA256 \
         Credential=key/20300101/eu-central-1/monitoring/aws4_request, SignedHeaders=host, \
         Signature=none",
        &format!("Content-Length: {}", body.len()),
    ];
    stream.write_all(format!("{}\r\n\r\n{body}", head.join("\r\n")).as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("an HTTP answer");
    assert!(head.contains(" 200 "), "moto refused {operation}: {answer}");
    body.to_owned()
}

fn json(value: &Cbor) -> Json {
    match value {
        Cbor::Map(entries) => Json::Object(
            entries
                .iter()
                .map(|(name, value)| (name.as_text().unwrap().to_owned(), json(value)))
                .collect::<Map<_, _>>(),
        ),
        Cbor::Array(items) => items.iter().map(json).collect(),
        Cbor::Text(text) => text.as_str().into(),
        Cbor::Bool(flag) => (*flag).into(),
        Cbor::Integer(number) => i64::try_from(*number).unwrap().into(),
        Cbor::Float(number) => (*number).into(),
        Cbor::Tag(EPOCH, time) => json(time),
        other => panic!("not expected in a request to CloudWatch: {other:?}"),
    }
}

/// `member` is the name of the value's member: JSON does not show which numbers are times.
fn cbor(member: Option<&str>, value: &Json) -> Cbor {
    match value {
        Json::Object(entries) => Cbor::Map(
            entries
                .iter()
                .map(|(name, value)| (name.as_str().into(), cbor(Some(name), value)))
                .collect(),
        ),
        Json::Array(items) => Cbor::Array(items.iter().map(|item| cbor(member, item)).collect()),
        Json::String(text) => text.as_str().into(),
        Json::Bool(flag) => (*flag).into(),
        Json::Number(number) if member == Some("Timestamps") => {
            Cbor::Tag(EPOCH, Box::new(number.as_f64().unwrap().into()))
        }
        Json::Number(number) => number.as_f64().unwrap().into(),
        Json::Null => Cbor::Null,
    }
}
