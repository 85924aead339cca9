//! Connections to AWS are opened before the first event is requested, if that follows immediately. If AWS does not
//! answer, the function still requests the event.

use futures_util::FutureExt;
use serde_json::json;
use tokio::net::TcpListener;

use crate::harness::{Function, ROUTE};

/// A wake's first reads: one of SageMaker, one of Application Auto Scaling.
const CONNECTIONS: usize = 2;

/// How many connections wait at an AWS that never answers once the function has answered an event
/// that asks nothing of it.
async fn connections(scheme: &str, variables: &[(&str, &str)]) -> usize {
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("{scheme}://{}", silent.local_addr().unwrap());
    let mut function = Function::start_with(&url, ROUTE, variables).await;
    let invoked = function.invoke(&json!({ "Records": [] })).await;
    assert_eq!(*invoked.answer(), json!({ "decisions": [] }));
    assert_eq!(invoked.log, [json!(null); 0], "nothing is logged of it");
    // The connections stay open, because no side has closed them.
    let mut open = Vec::new();
    while let Some(accepted) = silent.accept().now_or_never() {
        open.push(accepted.unwrap());
    }
    open.len()
}

#[tokio::test]
async fn what_a_wake_needs_is_connected_before_the_first_event() {
    assert_eq!(connections("https", &[]).await, CONNECTIONS);
    let on_demand = [("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")];
    assert_eq!(connections("https", &on_demand).await, CONNECTIONS);
}

#[tokio::test]
async fn containers_whose_first_event_may_be_far_off_do_not_connect() {
    let provisioned = [("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency")];
    assert_eq!(connections("https", &provisioned).await, 0);
}

#[tokio::test]
async fn plain_http_has_no_handshake_to_spare() {
    assert_eq!(connections("http", &[]).await, 0);
}
