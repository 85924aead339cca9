//! `scalerctl status` and `report` with `moto_server`, an independent implementation of AWS.
//!
//! moto has no alarm history, so other tests cover `plot` on the simulated AWS. `tests/moto.rs` lists what else moto
//! does not support, and explains the bridge to its CloudWatch.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../../tests/harness/cloudwatch_bridge.rs"]
mod cloudwatch_bridge;
#[path = "../../tests/harness/moto_clients.rs"]
mod moto_clients;
#[path = "../../tests/harness/moto_server.rs"]
mod moto_server;
#[path = "harness/program.rs"]
mod program;

use aws_config::SdkConfig;
use aws_sdk_applicationautoscaling::types::{ScalableDimension, ServiceNamespace};
use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, MetricDatum},
};
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use cloudwatch_bridge::CloudWatchBridge;
use jiff::{SignedDuration, Timestamp};
use moto_clients::{config, create_endpoint};
use moto_server::MotoServer;
use serde_json::{Value, json};

const ENDPOINT: &str = "my-endpoint";
const GROUP: &str = "/aws/lambda/my-scaler";

struct Stage {
    server: MotoServer,
    bridge: CloudWatchBridge,
    now: Timestamp,
}

/// A registered endpoint, metrics, and a log with two decisions.
async fn stage() -> Option<Stage> {
    let server = MotoServer::start()?;
    let bridge = CloudWatchBridge::start(server.address()).await;
    let minute = Timestamp::now().as_second().div_euclid(60) * 60;
    let now = Timestamp::from_second(minute).unwrap();
    let config_of_server = config(&server.url());
    create_endpoint(&config_of_server, ENDPOINT).await;
    register_endpoint(&config_of_server).await;
    for (name, minutes, value) in [
        ("Wakes", 50, 1.0),
        ("Wakes", 20, 1.0),
        ("WakeLatencyMs", 50, 400.0),
        ("WakeLatencyMs", 20, 800.0),
        ("Wakes", 61, 1.0),
    ] {
        put_metric(&config(&bridge.url), name, now - SignedDuration::from_mins(minutes), value)
            .await;
    }
    log_decisions(&config_of_server, now).await;
    Some(Stage { server, bridge, now })
}

async fn register_endpoint(config: &SdkConfig) {
    aws_sdk_applicationautoscaling::Client::new(config)
        .register_scalable_target()
        .service_namespace(ServiceNamespace::Sagemaker)
        .scalable_dimension(ScalableDimension::SageMakerVariantDesiredInstanceCount)
        .resource_id(format!("endpoint/{ENDPOINT}/variant/AllTraffic"))
        .min_capacity(0)
        .max_capacity(4)
        .send()
        .await
        .unwrap();
}

async fn put_metric(config: &SdkConfig, name: &str, at: Timestamp, value: f64) {
    let datum = MetricDatum::builder()
        .metric_name(name)
        .dimensions(Dimension::builder().name("EndpointName").value(ENDPOINT).build())
        .timestamp(DateTime::from_secs(at.as_second()))
        .value(value)
        .build();
    let cloudwatch = aws_sdk_cloudwatch::Client::new(config);
    let put = cloudwatch.put_metric_data().namespace("ReactiveScaler").metric_data(datum);
    put.send().await.unwrap();
}

async fn log_decisions(config: &SdkConfig, now: Timestamp) {
    let logs = aws_sdk_cloudwatchlogs::Client::new(config);
    logs.create_log_group().log_group_name(GROUP).send().await.unwrap();
    let stream = logs.create_log_stream().log_group_name(GROUP).log_stream_name("s");
    stream.send().await.unwrap();
    let line = |minutes: i64, action: &str, reason: &str| {
        let line = json!({
            "message": "decision", "_aws": {}, "endpoint": ENDPOINT, "variant": "AllTraffic",
            "signal": "tick", "action": action, "reason": reason, "from": 1, "to": 0,
        });
        let at = now - SignedDuration::from_mins(minutes);
        InputLogEvent::builder()
            .timestamp(at.as_millisecond())
            .message(line.to_string())
            .build()
            .unwrap()
    };
    logs.put_log_events()
        .log_group_name(GROUP)
        .log_stream_name("s")
        .log_events(line(30, "wake", "work_arrived"))
        .log_events(line(4, "sleep", "idle"))
        .send()
        .await
        .unwrap();
}

async fn document(stage: &Stage, arguments: &[&str]) -> Value {
    let output = program::scalerctl(&stage.server.url())
        .env("AWS_ENDPOINT_URL_CLOUDWATCH", &stage.bridge.url)
        .args(arguments)
        .args(["--json", "--now", &stage.now.to_string()])
        .output()
        .await
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn metrics_and_decisions_are_read_as_moto_has_them() {
    let Some(stage) = stage().await else { return };
    let by_metrics = document(&stage, &["report", ENDPOINT, "--since", "1h"]).await;
    let figures = &by_metrics["endpoints"][0]["figures"];
    assert_eq!(figures["wakes"], 2, "the third is older: {figures}");
    assert_eq!(
        figures["wake_latency"],
        json!({ "count": 2, "p50_ms": 400.0, "p95_ms": 800.0, "max_ms": 800.0 })
    );
    let by_log =
        document(&stage, &["report", ENDPOINT, "--since", "1h", "--log-group", GROUP]).await;
    let figures = &by_log["endpoints"][0]["figures"];
    assert_eq!((&figures["wakes"], &figures["sleeps"]), (&json!(1), &json!(1)), "{figures}");
    let status = document(&stage, &["status", ENDPOINT, "--log-group", GROUP]).await;
    let row = &status["endpoints"][0];
    assert_eq!((&row["state"], &row["current"]), (&json!("InService"), &json!(1)), "{row}");
    assert_eq!(row["target"]["max_capacity"], 4);
    assert_eq!(row["last_decision"]["reason"], "idle");
    assert_eq!(row["problems"], json!([]));
}
