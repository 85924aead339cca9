//! The life of an endpoint with the AWS CLI and boto3, on a model whose time runs 60 times as fast.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{env, process::Command};

use jiff::Timestamp;
use scalerctl_local_aws::{inference::write_results, objects::Objects, s3};
use simulator::{Settings, Simulator, http};
use tokio::net::TcpListener;

/// Simulated seconds per second.
const SPEED: i32 = 60;

/// Runs a script of the folder `clients` with the Python of this variable.
async fn run(variable: &str, script: &str) {
    let Some(python) = env::var_os(variable) else {
        println!("skipped: {variable} names no Python with the clients");
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let sim = Simulator::with_settings(Timestamp::now(), Settings::default());
    sim.follow_wall_clock_at(SPEED);
    let objects = Objects::new(sim.clone()).unwrap();
    let app = http::router(sim.clone(), http::unserved(sim.clone()));
    let app = s3::in_front_of(app, objects.clone(), s3::LIMIT);
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    let results = tokio::spawn(async move { write_results(&sim, &objects).await });
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
            .output()
            .unwrap()
    });
    let output = output.await.unwrap();
    server.abort();
    results.abort();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    println!("{}", text(&output.stdout));
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_and_the_aws_cli_create_scale_invoke_and_delete_an_endpoint() {
    run("LOCAL_AWS_PYTHON", "life.py").await;
}

/// `Model.deploy` asks every 30 seconds whether the endpoint is in service, whatever the speed.
#[tokio::test(flavor = "multi_thread")]
async fn the_sagemaker_python_sdk_deploys_and_asks_an_async_endpoint() {
    run("SAGEMAKER_SDK_PYTHON", "sagemaker_sdk.py").await;
}
