//! The check `status`.

use reactive_scaler::{lease::WORK, port::EndpointStatus};
use simulator::{ActionPut, Fault};

use super::{run::smoke, setup};

#[tokio::test]
async fn an_endpoint_that_is_not_registered() {
    let deployment = setup::by_event_bridge();
    deployment.sim.with(|world| world.deregister_target(&setup::variant()));
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails(
        "status",
        &[
            "not_registered",
            "what to do: register it\n",
            "or: let the stack register it, in the folder of the template\n",
            " --parameter-overrides ScalableTarget=Register\n",
            "--resource-id endpoint/My-Endpoint/variant/AllTraffic --min-capacity 0",
        ],
    );
}

/// The floor of a work record is the function's.
#[tokio::test]
async fn a_work_record_and_its_floor() {
    let deployment = setup::by_event_bridge();
    deployment.sim.with(|world| {
        let at = world.now() + jiff::SignedDuration::from_mins(20);
        let put = ActionPut::once(WORK, at, Some(0), None);
        world.add_async_endpoint(setup::ENDPOINT, setup::VARIANT, 1);
        world.register_target(&setup::variant(), 1, 4);
        world.plant_action(&setup::variant(), &put);
    });
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    run.assert_says(&["work record until "]);
}

#[tokio::test]
async fn a_minimum_above_0() {
    let deployment = setup::by_event_bridge();
    deployment.sim.with(|world| {
        world.add_async_endpoint(setup::ENDPOINT, setup::VARIANT, 2);
        world.register_target(&setup::variant(), 2, 4);
    });
    let run = smoke(&deployment, &[]).await;
    run.assert_only_fails("status", &["min_capacity_set: MinCapacity is 2", "--min-capacity 0"]);
}

/// The function's role is not allowed to read the endpoint, and the message states that. The count of `fail_next` is
/// for two requests in each of the two runs: `status` and `observe`.
#[tokio::test]
async fn a_function_without_the_permission_to_read() {
    let deployment = setup::by_event_bridge();
    deployment.sim.with(|world| {
        world.faults.fail_next("DescribeScheduledActions", Fault::AccessDenied, 4);
    });
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.having("failed"), ["status", "observed-input"], "{}", run.text);
    run.assert_says(&[
        "NotEverythingDone",
        "AccessDeniedException",
        "grant the function's role this action",
    ]);
}

/// Both requests are about an endpoint that does not exist.
#[tokio::test]
async fn an_endpoint_that_is_missing() {
    let deployment = setup::by_event_bridge();
    deployment.sim.with(|world| world.delete_endpoint(setup::ENDPOINT));
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.having("failed"), ["status", "observed-input"], "{}", run.text);
    run.assert_says(&["endpoint My-Endpoint does not exist in this region", "what to do: "]);
}

#[tokio::test]
async fn an_endpoint_that_no_route_has() {
    let run = smoke(&setup::by_event_bridge(), &["--endpoint", "another"]).await;
    let failed = run.having("failed");
    assert!(failed.contains(&"status"), "{}", run.text);
    run.assert_says(&["no route has endpoint \"another\"", "add it to SCALER_ROUTES"]);
}

/// A change in progress is not a problem of the deployment.
#[tokio::test]
async fn an_endpoint_that_is_being_updated() {
    let deployment = setup::by_event_bridge();
    deployment.sim.with(|world| world.set_status(setup::ENDPOINT, EndpointStatus::Updating));
    let run = smoke(&deployment, &[]).await;
    assert_eq!(run.code, Some(0), "{}", run.text);
    run.assert_says(&[
        "note: a wake may have to wait until it is InService",
        "note: SageMaker currently accepts no change",
    ]);
}
