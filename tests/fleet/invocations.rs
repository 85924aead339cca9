//! Invocations that CloudTrail reports: the name in the ARN is in lower case.

use serde_json::{Value, json};

use crate::setup::{BUCKET, SDK, Setup};

const NAMES: [&str; 3] = ["Infer-A", "infer-b", "other"];

fn invocation(name: &str) -> Value {
    let text = include_str!("../../events/cloudtrail-invocation.json");
    serde_json::from_str(&text.replace("my-endpoint", name)).unwrap()
}

#[tokio::test]
async fn an_invocation_wakes_the_registered_endpoint_that_its_arn_means() {
    let by_key = r#"[{"endpoint":"{endpoint}","bucket":"my-inputs","prefix":"in/{endpoint}/"}]"#;
    let by_pattern = r#"[{"endpoint":"Infer-*","bucket":"my-inputs"}]"#;
    for routes in [SDK, by_key, by_pattern] {
        let setup = Setup::new(routes, &NAMES);
        let answer = setup.send(&invocation("infer-a")).await.unwrap();
        assert_eq!(answer["decisions"][0]["endpoint"], "Infer-A", "{routes}");
        assert_eq!(answer["decisions"][0]["signal"], "input", "{routes}");
        assert_eq!(answer["decisions"][0]["reason"], "invocation_seen", "{routes}");
        assert_eq!(setup.awake(&NAMES), ["Infer-A"], "{routes}");
    }
}

#[tokio::test]
async fn an_invocation_of_an_endpoint_that_is_not_ours_makes_no_more_than_a_listing() {
    let by_pattern = r#"[{"endpoint":"Infer-*","bucket":"my-inputs"}]"#;
    for (routes, most) in [(SDK, 1), (by_pattern, 0)] {
        let setup = Setup::new(routes, &NAMES);
        for _ in 0..50 {
            let answer = setup.send(&invocation("stranger")).await.unwrap();
            assert_eq!(answer, json!({ "decisions": [] }));
        }
        assert_eq!(setup.sim.with(|world| world.calls_total()), most, "{routes}");
    }
}

#[tokio::test]
async fn many_invocations_make_only_the_calls_of_a_wake() {
    let setup = Setup::new(SDK, &NAMES);
    setup.send(&invocation("infer-b")).await.unwrap();
    let calls = setup.sim.with(|world| world.calls_total());
    for _ in 0..50 {
        setup.send(&invocation("infer-b")).await.unwrap();
    }
    assert_eq!(setup.sim.with(|world| world.calls_total()), calls);
}

#[tokio::test]
async fn a_listing_that_fails_fails_the_invocation() {
    let setup = Setup::new(SDK, &NAMES);
    let fault = simulator::Fault::AccessDenied;
    setup.sim.with(|world| world.faults.fail_next("DescribeScalableTargets", fault, 1));
    let error = setup.send(&invocation("infer-a")).await.unwrap_err();
    assert!(error.message.contains("DescribeScalableTargets"), "{error:?}");
}

#[tokio::test]
async fn a_route_that_names_the_endpoint_has_its_settings() {
    let routes = format!(
        r#"[{{"preset":"sagemaker-sdk","bucket":"{BUCKET}"}},{{"endpoint":"Infer-A","bucket":"own","wake_to":3}}]"#
    );
    let setup = Setup::new(&routes, &NAMES);
    let answer = setup.send(&invocation("infer-a")).await.unwrap();
    assert_eq!(answer["decisions"].as_array().unwrap().len(), 1);
    assert_eq!(setup.desired("Infer-A"), 3);
}
