//! CloudWatch and Application Auto Scaling with the AWS CLI and boto3, on a model whose time runs 120 times as fast.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{env, process::Command};

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use simulator::{Settings, Simulator, http};
use tokio::net::TcpListener;

/// Simulated seconds per second.
const SPEED: i32 = 120;

/// Runs a script of `clients/` with the Python of `LOCAL_AWS_PYTHON`, which has boto3 and awscli.
async fn run(script: &str, protocol: &'static str) {
    let Some(python) = env::var_os("LOCAL_AWS_PYTHON") else {
        println!("skipped: set LOCAL_AWS_PYTHON to a Python that has boto3 and awscli");
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sim = Simulator::with_settings(Timestamp::now(), Settings::default());
    sim.with(|world| {
        world.add_async_endpoint("my-endpoint", "AllTraffic", 0);
        world.add_async_endpoint("other-endpoint", "AllTraffic", 0);
        world.register_target(&VariantId::new("other-endpoint", "AllTraffic"), 0, 1);
    });
    sim.follow_wall_clock_at(SPEED);
    let server = tokio::spawn(http::serve(sim, listener));
    let script = format!("{}/tests/clients/{script}", env!("CARGO_MANIFEST_DIR"));
    let output = tokio::task::spawn_blocking(move || {
        Command::new(python)
            .arg(script)
            .env("AWS_ENDPOINT_URL", url)
            .env("AWS_ACCESS_KEY_ID", "local")
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_DEFAULT_REGION", "eu-central-1")
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("SPEED", SPEED.to_string())
            .env("PROTOCOL", protocol)
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    server.abort();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    println!("{}", text(&output.stdout));
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_aws_cli_shows_why_target_tracking_stays_at_zero_and_step_scaling_does_not() {
    run("scaling_story.py", "json").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_reads_and_writes_alarms_metrics_and_scaling_settings() {
    run("cloudwatch.py", "json").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_does_the_same_in_cbor() {
    run("cloudwatch.py", "smithy-rpc-v2-cbor").await;
}
