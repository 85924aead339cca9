//! `scalerctl sleep`: rule 3 holds for a person too.

use super::stage::{ENDPOINT, Stage, id};

#[tokio::test]
async fn an_idle_endpoint_goes_to_zero() {
    let stage = Stage::with(1).await;
    let (code, document) = stage.json(&["sleep", ENDPOINT, "--wait"]).await;
    assert_eq!(code, Some(0), "{document}");
    assert_eq!(stage.capacity(), (0, 0));
    assert_eq!(document["done"]["action"], "sleep");
    assert_eq!(stage.writes().last().unwrap(), "UpdateEndpointWeightsAndCapacities");
}

#[tokio::test]
async fn one_at_zero_is_so_already() {
    let stage = Stage::with(0).await;
    stage.run(&["sleep", ENDPOINT]).await.assert(0, &["asleep"]);
    assert_eq!(stage.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_live_lease_refuses_and_force_passes_over_it() {
    let stage = Stage::with(0).await;
    stage.run(&["wake", ENDPOINT]).await.assert(0, &[]);
    stage.run(&["sleep", ENDPOINT]).await.assert(1, &["lease_live", "sleep --force"]);
    assert_eq!(stage.capacity().1, 1);
    stage.run(&["sleep", ENDPOINT, "--force", "--wait"]).await.assert(0, &["InService, 0 of 0"]);
    assert_eq!(stage.capacity(), (0, 0));
    assert_eq!(stage.sim.with(|world| world.target(&id()).unwrap().min), 0);
}

#[tokio::test]
async fn a_backlog_refuses_force_or_not() {
    let stage = Stage::with(1).await;
    stage.sim.with(|world| {
        let at = world.now() - std::time::Duration::from_secs(240);
        world.set_backlog_override(ENDPOINT, Some(vec![(at, 1.0)]));
    });
    for force in [&[][..], &["--force"]] {
        let arguments = [&["sleep", ENDPOINT], force].concat();
        stage.run(&arguments).await.assert(1, &["refused, backlog"]);
    }
    assert_eq!(stage.capacity(), (1, 1));
}

#[tokio::test]
async fn metrics_that_prove_nothing_refuse() {
    let stage = Stage::with(1).await;
    stage.sim.with(|world| world.set_backlog_override(ENDPOINT, Some(Vec::new())));
    let run = stage.run(&["sleep", ENDPOINT, "--force"]).await;
    run.assert(1, &["backlog_unknown", "3 datapoints"]);
    assert_eq!(stage.writes(), Vec::<String>::new());
}

#[tokio::test]
async fn a_users_own_floor_refuses() {
    let stage = Stage::with(1).await;
    stage.sim.with(|world| world.set_bounds(&id(), 1, 4));
    stage.run(&["sleep", ENDPOINT, "--force"]).await.assert(1, &["min_capacity_set"]);
    stage.sim.with(|world| world.deregister_target(&id()));
    stage.run(&["sleep", ENDPOINT, "--force"]).await.assert(1, &["not_registered", "register"]);
}
