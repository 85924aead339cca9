//! Keys of the SageMaker Python SDK that name the endpoint's model.

use std::time::Duration;

use serde_json::{Value, json};
use simulator::Fault;

use crate::setup::{BUCKET, SDK, Setup, sdk_key};

const MODEL: &str = "huggingface-pytorch-inference-2026-11-25-18-46-58-456";
const ENDPOINT: &str = "huggingface-pytorch-inference-2026-11-25-18-46-59-653";

/// An endpoint at zero, made of this model.
fn serves(setup: &Setup, endpoint: &str, model: &str) {
    setup.sim.with(|world| {
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
            let setup = Setup::new(SDK, &["another", endpoint]);
            serves(&setup, "another", "huggingface-pytorch-inference-2026-11-25-18-46-57-111");
            serves(&setup, endpoint, model);
            let key = format!("{prefix}{}", sdk_key(name));
            let answer = setup.upload(BUCKET, &[&key]).await.unwrap();
            assert_eq!(woken(&answer), [endpoint], "{key}");
            assert_eq!(setup.awake(&["another", endpoint]), [endpoint], "{key}");
        }
    }
}

#[tokio::test]
async fn several_endpoints_of_a_model_are_all_woken_and_this_is_logged() {
    let setup = Setup::new(SDK, &["one", "two", "three"]);
    serves(&setup, "one", "my-model");
    serves(&setup, "two", "my-model");
    let answer = setup.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    assert_eq!(setup.awake(&["one", "two", "three"]), ["one", "two"]);
    for decision in answer["decisions"].as_array().unwrap() {
        assert_eq!(decision["name_was_cut"], true, "{decision}");
    }
}

#[tokio::test]
async fn an_endpoint_name_has_precedence_over_a_model_name_and_needs_no_model_read() {
    let setup = Setup::new(SDK, &["my-model", "other"]);
    serves(&setup, "my-model", "something");
    serves(&setup, "other", "my-model");
    setup.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    assert_eq!(setup.awake(&["my-model", "other"]), ["my-model"]);
    assert_eq!(setup.sim.with(|world| world.calls("DescribeEndpointConfig")), 0);
}

#[tokio::test]
async fn a_model_name_that_may_be_cut_matches_all_names_with_this_prefix() {
    let setup = Setup::new(SDK, &["one", "two", "three"]);
    let base = "m".repeat(51);
    serves(&setup, "one", &base);
    serves(&setup, "two", &format!("{base}-2"));
    serves(&setup, "three", &base[..50]);
    setup.upload(BUCKET, &[&sdk_key(&format!("{base}-2"))]).await.unwrap();
    assert_eq!(setup.awake(&["one", "two", "three"]), ["one", "two"]);
}

#[tokio::test]
async fn models_are_read_once_however_many_inputs_there_are() {
    let setup = Setup::new(SDK, &["one", "two"]);
    serves(&setup, "one", "my-model");
    for _ in 0..100 {
        setup.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    }
    let calls = |operation: &str| setup.sim.with(|world| world.calls(operation));
    assert_eq!(calls("DescribeEndpointConfig"), 2);
    // The name's own look, one for each endpoint, and the one of the wake.
    assert_eq!(calls("DescribeEndpoint"), 1 + 2 + 1);
}

/// An endpoint may get another configuration, so that it is read again; a configuration never changes.
#[tokio::test]
async fn a_configuration_is_read_once_however_often_its_endpoint_is() {
    let setup = Setup::new(SDK, &["one"]);
    for _ in 0..5 {
        setup.upload(BUCKET, &[&sdk_key("nobody")]).await.unwrap();
        setup.sim.advance(Duration::from_secs(60));
    }
    let calls = |operation: &str| setup.sim.with(|world| world.calls(operation));
    // Each time the name's own look, and the one at the endpoint.
    assert_eq!(calls("DescribeEndpoint"), 5 * 2);
    assert_eq!(calls("DescribeEndpointConfig"), 1);
}

#[tokio::test]
async fn a_new_endpoint_and_a_new_configuration_are_found() {
    let setup = Setup::new(SDK, &["one"]);
    serves(&setup, "one", "my-model");
    setup.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    setup.deploy("two");
    serves(&setup, "two", "new-model");
    setup.upload(BUCKET, &[&sdk_key("new-model")]).await.unwrap();
    assert_eq!(setup.desired("two"), 1);
    // A new configuration of an endpoint that was read before.
    setup.deploy("three");
    setup.upload(BUCKET, &[&sdk_key("nobody")]).await.unwrap();
    setup.sim.advance(Duration::from_secs(60));
    serves(&setup, "three", "later-model");
    setup.sim.with(|world| world.endpoint_mut("three").config = "another-config".to_owned());
    setup.upload(BUCKET, &[&sdk_key("later-model")]).await.unwrap();
    assert_eq!(setup.desired("three"), 1);
}

#[tokio::test]
async fn an_input_fails_if_models_cannot_be_read() {
    for operation in ["DescribeEndpoint", "DescribeEndpointConfig", "DescribeScalableTargets"] {
        let setup = Setup::new(SDK, &["one"]);
        serves(&setup, "one", "my-model");
        // The first DescribeEndpoint and DescribeScalableTargets are those of the name itself.
        let nth = if operation == "DescribeEndpointConfig" { 1 } else { 2 };
        setup.sim.with(|world| world.faults.fail_nth(operation, nth, Fault::Throttled));
        let error = setup.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap_err();
        assert!(error.message.contains(operation), "{error:?}");
        setup.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
        assert_eq!(setup.desired("one"), 1, "{operation}");
    }
}

#[tokio::test]
async fn a_match_is_enough_if_another_endpoint_cannot_be_read() {
    let setup = Setup::new(SDK, &["my-model-1", "zzz"]);
    serves(&setup, "my-model-1", "my-model");
    setup.sim.with(|world| world.faults.fail_nth("DescribeEndpoint", 2, Fault::Throttled));
    let answer = setup.upload(BUCKET, &[&sdk_key("my-model")]).await.unwrap();
    assert_eq!(woken(&answer), ["my-model-1"]);
}

#[tokio::test]
async fn an_unknown_name_is_an_empty_success() {
    let setup = Setup::new(SDK, &["one"]);
    let answer = setup.upload(BUCKET, &[&sdk_key("nobody")]).await.unwrap();
    assert_eq!(answer, json!({ "decisions": [] }));
}
