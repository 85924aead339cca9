//! The HTTP server: routes and request handlers.

use std::{future::Future, io, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, Request, State},
    http::HeaderMap,
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};
use tokio::net::TcpListener;

use crate::{CallError, Simulator};

use super::{
    alarm_history, alarms,
    answer::{self, Encoding},
    autoscaling, buckets, cloudwatch, dynamodb, event_bridge, lambda, logs,
    refusals::{not_found, serialization, unknown_operation},
    requests, sagemaker, scheduler, sns, stored,
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
    let app = router(sim).layer(middleware::from_fn(hold_back));
    async move { axum::serve(listener, app).await }
}

/// The simulator's world for AWS SDKs.
pub fn router(sim: Simulator) -> Router {
    Router::new()
        .route("/", post(aws_json))
        .route("/service/GraniteServiceVersion20100801/operation/{operation}", post(rpc_cbor))
        .route("/2015-03-31/functions/", get(lambda::list))
        .route("/2015-03-31/functions", get(lambda::list))
        .route("/2015-03-31/functions/{function}/configuration", get(lambda::configuration))
        .route(
            "/2019-09-25/functions/{function}/event-invoke-config",
            get(lambda::event_invoke_config),
        )
        .route("/2015-03-31/event-source-mappings", get(lambda::queues))
        .route("/2015-03-31/event-source-mappings/", get(lambda::queues))
        .route("/schedules", get(scheduler::list))
        .route("/schedules/{name}", get(scheduler::get))
        // Other methods at these paths get the same response as an unknown path.
        .route("/{bucket}", get(buckets::notification).fallback(unknown))
        .route("/{bucket}/", get(buckets::notification).fallback(unknown))
        .route("/endpoints/{endpoint}/async-invocations", post(requests::invoke))
        .route("/{bucket}/{*key}", get(object).head(head_object).put(put_object))
        .fallback(unknown)
        .with_state(sim)
}

async fn aws_json(State(sim): State<Simulator>, headers: HeaderMap, body: Bytes) -> Response {
    if sns::is_form(&headers) {
        return sim.with(|world| sns::answer(world, &body));
    }
    let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok());
    let answer = match serde_json::from_slice(&body) {
        Err(error) => Err(CallError::Refused(serialization(&error))),
        Ok(request) => match target.and_then(|target| target.split_once('.')) {
            Some(("SageMaker", name)) => sim.with(|world| sagemaker::answer(world, name, request)),
            Some(("AnyScaleFrontendService", name)) => {
                sim.with(|world| autoscaling::answer(world, name, request))
            }
            Some(("Logs_20140328", name)) => sim.with(|world| logs::answer(world, name, request)),
            Some(("DynamoDB_20120810", name)) => {
                sim.with(|world| dynamodb::answer(world, name, request))
            }
            Some(("AWSEvents", name)) => {
                sim.with(|world| event_bridge::answer(world, name, request))
            }
            Some(("AmazonSSM", name)) => sim.with(|world| stored::parameter(world, name, request)),
            _ => Err(CallError::Refused(unknown_operation(target.unwrap_or("none")))),
        },
    };
    let encoding = match target.is_some_and(|target| target.starts_with("DynamoDB_")) {
        true => Encoding::Json10,
        false => Encoding::Json,
    };
    answer::respond(encoding, answer.map(|value| value.to_string().into_bytes()))
}

async fn rpc_cbor(
    State(sim): State<Simulator>,
    Path(operation): Path<String>,
    body: Bytes,
) -> Response {
    let answer = match operation.as_str() {
        "GetMetricData" => sim.with(|world| cloudwatch::get_metric_data(world, &body)),
        "DescribeAlarmHistory" => {
            sim.with(|world| alarm_history::describe_alarm_history(world, &body))
        }
        "DescribeAlarmsForMetric" => {
            sim.with(|world| alarm_history::describe_alarms_for_metric(world, &body))
        }
        "DescribeAlarms" => sim.with(|world| alarms::describe_alarms(world, &body)),
        _ => return not_found(Encoding::Cbor, &operation),
    };
    answer::respond(Encoding::Cbor, answer)
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

async fn unknown() -> Response {
    not_found(Encoding::Json, "at this path")
}
