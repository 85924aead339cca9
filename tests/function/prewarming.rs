//! Connections to AWS are opened before the first event is requested, if that follows immediately. If AWS does not
//! answer, the function still requests the event.

use futures_util::FutureExt;
use serde_json::json;
use tokio::net::TcpListener;

use crate::harness::{Function, ROUTE};

/// A wake's first reads: one of SageMaker, one of Application Auto Scaling.
const CONNECTIONS: usize = 2;

/// The number of open connections to an AWS that never answers, after an event that needs no call.
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
async fn the_connections_of_a_wake_are_opened_before_the_first_event() {
    assert_eq!(connections("https", &[]).await, CONNECTIONS);
    let on_demand = [("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")];
    assert_eq!(connections("https", &on_demand).await, CONNECTIONS);
}

#[tokio::test]
async fn containers_with_provisioned_concurrency_do_not_connect_in_advance() {
    let provisioned = [("AWS_LAMBDA_INITIALIZATION_TYPE", "provisioned-concurrency")];
    assert_eq!(connections("https", &provisioned).await, 0);
}

#[tokio::test]
async fn plain_http_is_not_connected_in_advance() {
    assert_eq!(connections("http", &[]).await, 0);
}
