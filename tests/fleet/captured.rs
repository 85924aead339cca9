//! The endpoint's name is in the key.

use serde_json::json;

use crate::setup::{BUCKET, SDK, Setup, sdk_key};

#[tokio::test]
async fn an_upload_of_the_sdk_wakes_its_endpoint_and_no_similar_one() {
    let names = ["infer", "infer-cb821ea", "infer-2030-01-07-13-00-00-123"];
    for name in names {
        let setup = Setup::new(SDK, &names);
        let answer = setup.upload(BUCKET, &[&sdk_key(name)]).await.unwrap();
        assert_eq!(answer["decisions"][0]["endpoint"], name);
        assert_eq!(answer["decisions"][0]["reason"], "work_arrived");
        assert_eq!(setup.awake(&names), [name]);
    }
}

#[tokio::test]
async fn a_cut_name_that_matches_several_endpoints_wakes_and_reports_all() {
    let base = "b".repeat(51);
    let (one, two) = (format!("{base}-one"), format!("{base}-two"));
    let setup = Setup::new(SDK, &[&one, &two, "other"]);
    let answer = setup.upload(BUCKET, &[&sdk_key(&one)]).await.unwrap();
    assert_eq!(setup.awake(&[&one, &two, "other"]), [&one, &two]);
    for decision in answer["decisions"].as_array().unwrap() {
        assert_eq!(decision["name_was_cut"], true, "{decision}");
    }
    let setup = Setup::new(SDK, &[&one]);
    let answer = setup.upload(BUCKET, &[&sdk_key(&one)]).await.unwrap();
    assert!(answer["decisions"][0].get("name_was_cut").is_none(), "{answer}");
}

#[tokio::test]
async fn a_new_endpoint_needs_no_change_of_configuration() {
    let old = "whisper-2030-01-07-13-00-00-123";
    let new = "whisper-2030-01-07-15-00-00-456";
    let setup = Setup::new(SDK, &[old]);
    setup.upload(BUCKET, &[&sdk_key(old)]).await.unwrap();
    setup.deploy(new);
    // The listing of a minute ago does not contain it. Its first input does not wait.
    setup.upload(BUCKET, &[&sdk_key(new)]).await.unwrap();
    assert_eq!(setup.awake(&[old, new]), [old, new]);
    setup.minutes(45).await;
    assert_eq!(setup.awake(&[old, new]), [""; 0]);
}

#[tokio::test]
async fn many_uploads_for_an_unregistered_name_make_no_calls() {
    let setup = Setup::new(SDK, &["infer"]);
    setup.sim.with(|world| world.add_async_endpoint("stranger", "AllTraffic", 0).name.clone());
    for _ in 0..100 {
        let answer = setup.upload(BUCKET, &[&sdk_key("stranger")]).await.unwrap();
        assert_eq!(answer, json!({ "decisions": [] }));
    }
    assert_eq!(setup.desired("stranger"), 0);
    // The endpoint beside its target, a listing, and the models of the one that is registered.
    assert_eq!(setup.sim.with(|world| world.calls_total()), 2 + 1 + 2);
}

#[tokio::test]
async fn many_uploads_for_registered_endpoints_make_only_the_calls_of_their_wakes() {
    let names = ["a", "b", "c"];
    let setup = Setup::new(SDK, &names);
    for _ in 0..100 {
        for name in names {
            setup.upload(BUCKET, &[&sdk_key(name)]).await.unwrap();
        }
    }
    // No listing, and six calls for each wake.
    assert_eq!(setup.sim.with(|world| world.calls_total()), 3 * 6);
}

#[tokio::test]
async fn a_listing_that_fails_fails_the_invocation() {
    let setup = Setup::new(SDK, &["infer"]);
    let fault = simulator::Fault::AccessDenied;
    setup.sim.with(|world| world.faults.fail_next("DescribeScalableTargets", fault, 1));
    let error = setup.upload(BUCKET, &[&sdk_key("infer")]).await.unwrap_err();
    assert!(error.message.contains("DescribeScalableTargets"), "{error:?}");
    setup.upload(BUCKET, &[&sdk_key("infer")]).await.unwrap();
    assert_eq!(setup.desired("infer"), 1);
}

