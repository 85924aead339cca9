//! SQS, SNS, EventBridge, EventBridge Scheduler, SSM and STS with boto3, on a model whose time runs 120 times as fast.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{env, process::Command};

use jiff::Timestamp;
use simulator::{Settings, Simulator, http};
use tokio::net::TcpListener;

/// Simulated seconds per second.
const SPEED: i32 = 120;

/// Runs a script of this folder with the Python of `LOCAL_AWS_PYTHON`, which has boto3.
async fn run(script: &str) {
    let Some(python) = env::var_os("LOCAL_AWS_PYTHON") else {
        println!("skipped: set LOCAL_AWS_PYTHON to a Python that has boto3");
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sim = Simulator::with_settings(Timestamp::now(), Settings::default());
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
async fn boto3_sends_and_receives_messages_events_and_schedules() {
    run("messaging.py").await;
}
