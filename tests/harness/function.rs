//! The built binary as a child process.

use std::{
    ffi::OsString,
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;
use tokio::{
    process::{Child, Command},
    time::timeout,
};

use super::{
    output::Output,
    runtime_api::{Moments, Posted, RuntimeApi},
    summaries::summaries,
};

/// Names another program to start in place of the one that was just built, for example the artifact
/// of `sam build`.
const OTHER_PROGRAM: &str = "SCALER_PROGRAM";

/// The path of the program to start.
pub fn program() -> OsString {
    std::env::var_os(OTHER_PROGRAM).unwrap_or_else(|| env!("CARGO_BIN_EXE_reactive-scaler").into())
}

/// Much longer than any response takes, even on a slow machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The time until the deadline of an invocation.
const TIME_LEFT: Duration = Duration::from_secs(60);

/// A running function. Dropping it ends the process.
pub struct Function {
    child: Child,
    api: RuntimeApi,
    stdout: Output,
    stderr: Output,
    invocations: u64,
    begun: Instant,
}

/// The result of one invocation.
#[derive(Debug)]
pub struct Invoked {
    /// The answer or the error.
    pub result: Result<Value, FunctionError>,
    /// The lines that were logged during the invocation, each a JSON object.
    pub log: Vec<Value>,
}

/// The error of an invocation.
#[derive(Debug)]
pub struct FunctionError {
    /// `errorType`.
    pub kind: String,
    /// `errorMessage`.
    pub message: String,
}

impl Function {
    /// Starts the binary with the variables that it needs and no others: `AWS_LAMBDA_RUNTIME_API`,
    /// `AWS_ENDPOINT_URL`, credentials and `SCALER_ROUTES`.
    pub async fn start(aws: &str, routes: &str) -> Self {
        Self::start_with(aws, routes, &[]).await
    }

    /// Starts the binary with additional or changed variables.
    pub async fn start_with(aws: &str, routes: &str, more: &[(&str, &str)]) -> Self {
        Self::start_as(Command::new(program()), aws, routes, more).await
    }

    /// Starts another command in the same way.
    pub async fn start_as(
        mut command: Command,
        aws: &str,
        routes: &str,
        more: &[(&str, &str)],
    ) -> Self {
        let api = RuntimeApi::start().await;
        let (stdout, stderr) = (Output::new(), Output::new());
        let begun = Instant::now();
        let child = command
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", &api.address)
            .env("AWS_ENDPOINT_URL", aws)
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "a-secret")
            .env("SCALER_ROUTES", routes)
            .envs(more.iter().copied())
            .stdin(Stdio::null())
            .stdout(stdout.end())
            .stderr(stderr.end())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { child, api, stdout, stderr, invocations: 0, begun }
    }

    /// Invokes it with a payload.
    pub async fn invoke(&mut self, payload: &Value) -> Invoked {
        self.invoke_bytes(payload.to_string(), TIME_LEFT).await
    }

    /// Invokes it with any bytes and this time until Lambda's deadline.
    pub async fn invoke_bytes(
        &mut self,
        body: impl Into<axum::body::Bytes>,
        time_left: Duration,
    ) -> Invoked {
        let result = self.answered(body, time_left).await;
        let panics = self.stderr.new_lines();
        assert!(panics.is_empty(), "written to stderr: {panics:#?}");
        let log = self.stdout.new_lines();
        Invoked { result, log: log.iter().map(|line| json(line.as_bytes())).collect() }
    }

    /// Like [`Function::invoke_bytes`], but does not read what the function writes.
    pub async fn answered(
        &mut self,
        body: impl Into<axum::body::Bytes>,
        time_left: Duration,
    ) -> Result<Value, FunctionError> {
        self.invocations += 1;
        self.api.hand_out(body.into(), time_left);
        let posted = tokio::select! {
            posted = timeout(PATIENCE, self.api.posted()) => posted,
            exit = self.child.wait() => panic!("the process ended, {exit:?}:\n{}", self.written()),
        };
        let (number, result) = match posted {
            Ok(Posted::Answer(number, body)) => (number, Ok(json(&body))),
            Ok(Posted::Error(number, body)) => (number, Err(error(&json(&body)))),
            Err(_) => panic!("no answer:\n{}", self.written()),
        };
        assert_eq!(number, self.invocations, "an answer to another invocation");
        // All log lines of this invocation are written when the function asks for the next one.
        tokio::select! {
            again = timeout(PATIENCE, self.api.asked(number + 1)) => again.expect("it asks for more"),
            exit = self.child.wait() => panic!("the process ended, {exit:?}:\n{}", self.written()),
        }
        result
    }

    /// When the process was started.
    #[allow(dead_code, reason = "benches/ ask for it")]
    pub fn begun(&self) -> Instant {
        self.begun
    }

    /// The times at which it asked for work, got an invocation, and answered.
    #[allow(dead_code, reason = "benches/ ask for it")]
    pub fn moments(&self) -> Moments {
        self.api.moments()
    }

    /// The process ID.
    #[allow(dead_code, reason = "benches/ ask for it")]
    pub fn id(&self) -> u32 {
        self.child.id().expect("the process runs")
    }

    /// Waits until the process ends. Another party ends it.
    #[allow(dead_code, reason = "benches/ ask for it")]
    pub async fn ended(mut self) {
        timeout(PATIENCE, self.child.wait()).await.expect("it ends").unwrap();
    }

    /// The peak resident memory of the process, in KiB: `VmHWM`, see proc(5).
    #[allow(dead_code, reason = "benches/ ask for it")]
    pub fn peak_memory_kib(&self) -> u64 {
        self.status_kib("VmHWM:")
    }

    /// The current resident memory of the process, in KiB: `VmRSS`, see proc(5).
    #[allow(dead_code, reason = "tests/endurance/ asks for it")]
    pub fn resident_kib(&self) -> u64 {
        self.status_kib("VmRSS:")
    }

    /// The number of open files and connections of the process.
    #[allow(dead_code, reason = "tests/endurance/ asks for it")]
    pub fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.id())).unwrap().count()
    }

    #[allow(dead_code, reason = "see above")]
    fn status_kib(&self, field: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with(field)).expect(field);
        line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
    }

    /// Everything that the process has written.
    pub fn written(&self) -> String {
        format!("{}{}", self.stdout.all(), self.stderr.all())
    }
}

