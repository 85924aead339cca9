//! Routes for several endpoints.

use jiff::Timestamp;
use reactive_scaler::port::VariantId;
use serde_json::json;

use crate::harness::{Function, TestWorld, VARIANT, upload};

const BUCKET: &str = "sagemaker-eu-west-1-123456789012";

fn routes() -> String {
    json!([{ "preset": "sagemaker-sdk", "bucket": BUCKET }]).to_string()
}

/// These endpoints at zero, registered.
async fn registered(names: &[&str]) -> TestWorld {
    TestWorld::new(|world| {
        for name in names {
            world.add_async_endpoint(name, VARIANT, 0);
            world.register_target(&VariantId::new(*name, VARIANT), 0, 1);
        }
    })
    .await
}

/// An input as `predict_async(data=...)` of the SageMaker Python SDK uploads it.
fn by_the_sdk(endpoint: &str) -> serde_json::Value {
    let folder = endpoint.get(..51).unwrap_or(endpoint);
    let object = "2030-01-07-14-00-30-123-0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";
    let key = format!("async-endpoint-inputs/{folder}-300107-1400/{object}");
    json!({ "Records": [upload(BUCKET, &key, Timestamp::now())] })
}

#[tokio::test]
async fn the_sdk_s_keys_wake_their_endpoint_and_no_similar_one() {
    let names = ["infer", "infer-cb821ea", "infer-2030-01-07-13-59-58-123"];
    for name in names {
        let test_world = registered(&names).await;
        let mut function = Function::start(test_world.url(), &routes()).await;
        let invoked = function.invoke(&by_the_sdk(name)).await;
        assert_eq!(invoked.decided(), [format!("{name}: input wake work_arrived 0->1")]);
    }
}

#[tokio::test]
async fn a_name_of_63_characters_is_known_by_the_51_that_the_sdk_leaves() {
    let long = format!("{}-2030-01-07-13-59-58-123", "w".repeat(39));
    assert_eq!(long.len(), 63);
    let other = format!("{}-other", "w".repeat(39));
    let test_world = registered(&[&long, &other]).await;
    let mut function = Function::start(test_world.url(), &routes()).await;
    let invoked = function.invoke(&by_the_sdk(&long)).await;
    assert_eq!(invoked.decided(), [format!("{long}: input wake work_arrived 0->1")]);
}

#[tokio::test]
async fn an_unregistered_name_is_ignored_and_logged_once() {
    let test_world = registered(&["infer"]).await;
    let mut function = Function::start(test_world.url(), &routes()).await;
    let mut said = 0;
    for _ in 0..3 {
        let invoked = function.invoke(&by_the_sdk("stranger")).await;
        assert_eq!(invoked.result.unwrap(), json!({ "decisions": [] }));
        said += invoked.log.iter().filter(|line| line.to_string().contains("stranger")).count();
    }
    assert_eq!(said, 1);
}

#[tokio::test]
async fn a_new_endpoint_is_woken_with_no_change_of_configuration() {
    let test_world = registered(&["infer-1"]).await;
    let mut function = Function::start(test_world.url(), &routes()).await;
    function.invoke(&by_the_sdk("infer-1")).await.result.unwrap();
    test_world.sim.with(|world| {
        world.add_async_endpoint("infer-2", VARIANT, 0);
        world.register_target(&VariantId::new("infer-2", VARIANT), 0, 1);
    });
    let invoked = function.invoke(&by_the_sdk("infer-2")).await;
    assert_eq!(invoked.decided(), ["infer-2: input wake work_arrived 0->1"]);
}

/// What the backstop of all endpoints publishes for `my-endpoint`.
fn backstop() -> serde_json::Value {
    serde_json::from_str(include_str!("../../events/alarm-contributor-in-sns.json")).unwrap()
}

#[tokio::test]
async fn one_alarm_over_all_endpoints_wakes_the_one_that_waits() {
    let of_names = json!([{ "endpoint": "{endpoint}", "prefix": "in/{endpoint}/" }]).to_string();
    let by_pattern = json!([{ "endpoint": "my-*", "bucket": BUCKET }]).to_string();
    for routes in [routes(), of_names, by_pattern] {
        let test_world = registered(&["infer", "my-endpoint", "my-endpoint-2"]).await;
        let mut function = Function::start(test_world.url(), &routes).await;
        let invoked = function.invoke(&backstop()).await;
        assert_eq!(invoked.decided(), ["alarm wake alarm_fired 0->1"], "{routes}");
        for other in ["infer", "my-endpoint-2"] {
            let id = VariantId::new(other, VARIANT);
            assert_eq!(test_world.sim.with(|world| world.capacity(&id)), (0, 0), "{routes}");
        }
    }
}

#[tokio::test]
async fn the_backstop_alarm_of_an_unrouted_endpoint_is_logged() {
    let by_pattern = json!([{ "endpoint": "whisper-*", "bucket": BUCKET }]).to_string();
    for (routes, reason) in [(routes(), "no scalable target"), (by_pattern, "without a route")] {
        let test_world = registered(&["infer"]).await;
        let mut function = Function::start(test_world.url(), &routes).await;
        let invoked = function.invoke(&backstop()).await;
        assert_eq!(*invoked.answer(), json!({ "decisions": [] }), "{routes}");
        let [line] = &invoked.log[..] else { panic!("{routes}: {:?}", invoked.log) };
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["fields"]["endpoint"], "my-endpoint");
        assert!(line["fields"]["message"].as_str().unwrap().contains(reason), "{line}");
    }
}
