//! The keys of the real SageMaker Python SDK wake the endpoint that they were made for.
//!
//! `tests/sdk/keys.py` makes them, with AWS mocked: one for each way to come by an async predictor.

use std::{
    env,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::harness::{Function, TestWorld, VARIANT, on_event_bus, upload};

const MISSING: &str = "\nskipped: the SageMaker Python SDK is not installed (to install it: python3 -m \
                       venv .venv-sagemaker && .venv-sagemaker/bin/pip install -r \
                       tests/sdk/requirements.txt; or set SAGEMAKER_SDK_PYTHON to a Python that \
                       has it)\n";

/// The endpoint and the upload of one flow of the SDK.
#[derive(Debug, Deserialize)]
struct Flow {
    flow: String,
    endpoint: String,
    /// Of the endpoint's configuration; empty where the flow made none.
    models: Vec<String>,
    bucket: String,
    key: String,
}

/// A Python with the SDK.
fn python() -> Option<PathBuf> {
    if let Some(named) = env::var_os("SAGEMAKER_SDK_PYTHON").filter(|named| !named.is_empty()) {
        return Some(named.into());
    }
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join(".venv-sagemaker/bin/python");
    ours.is_file().then_some(ours)
}

/// What the SDK does in each flow; `None`, with a message, where it is not installed.
fn flows() -> Option<Vec<Flow>> {
    let Some(python) = python() else {
        // Bypasses the test runner, which hides the output of tests that pass.
        std::io::stderr().write_all(MISSING.as_bytes()).unwrap();
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/sdk/keys.py");
    let output = Command::new(&python).arg(script).output().unwrap();
    let written = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {written}", python.display());
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

/// The flow's endpoint and another one, both registered and at zero.
async fn scene_of(flow: &Flow) -> TestWorld {
    TestWorld::new(|world| {
        for name in [flow.endpoint.as_str(), "bystander"] {
            world.add_async_endpoint(name, VARIANT, 0);
            world.register_target(&VariantId::new(name, VARIANT), 0, 1);
        }
        if let Some(model) = flow.models.first() {
            world.endpoint_mut(&flow.endpoint).variants[0].model = Some(model.clone());
        }
    })
    .await
}

#[tokio::test]
async fn every_flow_of_the_sdk_wakes_its_endpoint() {
    let Some(flows) = flows() else { return };
    assert_eq!(flows.len(), 8);
    let mut wrong = Vec::new();
    for flow in &flows {
        let routes = json!([{ "preset": "sagemaker-sdk", "bucket": flow.bucket }]).to_string();
        let notified = json!({ "Records": [upload(&flow.bucket, &flow.key, Timestamp::now())] });
        for event in [notified, on_event_bus(&flow.bucket, &flow.key)] {
            let test_world = scene_of(flow).await;
            let mut function = Function::start(test_world.url(), &routes).await;
            let invoked = function.invoke(&event).await;
            let expected = [format!("{}: input wake work_arrived 0->1", flow.endpoint)];
            if invoked.logged() != expected {
                wrong.push(format!("{}: {:?}", flow.flow, invoked.logged()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn other_objects_of_the_sdk_in_the_same_bucket_are_not_inputs() {
    let Some(flows) = flows() else { return };
    for flow in &flows {
        let routes = json!([{ "preset": "sagemaker-sdk", "bucket": flow.bucket }]).to_string();
        let test_world = scene_of(flow).await;
        let mut function = Function::start(test_world.url(), &routes).await;
        for folder in ["async-endpoint-outputs", "async-endpoint-failures"] {
            let key = flow.key.replace("async-endpoint-inputs", folder);
            let invoked = function.invoke(&on_event_bus(&flow.bucket, &key)).await;
            assert_eq!(invoked.answer()["decisions"], Value::Array(vec![]), "{}", flow.flow);
        }
    }
}
