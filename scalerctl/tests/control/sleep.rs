//! `scalerctl sleep`: rule 3 also applies to commands.

use super::setup::{ENDPOINT, Setup, id};

#[tokio::test]
async fn an_idle_endpoint_goes_to_zero() {
    let setup = Setup::with(1).await;
    let (code, document) = setup.json(&["sleep", ENDPOINT, "--wait"]).await;
    assert_eq!(code, Some(0), "{document}");
    assert_eq!(setup.capacity(), (0, 0));
    assert_eq!(document["done"]["action"], "sleep");
    assert_eq!(setup.writes().last().unwrap(), "UpdateEndpointWeightsAndCapacities");
}

#[tokio::test]
async fn an_endpoint_at_zero_needs_no_change() {
    let setup = Setup::with(0).await;
    setup.run(&["sleep", ENDPOINT]).await.assert(0, &["asleep"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_live_lease_refuses_a_sleep_and_force_ignores_it() {
    let setup = Setup::with(0).await;
    setup.run(&["wake", ENDPOINT]).await.assert(0, &[]);
    setup
        .run(&["sleep", ENDPOINT])
        .await
        .assert(1, &["lease_live", "scalerctl sleep my-endpoint --force"]);
    assert_eq!(setup.capacity().1, 1);
    setup.run(&["sleep", ENDPOINT, "--force", "--wait"]).await.assert(0, &["InService, 0 of 0"]);
    assert_eq!(setup.capacity(), (0, 0));
    assert_eq!(setup.sim.with(|world| world.target(&id()).unwrap().min), 0);
}

#[tokio::test]
async fn a_backlog_refuses_a_sleep_with_and_without_force() {
    let setup = Setup::with(1).await;
    setup.sim.with(|world| {
        let at = world.now() - std::time::Duration::from_secs(240);
        world.set_backlog_override(ENDPOINT, Some(vec![(at, 1.0)]));
    });
    for force in [&[][..], &["--force"]] {
        let arguments = [&["sleep", ENDPOINT], force].concat();
        setup.run(&arguments).await.assert(1, &["refused, backlog"]);
    }
    assert_eq!(setup.capacity(), (1, 1));
}

#[tokio::test]
async fn insufficient_metrics_refuse_a_sleep() {
    let setup = Setup::with(1).await;
    setup.sim.with(|world| world.set_backlog_override(ENDPOINT, Some(Vec::new())));
    let run = setup.run(&["sleep", ENDPOINT, "--force"]).await;
    run.assert(1, &["backlog_unknown", "3 datapoints"]);
    assert_eq!(setup.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn the_users_minimum_refuses_a_sleep() {
    let setup = Setup::with(1).await;
    setup.sim.with(|world| world.set_bounds(&id(), 1, 4));
    setup.run(&["sleep", ENDPOINT, "--force"]).await.assert(1, &["min_capacity_set"]);
    setup.sim.with(|world| world.deregister_target(&id()));
    setup.run(&["sleep", ENDPOINT]).await.assert(1, &["not_registered", "register"]);
}
