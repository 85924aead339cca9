//! The endpoint and the upload that are tested if the routes do not contain them.

use reactive_scaler::port::VariantId;

use super::{control_plane::Deployment, run::smoke, setup};

fn with_routes(routes: &str) -> Deployment {
    let mut deployment = setup::by_event_bridge();
    deployment.variables.insert("SCALER_ROUTES", routes.into());
    // The rule matches any key of the bucket, and the routes distinguish the keys.
    deployment.rules[2].pattern.as_mut().unwrap()["detail"]
        .as_object_mut()
        .unwrap()
        .remove("object");
    deployment
}

const SDK: &str = r#"[{"preset":"sagemaker-sdk","bucket":"my-inputs"}]"#;

/// A model with a name that differs from the endpoint's, as created by `Model.deploy()`.
pub fn with_sdk_keys() -> Deployment {
    let deployment = with_routes(SDK);
    deployment.sim.with(|world| {
        let endpoint = world.endpoint_mut(setup::ENDPOINT);
        endpoint.variants[0].model = Some("my-model-2026-03-02-09-15-28-500".to_owned());
    });
    deployment
}

/// The SDK's keys contain the name of the model, not of the endpoint.
#[tokio::test]
async fn the_key_of_the_sdk_has_the_models_name() {
    let run = smoke(&with_sdk_keys(), &["--endpoint", setup::ENDPOINT]).await;
    assert_eq!(run.having("passed").len(), 6, "{}", run.text);
    run.assert_says(&["async-endpoint-inputs/my-model-2026-03-02-09-15-28-500-"]);
}

/// The function cannot determine which endpoint has the model. An earlier version of smoke passed in this case.
#[tokio::test]
async fn a_function_that_may_not_see_the_model_fails_the_check() {
    let mut deployment = with_sdk_keys();
    let reads = |statement: &&super::control_plane::Statement| {
        !statement.actions.contains(&"sagemaker:DescribeEndpointConfig")
    };
    let kept: Vec<_> = deployment.statements.iter().filter(reads).cloned().collect();
    deployment.statements = kept;
    let run = smoke(&deployment, &["--endpoint", setup::ENDPOINT]).await;
    assert!(run.having("failed").contains(&"permissions"), "{}", run.text);
}

/// Without the model's name, smoke has no key, so the checks of the upload are skipped.
#[tokio::test]
async fn a_model_that_cannot_be_read_skips_the_checks_of_the_upload() {
    for denied in ["DescribeEndpoint", "DescribeEndpointConfig"] {
        let mut deployment = with_sdk_keys();
        deployment.denied.insert(denied);
        let run = smoke(&deployment, &["--endpoint", setup::ENDPOINT]).await;
        assert_eq!(run.having("passed"), ["function", "status", "permissions"], "{}", run.text);
        run.assert_skips("upload-rule", "contain the name of the model, and sagemaker:Describe");
        let key = "async-endpoint-inputs/my-model-2026-03-02-09-15-28-500-260302-0915/a";
        let run = smoke(&deployment, &["--endpoint", setup::ENDPOINT, "--key", key]).await;
        assert_eq!(run.having("passed").len(), 6, "{}", run.text);
    }
}

/// Routes for several endpoints require `--endpoint`. The key is created from it.
#[tokio::test]
async fn routes_for_several_endpoints_need_a_name() {
    for (routes, key) in [
        (
            r#"[{"preset":"sagemaker-sdk","bucket":"my-inputs"}]"#,
            "async-endpoint-inputs/My-Endpoint-",
        ),
        (
            r#"[{"endpoint":"{endpoint}","bucket":"my-inputs","prefix":"in/{endpoint}/"}]"#,
            "in/My-Endpoint/smoke-test",
        ),
        (r#"[{"endpoint":"My-*","bucket":"my-inputs","prefix":"all/"}]"#, "all/smoke-test"),
    ] {
        let deployment = with_routes(routes);
        let run = smoke(&deployment, &[]).await;
        assert_eq!(run.code, Some(2), "{}", run.text);
        assert!(run.errors.contains("add --endpoint NAME"), "{}", run.errors);
        let run = smoke(&deployment, &["--endpoint", setup::ENDPOINT]).await;
        assert_eq!(run.having("passed").len(), 6, "{routes}: {}", run.text);
        run.assert_says(&[key]);
    }
}

/// With a pattern, the newest endpoint gets the input. The check fails for other endpoints.
#[tokio::test]
async fn the_newest_of_a_pattern() {
    let deployment = with_routes(r#"[{"endpoint":"My-*","bucket":"my-inputs"}]"#);
    deployment.sim.advance(std::time::Duration::from_secs(60));
    deployment.sim.with(|world| {
        world.add_async_endpoint("My-Newer", setup::VARIANT, 0);
        world.register_target(&VariantId::new("My-Newer", setup::VARIANT), 0, 1);
    });
    let run = smoke(&deployment, &["--endpoint", setup::ENDPOINT]).await;
    run.assert_only_fails("observed-input", &["also matches My-Newer", "check the route's \"to\""]);
}

#[tokio::test]
async fn stored_routes() {
    let mut deployment = setup::by_event_bridge();
    deployment.variables.insert("SCALER_ROUTES", "ssm:/reactive-scaler/routes".into());
    deployment.stored_routes = Some(setup::ROUTES.into());
    deployment.statements[1].actions.push("ssm:GetParameter");

    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(2));
    for part in ["ssm:/reactive-scaler/routes", "--endpoint", "--bucket", "--key"] {
        assert!(run.errors.contains(part), "{}", run.errors);
    }

    let run = smoke(&deployment, &["--endpoint", setup::ENDPOINT]).await;
    assert_eq!(run.having("passed"), ["function", "status", "permissions"], "{}", run.text);
    for id in ["bucket-events", "upload-rule", "observed-input"] {
        run.assert_skips(id, "add --bucket and --key");
    }
    run.assert_says(&["is allowed 10 of 10 actions"]);

    let all =
        ["--endpoint", setup::ENDPOINT, "--bucket", setup::BUCKET, "--key", "async/in/a.json"];
    let run = smoke(&deployment, &all).await;
    assert_eq!(run.having("passed").len(), 6, "{}", run.text);
}

/// An endpoint that only the backlog alarm wakes.
#[tokio::test]
async fn a_route_without_a_bucket() {
    let deployment = with_routes(r#"[{"endpoint":"My-Endpoint"}]"#);
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.having("passed"), ["function", "status", "permissions"], "{}", run.text);
    run.assert_skips("bucket-events", "has no bucket");
    assert_eq!(run.calls("GetBucketNotificationConfiguration"), 0);
    let run = smoke(&deployment, &["--bucket", setup::BUCKET]).await;
    assert_eq!(run.having("passed").len(), 6, "{}", run.text);
}
