//! `scalerctl doctor` with `moto_server`, an independent implementation of AWS.
//!
//! moto has no async endpoints, so these tests cover the function, its bucket and the metrics of the last day.
//! Other tests cover policies and alarms on the simulated AWS.

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
use aws_sdk_cloudwatch::{
    primitives::DateTime,
    types::{Dimension, MetricDatum},
};
use aws_sdk_lambda::{
    primitives::Blob,
    types::{Environment, FunctionCode, Runtime},
};
use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, Event, FilterRule, FilterRuleName,
    LambdaFunctionConfiguration, NotificationConfiguration, NotificationConfigurationFilter,
    S3KeyFilter,
};
use cloudwatch_bridge::CloudWatchBridge;
use jiff::{SignedDuration, Timestamp};
use moto_clients::{config, create_endpoint};
use moto_server::MotoServer;
use serde_json::Value;

const ENDPOINT: &str = "my-endpoint";
const FUNCTION: &str = "my-scaler";
const BUCKET: &str = "my-inputs";
const ROUTES: &str = r#"[{"endpoint":"my-endpoint","bucket":"my-inputs","prefix":"async/in/"}]"#;

struct Stage {
    server: MotoServer,
    bridge: CloudWatchBridge,
}

fn s3(stage: &Stage) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&config(&stage.server.url()));
    aws_sdk_s3::Client::from_conf(config.force_path_style(true).build())
}

/// An endpoint, a bucket, and a function with a route from one to the other.
async fn stage() -> Option<Stage> {
    let server = MotoServer::start()?;
    let bridge = CloudWatchBridge::start(server.address()).await;
    let stage = Stage { server, bridge };
    let config = config(&stage.server.url());
    create_endpoint(&config, ENDPOINT).await;
    create_function(&config).await;
    let here = BucketLocationConstraint::EuCentral1;
    let here = CreateBucketConfiguration::builder().location_constraint(here).build();
    let bucket = s3(&stage).create_bucket().bucket(BUCKET).create_bucket_configuration(here);
    bucket.send().await.unwrap();
    Some(stage)
}

async fn create_function(config: &SdkConfig) {
    let iam = aws_sdk_iam::Client::new(config);
    let role = iam.create_role().role_name(FUNCTION).assume_role_policy_document("{}");
    let role = role.send().await.unwrap().role.unwrap().arn;
    // An empty archive, because moto stores it but does not run it.
    let archive = [b"PK\x05\x06".as_slice(), &[0; 18]].concat();
    let lambda = aws_sdk_lambda::Client::new(config);
    lambda
        .create_function()
        .function_name(FUNCTION)
        .runtime(Runtime::Providedal2023)
        .handler("bootstrap")
        .role(role)
        .code(FunctionCode::builder().zip_file(Blob::new(archive)).build())
        .environment(
            Environment::builder()
                .variables("SCALER_ROUTES", ROUTES)
                .variables("SCALER_MODE", "act")
                .build(),
        )
        .send()
        .await
        .unwrap();
}

/// The bucket notifies the function about keys with this prefix. (moto does not store the setting for EventBridge.)
async fn notify_of(stage: &Stage, prefix: &str) {
    let rule = FilterRule::builder().name(FilterRuleName::Prefix).value(prefix).build();
    let key = S3KeyFilter::builder().filter_rules(rule).build();
    let notification = LambdaFunctionConfiguration::builder()
        .id("uploads")
        .lambda_function_arn(format!(
            "arn:aws:lambda:eu-central-1:123456789012:function:{FUNCTION}"
        ))
        .events(Event::S3ObjectCreated)
        .filter(NotificationConfigurationFilter::builder().key(key).build())
        .build()
        .unwrap();
    let configuration =
        NotificationConfiguration::builder().lambda_function_configurations(notification);
    let put = s3(stage).put_bucket_notification_configuration().bucket(BUCKET);
    put.notification_configuration(configuration.build()).send().await.unwrap();
}

async fn doctor(stage: &Stage, endpoint: &str) -> (Option<i32>, Value, String) {
    let output = program::scalerctl(&stage.server.url())
        .env("AWS_ENDPOINT_URL_CLOUDWATCH", &stage.bridge.url)
        .args(["doctor", endpoint, "--json"])
        .output()
        .await
        .unwrap();
    let document = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), document, String::from_utf8(output.stderr).unwrap())
}

fn ids(document: &Value) -> Vec<&str> {
    let findings = document["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn function_bucket_and_metrics_are_read_as_moto_has_them() {
    let Some(stage) = stage().await else { return };
    notify_of(&stage, "other/").await;
    let (code, document, errors) = doctor(&stage, ENDPOINT).await;
    assert_eq!(code, Some(3), "{errors}");
    let found = ["not-async", "pattern-cannot-match", "no-schedule"];
    assert_eq!(ids(&document), found, "{document}");
    assert!(document["function"].as_str().unwrap().contains(":function:my-scaler"), "{document}");

    notify_of(&stage, "async/in/").await;
    let hour_ago = Timestamp::now() - SignedDuration::from_hours(1);
    let datum = MetricDatum::builder()
        .metric_name("Errors")
        .timestamp(DateTime::from_secs(hour_ago.as_second()))
        .dimensions(Dimension::builder().name("FunctionName").value(FUNCTION).build())
        .value(2.0)
        .build();
    let cloudwatch = aws_sdk_cloudwatch::Client::new(&config(&stage.bridge.url));
    let put = cloudwatch.put_metric_data().namespace("AWS/Lambda").metric_data(datum);
    put.send().await.unwrap();
    let (_, document, errors) = doctor(&stage, ENDPOINT).await;
    let found = ["not-async", "no-schedule", "function-errors"];
    assert_eq!(ids(&document), found, "{document}{errors}");
}

#[tokio::test]
async fn an_unknown_name_is_reported_with_similar_names() {
    let Some(stage) = stage().await else { return };
    let (code, _, errors) = doctor(&stage, "my-endpiont").await;
    assert_eq!(code, Some(2), "{errors}");
    assert!(errors.contains("did you mean my-endpoint?"), "{errors}");
}
