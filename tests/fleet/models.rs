//! Keys of the SageMaker Python SDK that name the endpoint's model.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::Fault;

use crate::stage::{BUCKET, SDK, Stage, sdk_key};

const MODEL: &str = "huggingface-pytorch-inference-2026-11-25-18-46-58-456";
const ENDPOINT: &str = "huggingface-pytorch-inference-2026-11-25-18-46-59-653";

/// An endpoint at zero, made of this model.
fn serves(stage: &Stage, endpoint: &str, model: &str) {
    stage.sim.with(|world| {
        world.endpoint_mut(endpoint).variants[0].model = Some(model.to_owned());
    });
}

fn woken(answer: &Value) -> Vec<&str> {
    let decisions = answer["decisions"].as_array().unwrap();
    decisions.iter().map(|decision| decision["endpoint"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn every_measured_flow_wakes_its_endpoint_alone() {
    let named = "my-model-2026-11-25-18-47-03-262";
    for (endpoint, model, name) in [
        (ENDPOINT, MODEL, MODEL),
        ("my-endpoint", MODEL, MODEL),
        (named, "my-model", "my-model"),
        ("my-endpoint", MODEL, "my-endpoint"),
    ] {
        for prefix in ["", "team-a/", "team-a/of/lab/"] {
            let stage = Stage::new(SDK, &["another", endpoint]);
            serves(&stage, "another", "huggingface-pytorch-inference-2026-11-25-18-46-57-111");
            serves(&stage, endpoint, model);
            let key = format!("{prefix}{}", sdk_key(name));
            let answer = stage.upload(BUCKET, &[&key]).await.unwrap();
            assert_eq!(woken(&answer), [endpoint], "{key}");
            assert_eq!(stage.awake(&["another", endpoint]), [endpoint], "{key}");
        }
    }
}

#[tokio::test]
async fn several_endpoints_of_a_model_are_all_woken_and_it_is_said() {
    let stage = Stage::new(SDK, &["one", "two", "three"]);
    serves(&stage, "one", "my-model");
    serves(&stage, "two", "my-model");
    let answer = stage.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    assert_eq!(stage.awake(&["one", "two", "three"]), ["one", "two"]);
    for decision in answer["decisions"].as_array().unwrap() {
        assert_eq!(decision["name_was_cut"], true, "{decision}");
    }
}

#[tokio::test]
async fn an_endpoint_s_name_goes_before_a_model_s_and_waits_for_no_model() {
    let stage = Stage::new(SDK, &["my-model", "other"]);
    serves(&stage, "my-model", "something");
    serves(&stage, "other", "my-model");
    stage.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    assert_eq!(stage.awake(&["my-model", "other"]), ["my-model"]);
    assert_eq!(stage.sim.with(|world| world.calls("DescribeEndpointConfig")), 0);
}

#[tokio::test]
async fn a_name_of_a_model_that_may_be_cut_stands_for_all_that_it_begins() {
    let stage = Stage::new(SDK, &["one", "two", "three"]);
    let base = "m".repeat(51);
    serves(&stage, "one", &base);
    serves(&stage, "two", &format!("{base}-2"));
    serves(&stage, "three", &base[..50]);
    stage.upload(BUCKET, &[&sdk_key(&format!("{base}-2"))]).await.unwrap();
    assert_eq!(stage.awake(&["one", "two", "three"]), ["one", "two"]);
}

#[tokio::test]
async fn models_are_read_once_however_many_inputs_there_are() {
    let stage = Stage::new(SDK, &["one", "two"]);
    serves(&stage, "one", "my-model");
    for _ in 0..100 {
        stage.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    }
    let calls = |operation: &str| stage.sim.with(|world| world.calls(operation));
    assert_eq!(calls("DescribeEndpointConfig"), 2);
    // The name's own look, one for each endpoint, and the one of the wake.
    assert_eq!(calls("DescribeEndpoint"), 1 + 2 + 1);
}

/// An endpoint may get another configuration, so that it is read again; a configuration never changes.
#[tokio::test]
async fn a_configuration_is_read_once_however_often_its_endpoint_is() {
    let stage = Stage::new(SDK, &["one"]);
    for _ in 0..5 {
        stage.upload(BUCKET, &[&sdk_key("nobody")]).await.unwrap();
        stage.sim.advance(Duration::from_secs(60));
    }
    let calls = |operation: &str| stage.sim.with(|world| world.calls(operation));
    // Each time the name's own look, and the one at the endpoint.
    assert_eq!(calls("DescribeEndpoint"), 5 * 2);
    assert_eq!(calls("DescribeEndpointConfig"), 1);
}

#[tokio::test]
async fn a_new_endpoint_and_a_new_configuration_are_found() {
    let stage = Stage::new(SDK, &["one"]);
    serves(&stage, "one", "my-model");
    stage.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    stage.deploy("two");
    serves(&stage, "two", "new-model");
    stage.upload(BUCKET, &[&sdk_key("new-model")]).await.unwrap();
    assert_eq!(stage.desired("two"), 1);
    // A new configuration of an endpoint that was read before.
    stage.deploy("three");
    stage.upload(BUCKET, &[&sdk_key("nobody")]).await.unwrap();
    stage.sim.advance(Duration::from_secs(60));
    serves(&stage, "three", "later-model");
    stage.sim.with(|world| world.endpoint_mut("three").config = "another-config".to_owned());
    stage.upload(BUCKET, &[&sdk_key("later-model")]).await.unwrap();
    assert_eq!(stage.desired("three"), 1);
}

#[tokio::test]
async fn models_that_cannot_be_read_lose_no_input_in_silence() {
    for operation in ["DescribeEndpoint", "DescribeEndpointConfig", "DescribeScalableTargets"] {
        let stage = Stage::new(SDK, &["one"]);
        serves(&stage, "one", "my-model");
        // The first DescribeEndpoint and DescribeScalableTargets are those of the name itself.
        let nth = if operation == "DescribeEndpointConfig" { 1 } else { 2 };
        stage.sim.with(|world| world.faults.fail_nth(operation, nth, Fault::Throttled));
        let error = stage.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap_err();
        assert!(error.message.contains(operation), "{error:?}");
        stage.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
        assert_eq!(stage.desired("one"), 1, "{operation}");
    }
}

#[tokio::test]
async fn what_was_found_is_enough_where_another_cannot_be_read() {
    let stage = Stage::new(SDK, &["my-model-1", "zzz"]);
    serves(&stage, "my-model-1", "my-model");
    stage.sim.with(|world| world.faults.fail_nth("DescribeEndpoint", 2, Fault::Throttled));
    let answer = stage.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    assert_eq!(woken(&answer), ["my-model-1"]);
}

#[tokio::test]
async fn a_name_that_is_nobody_s_is_an_empty_success() {
    let stage = Stage::new(SDK, &["one"]);
    let answer = stage.upload(BUCKET, &[&sdk_key("nobody")]).await.unwrap();
    assert_eq!(answer, json!({ "decisions": [] }));
}
