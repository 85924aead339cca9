//! `scalerctl aws` in a process of its own, and the calls that it prints.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use serde_json::Value;

/// The longest time until a call is printed.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server. It ends with this value.
pub struct LocalAws {
    child: Child,
    pub url: String,
    calls: Arc<Mutex<Vec<Value>>>,
    markers: u32,
}

impl Drop for LocalAws {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl LocalAws {
    pub fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_scalerctl"))
            .args(["aws", "--port", "0", "-o", "json"])
            .args(arguments)
            .env("TMPDIR", env!("CARGO_TARGET_TMPDIR"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let started: Value = serde_json::from_str(&lines.next().unwrap()).unwrap();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let printed = calls.clone();
        std::thread::spawn(move || {
            for line in lines {
                printed.lock().unwrap().push(serde_json::from_str(&line).unwrap());
            }
        });
        let url = started["url"].as_str().unwrap().to_owned();
        Self { child, url, calls, markers: 0 }
    }

    /// Runs `scalerctl`. Returns the exit code, the output, and the operations that wrote.
    pub async fn scalerctl(&mut self, arguments: &[&str]) -> (Option<i32>, String, Vec<String>) {
        self.scalerctl_with_path("/nonexistent", arguments).await
    }

    /// The same, with this `PATH`.
    pub async fn scalerctl_with_path(
        &mut self,
        path: &str,
        arguments: &[&str],
    ) -> (Option<i32>, String, Vec<String>) {
        let (code, text, mut operations) = self.operations(path, arguments).await;
        let reads = ["Describe", "Get", "List", "Head", "Filter", "Query"];
        operations.retain(|it| !reads.iter().any(|read| it.starts_with(read)));
        (code, text, operations)
    }

    /// The same, with all operations. Those of the function can be among them.
    pub async fn operations(
        &mut self,
        path: &str,
        arguments: &[&str],
    ) -> (Option<i32>, String, Vec<String>) {
        self.passed().await;
        let before = self.calls.lock().unwrap().len();
        let output = super::program::scalerctl(&self.url)
            .env("PATH", path)
            .args(arguments)
            .arg("--local")
            .output()
            .await
            .unwrap();
        self.passed().await;
        let calls = self.calls.lock().unwrap()[before..].to_vec();
        let operations = calls.iter().filter_map(|call| call["operation"].as_str());
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        (output.status.code(), text, operations.map(str::to_owned).collect())
    }

    /// Tags the function as CloudFormation does.
    pub async fn give_function_to_stack(&self, stack: &str) {
        let lambda = aws_sdk_lambda::Client::new(&config(&self.url));
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:reactive-scaler";
        let tag = lambda.tag_resource().resource(arn).tags("aws:cloudformation:stack-name", stack);
        tag.send().await.unwrap();
    }

    /// Waits until all calls so far are printed: a call of its own is then printed too.
    async fn passed(&mut self) {
        self.markers += 1;
        let marker = format!("marker-{}", self.markers);
        let sagemaker = aws_sdk_sagemaker::Client::new(&config(&self.url));
        let _ = sagemaker.describe_endpoint().endpoint_name(&marker).send().await;
        let is_marker = |call: &Value| call["resource"] == marker.as_str();
        let begin = Instant::now();
        while !self.calls.lock().unwrap().iter().any(is_marker) {
            assert!(begin.elapsed() < PATIENCE, "{marker} is not printed");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

pub fn config(url: &str) -> aws_config::SdkConfig {
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

pub fn s3(url: &str) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(&config(url)).force_path_style(true).build();
    aws_sdk_s3::Client::from_conf(config)
}