impl Invoked {
    /// The answer of an invocation that succeeded.
    pub fn answer(&self) -> &Value {
        match &self.result {
            Ok(answer) => answer,
            Err(error) => panic!("the invocation failed: {error:#?}"),
        }
    }

    /// The error of an invocation that failed.
    pub fn error(&self) -> &FunctionError {
        match &self.result {
            Ok(answer) => panic!("the invocation succeeded: {answer:#}"),
            Err(error) => error,
        }
    }

    /// The decisions in the answer, see [`summaries`].
    pub fn decided(&self) -> Vec<String> {
        summaries(&self.answer()["decisions"])
    }

    /// The log lines of decisions, in order.
    pub fn decision_lines(&self) -> Vec<&Value> {
        self.log.iter().filter(|line| line["message"] == "decision").collect()
    }

    /// The decisions that were logged, also by an invocation that failed.
    pub fn logged(&self) -> Vec<String> {
        summaries(&self.decision_lines().into_iter().cloned().collect())
    }
}

fn json(body: &[u8]) -> Value {
    match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => panic!("not JSON, {error}: {}", String::from_utf8_lossy(body)),
    }
}

fn error(body: &Value) -> FunctionError {
    let text = |field: &str| body[field].as_str().expect(field).to_owned();
    FunctionError { kind: text("errorType"), message: text("errorMessage") }
}

/// A process that has ended.
pub struct Finished {
    /// Its exit code.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
    /// Whether it asked the Runtime API for work.
    pub asked_for_work: bool,
}

/// Runs the binary with only these arguments and variables, until it ends. A Runtime API is
/// available; `{api}` in a value is replaced with its address.
pub async fn run_to_end(arguments: &[&str], variables: &[(&str, &str)]) -> Finished {
    let api = RuntimeApi::start().await;
    let (stdout, stderr) = (Output::new(), Output::new());
    let variables =
        variables.iter().map(|(name, value)| (*name, value.replace("{api}", &api.address)));
    let mut child = Command::new(program())
        .args(arguments)
        .env_clear()
        .envs(variables)
        .stdin(Stdio::null())
        .stdout(stdout.end())
        .stderr(stderr.end())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let Ok(exit) = timeout(PATIENCE, child.wait()).await else {
        panic!("the process does not end:\n{}{}", stdout.all(), stderr.all());
    };
    Finished {
        code: exit.unwrap().code(),
        stdout: stdout.all(),
        stderr: stderr.all(),
        asked_for_work: api.polls() > 0,
    }
}
