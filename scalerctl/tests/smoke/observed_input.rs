//! The check `observed-input`.

use reactive_scaler::port::Suspended;
use simulator::VariantState;

use super::{run::smoke, setup};

#[tokio::test]
async fn a_key_that_no_route_matches() {
    let deployment = setup::by_event_bridge();
    let mut wide = deployment.clone();
    // The rule matches the key, but no route does.
    wide.rules[2].pattern.as_mut().unwrap()["detail"].as_object_mut().unwrap().remove("object");
    let run = smoke(&wide, &["--key", "elsewhere/a.json"]).await;
    run.assert_only_fails(
        "observed-input",
        &[
            "no route matches s3://my-inputs/elsewhere/a.json for My-Endpoint",
            "compare the route's",
            " --query Environment.Variables.SCALER_ROUTES --output text\n",
            "or: if the route covers several endpoints, ",
            "scalerctl doctor My-Endpoint --function arn:aws:lambda:",
        ],
    );
}

#[tokio::test]
async fn an_endpoint_that_is_not_async() {
    let deployment = setup::by_event_bridge();
    deployment.sim.with(|world| {
        world.add_endpoint(setup::ENDPOINT, vec![VariantState::new(setup::VARIANT, 0)], false);
        world.register_target(&setup::variant(), 0, 4);
    });
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails(
        "observed-input",
        &[
            "not_async",
            "AsyncInferenceConfig",
            "aws sagemaker describe-endpoint-config ",
            "or: remove its route",
        ],
    );
}

#[tokio::test]
async fn scaling_out_is_suspended() {
    let deployment = setup::by_event_bridge();
    deployment.sim.with(|world| {
        let suspended = Suspended { scaling_out: true, ..Suspended::default() };
        world.suspend(&setup::variant(), suspended);
    });
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("observed-input", 
        &[
            "scaling_out_suspended",
            "what to do: resume scaling out\n",
            "endpoint/My-Endpoint/variant/AllTraffic --suspended-state DynamicScalingOutSuspended=false",
        ],
    );
}
