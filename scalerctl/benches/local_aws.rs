//! The memory and time of `scalerctl aws` with many endpoints and requests, over HTTP.
//!
//!     cargo bench --workspace --bench local_aws
//!     cargo bench --workspace --bench local_aws -- ENDPOINTS REQUESTS
//!
//! SCALERCTL: the program, if not the one that this command builds.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::{
    env, fs,
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sdk_s3::config::Builder;
use aws_sdk_sagemaker::types::DesiredWeightAndCapacity;
use aws_sdk_sagemakerruntime::primitives::Blob;
use serde_json::{Value, json};
use tokio::{task::JoinSet, time::sleep};

/// Clients that send requests at the same time.
const CLIENTS: usize = 16;

/// How long the program can take to write the results.
const RESULTS: Duration = Duration::from_secs(900);

/// A running `scalerctl aws`. Dropping it stops it.
struct Served {
    child: Child,
    config: SdkConfig,
    start: Instant,
}

impl Drop for Served {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Served {
    /// With further arguments of `scalerctl aws`.
    fn start(endpoints: usize, arguments: &[&str]) -> Self {
        let start = Instant::now();
        let routes: Vec<Value> = (0..endpoints).map(|of| json!({ "endpoint": name(of) })).collect();
        let program =
            env::var_os("SCALERCTL").unwrap_or_else(|| env!("CARGO_BIN_EXE_scalerctl").into());
        let mut child = Command::new(program)
            .args(["aws", "--port", "0", "-o", "json"])
            .args(arguments)
            .args(["--routes", &Value::from(routes).to_string()])
            .env("TMPDIR", env!("CARGO_TARGET_TMPDIR"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let started: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
        let url = started["url"].as_str().expect("the first line names the URL");
        let credentials = Credentials::new("local", "local", None, None, "bench");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .endpoint_url(url)
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .build();
        // The program does not continue while nothing reads what it prints.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, config, start }
    }

    /// A value of `/proc/PID/status` in MB.
    fn memory(&self, field: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap();
        line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<f64>().unwrap() / 1024.0
    }

    /// The time that the program had a core, in seconds.
    fn on_core(&self) -> f64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let (_, after_name) = stat.rsplit_once(") ").unwrap();
        let ticks: Vec<f64> =
            after_name.split(' ').skip(11).take(2).map(|it| it.parse().unwrap()).collect();
        ticks.iter().sum::<f64>() / 100.0
    }

    fn print(&self, what: &str) {
        println!(
            "| {what} | {:.1} | {:.1} | {:.0} | {:.0} |",
            self.start.elapsed().as_secs_f64(),
            self.on_core(),
            self.memory("VmRSS:"),
            self.memory("VmHWM:"),
        );
    }
}

fn name(of: usize) -> String {
    format!("endpoint-{of:04}")
}

/// Calls this for each of the numbers, with [`CLIENTS`] calls at a time.
async fn for_each<F: Future<Output = ()> + Send + 'static>(
    count: usize,
    call: impl Fn(usize) -> F,
) {
    let mut running = JoinSet::new();
    for of in 0..count {
        if running.len() == CLIENTS {
            running.join_next().await.unwrap().unwrap();
        }
        running.spawn(call(of));
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
}

/// The number of objects in the bucket of the results.
async fn results(s3: &aws_sdk_s3::Client) -> usize {
    let mut pages = s3.list_objects_v2().bucket("my-outputs").into_paginator().send();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        count += page.unwrap().contents().len();
    }
    count
}

/// Requests for endpoints with an instance each, until the last result is in S3.
async fn requests(endpoints: usize, count: usize) {
    let fast = ["--no-function", "--speed", "60", "--provisioning", "1s", "--processing", "1s"];
    let served = Served::start(endpoints, &fast);
    served.print("started");
    let sagemaker = aws_sdk_sagemaker::Client::new(&served.config);
    for_each(endpoints, |of| {
        let variant = DesiredWeightAndCapacity::builder().variant_name("AllTraffic");
        let variant = variant.desired_instance_count(1).build();
        let call = sagemaker.update_endpoint_weights_and_capacities().endpoint_name(name(of));
        let call = call.desired_weights_and_capacities(variant).send();
        async move { drop(call.await.unwrap()) }
    })
    .await;
    served.print(&format!("{endpoints} endpoints scaled out to 1"));
    let runtime = aws_sdk_sagemakerruntime::Client::new(&served.config);
    for_each(count, |of| {
        let call = runtime.invoke_endpoint_async().endpoint_name(name(of % endpoints));
        let call = call.content_type("application/json").body(Blob::new("[1]")).send();
        async move { drop(call.await.unwrap()) }
    })
    .await;
    served.print(&format!("{count} requests accepted"));
    let s3 = Builder::from(&served.config).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3);
    let limit = Instant::now() + RESULTS;
    while results(&s3).await < count {
        assert!(Instant::now() < limit, "{} results", results(&s3).await);
        sleep(Duration::from_secs(5)).await;
    }
    served.print(&format!("{count} results in S3"));
}

/// The function with nothing to do, for some of its scheduled invocations.
async fn function(endpoints: usize) {
    let served = Served::start(endpoints, &[]);
    served.print("started with the function");
    for minute in 1..=3 {
        sleep(Duration::from_secs(60)).await;
        served.print(&format!("{minute} min later"));
    }
}

#[tokio::main]
async fn main() {
    let numbers: Vec<usize> = env::args().filter_map(|it| it.parse().ok()).collect();
    let (endpoints, count) = match numbers[..] {
        [endpoints, count] => (endpoints, count),
        _ => (1000, 100_000),
    };
    println!(
        "| {endpoints} endpoints | seconds since the start | seconds on a core | memory (MB) | maximum |"
    );
    println!("|---|---|---|---|---|");
    requests(endpoints, count).await;
    function(endpoints).await;
}
