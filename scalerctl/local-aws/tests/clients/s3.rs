//! S3, and the events of uploads that arrive at a function.

use serde_json::Value;
use simulator::{Delivery, Simulator};

use crate::model::{Model, Python};

/// The names and the keys of events that arrived at a function.
fn records(invocations: &[Delivery]) -> Vec<(String, String)> {
    let record = |delivery: &Delivery| {
        let record = &delivery.body["Records"][0];
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&record["eventName"]), text(&record["s3"]["object"]["key"]))
    };
    invocations.iter().map(record).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn boto3_and_the_aws_cli_upload_list_and_read_objects() {
    let model = Model::start(Simulator::new("2030-01-01T00:00:00Z".parse().unwrap())).await;
    model.sim.with(|world| world.store("s3://of-the-model/routes.json", "[]"));
    if !model.run(&Python::CURRENT, "s3.py", &[]).await {
        return;
    }
    model.sim.advance(std::time::Duration::from_secs(1));
    let arrived = model.sim.with(|world| world.take_invocations());
    // Of all the uploads, those with the prefix and the suffix of the configuration.
    let expected = [
        ("ObjectCreated:Put", "in/red+flower%2B1.json"),
        ("ObjectCreated:CompleteMultipartUpload", "in/big.json"),
        ("ObjectCreated:Copy", "in/copy.json"),
    ];
    assert_eq!(records(&arrived), expected.map(|(name, key)| (name.into(), key.into())));
}
