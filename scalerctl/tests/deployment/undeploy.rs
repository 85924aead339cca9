//! `scalerctl undeploy`, with a program in place of the SAM CLI.

use std::time::Duration;

use simulator::{ActionPut, MetricName, Simulator, Statistic, TargetTracking};

use super::{
    fake_sam::FakeSam,
    run::{Run, scalerctl, scalerctl_with_path},
    setup::{ENDPOINT, FUNCTION, account, id},
};

/// An account with a registered endpoint that has a lease and a floor.
async fn deployed() -> Simulator {
    let sim = account();
    scalerctl(&sim, &["register", ENDPOINT, "--max-capacity", "2"]).await.assert(0, &["4 changes"]);
    sim.with(|world| {
        let release = world.now() + Duration::from_secs(3600);
        for name in ["reactive-scaler-lease", "reactive-scaler-hold"] {
            let record = ActionPut::once(name, release, Some(0), None);
            world.put_scheduled_action(&id(), &record).unwrap();
        }
    });
    sim
}

async fn undeploy(sim: &Simulator, sam: &FakeSam, arguments: &[&str]) -> Run {
    scalerctl_with_path(sim, &sam.path(), &[&["undeploy"], arguments].concat()).await
}

#[tokio::test]
async fn the_function_stops_first_then_leases_then_the_registration_then_the_stack() {
    let sim = deployed().await;
    let sam = FakeSam::ending("Deleted successfully\n", 0);
    let dry = undeploy(&sim, &sam, &["--endpoint-at", "zero", "--dry-run"]).await;
    dry.assert(0, &["would change target", "stack reactive-scaler: would be deleted"]);
    dry.assert_no_write();
    assert_eq!(sam.arguments(), None);

    let run = undeploy(&sim, &sam, &["--endpoint-at", "zero", "--yes"]).await;
    run.assert(0, &["stack reactive-scaler: deleted", "EventBridge stays on for my-inputs"]);
    assert_eq!(
        run.writes,
        [
            "PutFunctionConcurrency",
            "DeleteScheduledAction",
            "DeleteScheduledAction",
            "DeleteAlarms",
            "DeregisterScalableTarget",
            "DeleteTags",
        ]
    );
    assert_eq!(
        sam.arguments().unwrap(),
        [
            "delete",
            "--stack-name",
            "reactive-scaler",
            "--no-prompts",
            "--config-env",
            "scalerctl",
            "--region",
            "eu-central-1",
        ]
    );
    sim.with(|world| {
        assert!(world.target(&id()).is_none());
        assert!(world.function(FUNCTION).unwrap().is_stopped());
    });
}

#[tokio::test]
async fn at_minimum_1_the_registration_and_the_policy_stay() {
    let sim = deployed().await;
    let sam = FakeSam::ending("", 0);
    let run = undeploy(&sim, &sam, &["--endpoint-at", "minimum-1", "--yes"]).await;
    run.assert(0, &["MinCapacity 1: an instance runs all the time, and costs money"]);
    // The lease is gone before the minimum is set: it would set it to 0.
    let position = |name: &str| run.writes.iter().rposition(|it| *it == name).unwrap();
    assert!(position("DeleteScheduledAction") < position("RegisterScalableTarget"));
    sim.with(|world| {
        let target = world.target(&id()).unwrap();
        assert_eq!((target.min, target.max), (1, 2));
        assert_eq!(world.scaling_policies(&id()).count(), 1);
        world.advance(Duration::from_secs(7200));
        assert_eq!(world.target(&id()).unwrap().min, 1, "no lease lowers it");
    });
}

#[tokio::test]
async fn the_second_time_nothing_is_left_to_do() {
    let sim = account();
    sim.with(|world| {
        let mut function = world.function(FUNCTION).unwrap().clone();
        function.tags.clear();
        world.put_function(function);
    });
    let sam = FakeSam::waiting();
    let run = undeploy(&sim, &sam, &["--yes"]).await;
    run.assert(0, &["nothing to change", "sam delete --stack-name reactive-scaler"]);
    run.assert_no_write();
    assert_eq!(sam.arguments(), None);
}

#[tokio::test]
async fn instances_are_not_left_behind() {
    let sim = account();
    sim.with(|world| {
        world.add_async_endpoint(ENDPOINT, "AllTraffic", 1);
        world.register_target(&id(), 0, 1);
    });
    let sam = FakeSam::ending("", 0);
    let run = undeploy(&sim, &sam, &["--endpoint-at", "zero", "--yes"]).await;
    run.assert(1, &["1 instances run", "scalerctl sleep my-endpoint --force --wait"]);
    run.assert_no_write();
    assert_eq!(sam.arguments(), None);
}

#[tokio::test]
async fn owners_settings_stay() {
    let sim = account();
    sim.with(|world| {
        // The function does not scale it: the owner's minimum is above 0.
        world.register_target(&id(), 1, 4);
        world.add_async_endpoint("shared", "AllTraffic", 0);
        let shared = reactive_scaler::port::VariantId::new("shared", "AllTraffic");
        world.register_target(&shared, 0, 4);
        let own = TargetTracking::new(
            2.0,
            MetricName::BacklogSizePerInstance,
            "shared",
            Statistic::Average,
        );
        world.put_scaling_policy(&shared, "own", own).unwrap();
    });
    let sam = FakeSam::ending("", 0);
    let run = undeploy(&sim, &sam, &["--endpoint-at", "zero", "--yes"]).await;
    run.assert(0, &["MinCapacity 0, and registered for own"]);
    assert_eq!(run.writes, ["PutFunctionConcurrency"]);
    sim.with(|world| assert_eq!(world.target(&id()).unwrap().min, 1));
}

#[tokio::test]
async fn nothing_is_written_without_an_answer_a_confirmation_or_a_sam_cli() {
    let sim = deployed().await;
    let sam = FakeSam::waiting();
    let run = undeploy(&sim, &sam, &["--yes"]).await;
    run.assert(2, &["it is not known what is to become of my-endpoint", "--endpoint-at zero"]);
    run.assert_no_write();
    let run = undeploy(&sim, &sam, &["--endpoint-at", "zero"]).await;
    run.assert(2, &["nothing was changed: there is no terminal"]);
    run.assert_no_write();
    let run = scalerctl(&sim, &["undeploy", "--endpoint-at", "zero", "--yes"]).await;
    run.assert(2, &["there is no SAM CLI"]);
    run.assert_no_write();
}

#[tokio::test]
async fn a_deletion_that_fails_is_repeated() {
    let sim = deployed().await;
    let sam = FakeSam::ending("DELETE_FAILED\n", 1);
    let run = undeploy(&sim, &sam, &["--endpoint-at", "zero", "--yes"]).await;
    run.assert(
        1,
        &[
            "stack reactive-scaler: not deleted",
            "`sam delete` failed",
            "delete-function-concurrency",
        ],
    );
    let sam = FakeSam::ending("", 0);
    let run = undeploy(&sim, &sam, &["--yes"]).await;
    run.assert(0, &["stack reactive-scaler: deleted"]);
}