#[tokio::test]
async fn a_route_that_names_the_endpoint_has_its_settings() {
    let routes = format!(
        r#"[{{"preset":"sagemaker-sdk","bucket":"{BUCKET}"}},{{"endpoint":"infer","bucket":"own","wake_to":3}}]"#
    );
    let setup = Setup::new(&routes, &["infer"]);
    let answer = setup.upload(BUCKET, &[&sdk_key("infer")]).await.unwrap();
    assert_eq!(answer["decisions"].as_array().unwrap().len(), 1);
    assert_eq!(setup.desired("infer"), 3);
}

#[tokio::test]
async fn commands_and_state_changes_name_a_registered_endpoint_themselves() {
    let setup = Setup::new(SDK, &["infer"]);
    let command = |name: &str| json!({ "action": "wake", "endpoint": name });
    setup.send(&command("infer")).await.unwrap();
    assert_eq!(setup.desired("infer"), 1);
    let error = setup.send(&command("stranger")).await.unwrap_err();
    assert!(error.message.contains("stranger"), "{error:?}");
    let change = |name: &str| {
        json!({ "source": "aws.sagemaker", "detail-type": "SageMaker Endpoint State Change",
            "detail": { "EndpointName": name, "EndpointStatus": "IN_SERVICE" } })
    };
    let answer = setup.send(&change("infer")).await.unwrap();
    assert_eq!(answer["decisions"][0]["signal"], "endpoint_changed");
    let answer = setup.send(&change("stranger")).await.unwrap();
    assert_eq!(answer, json!({ "decisions": [] }));
}

#[tokio::test]
async fn keys_of_another_form_make_no_call_and_are_not_reported() {
    let routes = r#"[{"endpoint":"{endpoint}","bucket":"my-inputs","prefix":"in/{endpoint}/"}]"#;
    let setup = Setup::new(routes, &["infer"]);
    for n in 0..50 {
        let answer = setup.upload("my-inputs", &[&format!("in/john-doe-{n}.pdf")]).await.unwrap();
        assert_eq!(answer, json!({ "decisions": [] }));
    }
    assert_eq!(setup.sim.with(|world| world.calls_total()), 0);
}

#[tokio::test]
async fn uploads_for_many_unregistered_names_cause_few_listings() {
    let setup = Setup::new(SDK, &["infer"]);
    for n in 0..500 {
        setup.sim.advance(std::time::Duration::from_millis(20));
        setup.upload(BUCKET, &[&sdk_key(&format!("stranger-{n}"))]).await.unwrap();
    }
    // Ten at once, and from then on one in five seconds.
    let listings = setup.sim.with(|world| world.calls("DescribeScalableTargets"));
    assert!((10..=13).contains(&listings), "{listings}");
}

#[tokio::test]
async fn a_name_is_looked_for_again_after_five_seconds() {
    for (after, woken) in [(4, 0), (5, 1)] {
        let setup = Setup::new(SDK, &["infer"]);
        setup.upload(BUCKET, &[&sdk_key("new")]).await.unwrap();
        setup.sim.with(|world| {
            world.add_async_endpoint("new", "AllTraffic", 0);
            world.register_target(&crate::setup::id("new"), 0, 1);
        });
        setup.sim.advance(std::time::Duration::from_secs(after));
        setup.upload(BUCKET, &[&sdk_key("new")]).await.unwrap();
        assert_eq!(setup.desired("new"), woken, "after {after} s");
    }
}

#[tokio::test]
async fn the_first_route_that_covers_an_endpoint_has_its_settings() {
    let routes = r#"[
        {"endpoint":"infer-*","bucket":"elsewhere","wake_to":3},
        {"endpoint":"{endpoint}","bucket":"my-inputs","prefix":"in/{endpoint}/","wake_to":2}
    ]"#;
    let setup = Setup::new(routes, &["infer-a", "other"]);
    setup.upload("my-inputs", &["in/infer-a/x", "in/other/x"]).await.unwrap();
    assert_eq!((setup.desired("infer-a"), setup.desired("other")), (3, 2));
}
