//! Clients that nobody here wrote: `clients.py` has the calls.

use std::{
    env,
    process::{Command, Stdio},
};

use serde_json::Value;
use simulator::Delivery;

use crate::Served;

/// The names and the keys of events that arrived at a function.
fn records(invocations: &[Delivery]) -> Vec<(String, String)> {
    let record = |delivery: &Delivery| {
        let record = &delivery.body["Records"][0];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&record["eventName"]), text(&record["s3"]["object"]["key"]))
    };
    invocations.iter().map(record).collect()
}

#[tokio::test]
async fn boto3_and_the_aws_cli_work() {
    let Ok(python) = env::var("LOCAL_AWS_PYTHON") else {
        println!("skipped: LOCAL_AWS_PYTHON is not set to a Python that has boto3 and awscli");
        return;
    };
    let served = Served::start().await;
    served.sim.with(|world| world.store("s3://of-the-model/routes.json", "[]"));
    let mut command = Command::new(python);
    command
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/s3/clients.py"))
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", served.port))
        .envs([("AWS_ACCESS_KEY_ID", "local"), ("AWS_SECRET_ACCESS_KEY", "local")])
        .envs([("AWS_DEFAULT_REGION", "eu-central-1"), ("AWS_CONFIG_FILE", "/dev/null")])
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_PROFILE")
        .stdin(Stdio::null());
    let status = tokio::task::spawn_blocking(move || command.status()).await.unwrap();
    assert!(status.unwrap().success());
    served.sim.advance(std::time::Duration::from_secs(1));
    let arrived = served.sim.with(|world| world.take_invocations());
    // Of all the uploads, those with the prefix and the suffix of the configuration.
    let expected = [
        ("ObjectCreated:Put", "in/red+flower%2B1.json"),
        ("ObjectCreated:CompleteMultipartUpload", "in/big.json"),
        ("ObjectCreated:Copy", "in/copy.json"),
    ];
    assert_eq!(records(&arrived), expected.map(|(name, key)| (name.into(), key.into())));
}
