//! A model on a port, and a Python script that calls it.

use std::{
    env,
    process::{Command, Stdio},
};

use scalerctl_local_aws::{inference::write_results, objects::Objects, s3};
use simulator::{Simulator, http};
use tokio::{net::TcpListener, task::JoinHandle};

/// An interpreter with clients, in the variable of this name. `.ci/run` sets them.
pub struct Python {
    variable: &'static str,
    clients: &'static str,
}

impl Python {
    pub const CURRENT: Self = Self { variable: "LOCAL_AWS_PYTHON", clients: "boto3 and awscli" };
    pub const BOTO3_1_35: Self = Self { variable: "BOTO3_1_35_PYTHON", clients: "boto3 1.35" };
    pub const SAGEMAKER: Self =
        Self { variable: "SAGEMAKER_SDK_PYTHON", clients: "the SageMaker Python SDK" };
}

/// The simulated AWS with S3 and results of requests, but without the function. Dropping it stops the server.
pub struct Model {
    pub sim: Simulator,
    url: String,
    tasks: [JoinHandle<()>; 2],
}

impl Model {
    pub async fn start(sim: Simulator) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let objects = Objects::new(sim.clone()).unwrap();
        let app = http::router(sim.clone(), http::unserved(sim.clone()));
        let app = s3::in_front_of(app, objects.clone(), s3::LIMIT);
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        let model = sim.clone();
        let results = tokio::spawn(async move { write_results(&model, &objects).await });
        Self { sim, url, tasks: [server, results] }
    }

    /// Runs a script of this folder. `false`: the interpreter is not there, which is printed.
    pub async fn run(&self, python: &Python, script: &str, variables: &[(&str, &str)]) -> bool {
        let Some(program) = env::var_os(python.variable) else {
            println!("skipped: set {} to a Python that has {}", python.variable, python.clients);
            return false;
        };
        let mut command = Command::new(program);
        command
            .arg(format!("{}/tests/clients/{script}", env!("CARGO_MANIFEST_DIR")))
            .env("AWS_ENDPOINT_URL", &self.url)
            .envs([("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local")])
            .envs([("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_CONFIG_FILE", "/dev/null")])
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_SESSION_TOKEN")
            .env_remove("AWS_PROFILE")
            .envs(variables.iter().copied())
            .stdin(Stdio::null());
        let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
        println!("{}", String::from_utf8_lossy(&output.stdout));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        true
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}
