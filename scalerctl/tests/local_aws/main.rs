//! `scalerctl aws`: another process can use it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cli_of_docs;
mod documented;
mod faults;
mod function;
mod history;
mod page;
mod results;
mod server;
mod shapes;
mod state;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use reactive_scaler::port::{Endpoints, Scaling, VariantId};

/// Terminates the child process at the end of the test.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn aws(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scalerctl"));
    // A killed process leaves its folder of objects behind.
    command.arg("aws").args(arguments).env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
    command
}

fn refused(arguments: &[&str]) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = aws(arguments).output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

fn config(url: &str) -> aws_config::SdkConfig {
    let credentials = aws_credential_types::Credentials::new("local", "local", None, None, "test");
    aws_config::SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(url)
        .region(aws_config::Region::from_static("eu-central-1"))
        .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
            credentials,
        ))
        .build()
}

#[tokio::test]
async fn it_prints_the_settings_serves_the_routes_and_prints_the_calls() {
    let routes = r#"[{"endpoint":"a"},{"endpoint":"b","variant":"blue"},{"endpoint":"b","variant":"green"}]"#;
    let mut served = Served(
        aws(&["--no-function", "--port", "0", "--routes", routes])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap(),
    );
    let mut lines = BufReader::new(served.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url =
        lines.find_map(|line| Some(line.strip_prefix("export AWS_ENDPOINT_URL=")?.to_owned()));
    let region =
        lines.find_map(|line| Some(line.strip_prefix("export AWS_REGION=")?.to_owned())).unwrap();
    let region = region.split(' ').next().unwrap();
    assert!(lines.any(|line| line == format!("export SCALER_ROUTES='{routes}'")));

    let url = url.unwrap();
    let sagemaker = aws_sdk_sagemaker::Client::new(&config(&url));
    let described = sagemaker.describe_endpoint().endpoint_name("a").send().await.unwrap();
    let arn = described.endpoint_arn().unwrap();
    assert!(arn.contains(&format!(":{region}:")), "{region}: {arn}");
    // The other commands use the same region, and so accept this ARN.
    let wake = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
        .args(["wake", "a", "--local", "--dry-run"])
        .env("AWS_ENDPOINT_URL", &url)
        .output()
        .unwrap();
    let wake = String::from_utf8([wake.stdout, wake.stderr].concat()).unwrap();
    assert!(wake.contains(&format!("wake a (variant AllTraffic, {region})\n")), "{wake}");

    let aws = reactive_scaler::aws::SdkAws::new(&config(&url));
    let blue = VariantId::new("b", "blue");
    assert_eq!(aws.endpoint("a").await.unwrap().unwrap().variants[0].desired, Some(0));
    let target = aws.target(&blue).await.unwrap().unwrap();
    assert_eq!((target.min, target.max), (0, 4));
    aws.set_capacity(&blue, 1).await.unwrap();
    let b = aws.endpoint("b").await.unwrap().unwrap();
    let desired: Vec<_> = b.variants.iter().map(|it| (it.name.as_str(), it.desired)).collect();
    assert_eq!(desired, [("blue", Some(1)), ("green", Some(0))]);

    let shown = lines.find(|line| line.contains("UpdateEndpointWeightsAndCapacities")).unwrap();
    assert!(shown.ends_with("b blue=1: ok"), "{shown}");
}

#[tokio::test]
async fn an_instance_is_in_service_after_the_time_that_is_given() {
    let routes = r#"[{"endpoint":"a"}]"#;
    let arguments = ["--no-function", "--port", "0", "--routes", routes, "--provisioning", "1s"];
    let mut served = Served(aws(&arguments).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(served.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url =
        lines.find_map(|line| Some(line.strip_prefix("export AWS_ENDPOINT_URL=")?.to_owned()));
    let aws = reactive_scaler::aws::SdkAws::new(&config(&url.unwrap()));
    aws.set_capacity(&VariantId::new("a", "AllTraffic"), 1).await.unwrap();
    let in_service = async || aws.endpoint("a").await.unwrap().unwrap().variants[0].current;
    assert_eq!(in_service().await, Some(0));
    let begin = Instant::now();
    while in_service().await != Some(1) {
        assert!(begin.elapsed() < Duration::from_secs(30), "the default is six minutes");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[test]
fn a_port_in_use_and_invalid_routes_have_different_exit_codes() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, message) = refused(&["--port", &port]);
    assert_eq!(code, Some(1), "{message}");
    assert!(message.contains(&port) && message.contains("scalerctl aws --port 0"), "{message}");
    let (code, message) = refused(&["--routes", "[]"]);
    assert_eq!(code, Some(2), "{message}");
    assert!(message.contains("--routes") && message.contains("at least one"), "{message}");
    let (code, message) = refused(&["--provisioning", "0s"]);
    assert_eq!(code, Some(2), "{message}");
    for (routes, said) in [
        ("my-endpoint", "--routes: at line 1, column 1: this is not JSON: expected value; for "),
        ("[{\"endpoint\":\"a\",}]", "--routes: at line 1, column 18: this is not JSON: "),
        ("", "--routes: at line 1, column 0: this is not JSON: "),
        ("{}", "--routes: at the start: must be an array of routes, not this: object; for "),
        ("[{\"endpoint\":1}]", "--routes: at [0].endpoint: invalid type: integer `1`, expected a "),
    ] {
        let (code, message) = refused(&["--routes", routes]);
        assert_eq!(code, Some(2), "{message}");
        assert!(message.contains(said), "{said}: {message}");
    }
}

/// A request takes the time that is given. The default is 45 s.
#[tokio::test]
async fn a_request_has_its_result_after_the_time_that_is_given() {
    let times = ["--provisioning", "1s", "--processing", "1s", "--backlog", "waiting"];
    let arguments =
        [&["--no-function", "--port", "0", "--routes", r#"[{"endpoint":"a"}]"#][..], &times]
            .concat();
    let mut served = Served(aws(&arguments).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(served.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url =
        lines.find_map(|line| Some(line.strip_prefix("export AWS_ENDPOINT_URL=")?.to_owned()));
    let config = config(&url.unwrap());
    let aws = reactive_scaler::aws::SdkAws::new(&config);
    aws.set_capacity(&VariantId::new("a", "AllTraffic"), 1).await.unwrap();
    let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3);
    use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
    let region = BucketLocationConstraint::EuCentral1;
    let region = CreateBucketConfiguration::builder().location_constraint(region).build();
    let create = s3.create_bucket().bucket("inputs").create_bucket_configuration(region);
    create.send().await.unwrap();
    s3.put_object().bucket("inputs").key("a").send().await.unwrap();
    let runtime = aws_sdk_sagemakerruntime::Client::new(&config);
    let request =
        runtime.invoke_endpoint_async().endpoint_name("a").input_location("s3://inputs/a");
    let sent = request.send().await.unwrap();
    let output = sent.output_location().unwrap().strip_prefix("s3://").unwrap();
    let (bucket, key) = output.split_once('/').unwrap();
    let begin = Instant::now();
    while s3.head_object().bucket(bucket).key(key).send().await.is_err() {
        assert!(begin.elapsed() < Duration::from_secs(30), "the default is 45 seconds");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let (code, message) = refused(&["--backlog", "none"]);
    assert!(code == Some(2) && message.contains("waiting"), "{message}");
}

/// The Rust SDK uploads in chunks, with the checksum at the end.
#[tokio::test]
async fn the_rust_sdk_reads_what_it_has_uploaded() {
    let mut served = Served(aws(&["--port", "0"]).stdout(Stdio::piped()).spawn().unwrap());
    let mut lines = BufReader::new(served.0.stdout.take().unwrap()).lines().map(Result::unwrap);
    let url =
        lines.find_map(|line| Some(line.strip_prefix("export AWS_ENDPOINT_URL=")?.to_owned()));
    let config = config(&url.unwrap());
    let s3 = aws_sdk_s3::config::Builder::from(&config).force_path_style(true).build();
    let s3 = aws_sdk_s3::Client::from_conf(s3);
    let key = "in/a+b caf\u{e9} 100%.json";
    let bytes = vec![b'a'; 300_000];
    // The bucket of the default route.
    let put = s3.put_object().bucket("my-inputs").key(key).body(bytes.clone().into());
    put.send().await.unwrap();
    let got = s3.get_object().bucket("my-inputs").key(key).send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().to_vec(), bytes);
    let listed = s3.list_objects_v2().bucket("my-inputs").prefix("in/").send().await.unwrap();
    assert_eq!(listed.contents()[0].key(), Some(key));
    let none = s3.get_object().bucket("my-inputs").key("none").send().await.unwrap_err();
    assert!(none.into_service_error().is_no_such_key());
}
