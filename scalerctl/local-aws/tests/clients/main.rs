//! Clients that this project did not write, on a model whose time runs faster: the AWS CLI, boto3 and the SageMaker SDK.
//!
//! The scripts of this folder make the calls and check the answers.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod model;
mod s3;

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use simulator::{Settings, Simulator};

use model::{Model, Python};

/// A model whose time is now, and runs this many times as fast.
fn at_speed(speed: i32) -> Simulator {
    let sim = Simulator::with_settings(Timestamp::now(), Settings::default());
    sim.follow_wall_clock_at(speed);
    sim
}

async fn cloudwatch(script: &str, python: &Python, protocol: &str) {
    let sim = at_speed(120);
    sim.with(|world| {
        world.add_async_endpoint("my-endpoint", "AllTraffic", 0);
        world.add_async_endpoint("other-endpoint", "AllTraffic", 0);
        world.register_target(&VariantId::new("other-endpoint", "AllTraffic"), 0, 1);
    });
    Model::start(sim).await.run(python, script, &[("SPEED", "120"), ("PROTOCOL", protocol)]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli_shows_why_target_tracking_stays_at_zero_and_step_scaling_does_not() {
    cloudwatch("scaling_story.py", &Python::CURRENT, "json").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_reads_and_writes_alarms_metrics_and_scaling_settings() {
    cloudwatch("cloudwatch.py", &Python::CURRENT, "json").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_does_the_same_in_cbor() {
    cloudwatch("cloudwatch.py", &Python::CURRENT, "smithy-rpc-v2-cbor").await;
}

/// boto3 1.35 has the protocol query for CloudWatch only, and selects it itself.
#[tokio::test(flavor = "multi_thread")]
async fn boto3_1_35_does_the_same_in_the_query_protocol() {
    cloudwatch("cloudwatch.py", &Python::BOTO3_1_35, "query").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_sends_and_receives_messages_events_and_schedules() {
    Model::start(at_speed(120))
        .await
        .run(&Python::CURRENT, "messaging.py", &[("SPEED", "120")])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_and_the_aws_cli_create_scale_invoke_and_delete_an_endpoint() {
    Model::start(at_speed(60)).await.run(&Python::CURRENT, "life.py", &[]).await;
}

/// `Model.deploy` asks every 30 seconds whether the endpoint is in service, whatever the speed.
#[tokio::test(flavor = "multi_thread")]
async fn the_sagemaker_python_sdk_deploys_and_asks_an_async_endpoint() {
    Model::start(at_speed(60)).await.run(&Python::SAGEMAKER, "sagemaker_sdk.py", &[]).await;
}
