//! `scalerctl pause` and `resume`: AAS's suspended state, which the function obeys.

use reactive_scaler::port::Suspended;

use super::stage::{ENDPOINT, Stage, id};

fn state(stage: &Stage) -> Suspended {
    stage.sim.with(|world| world.target(&id()).unwrap().suspended)
}

#[tokio::test]
async fn each_direction_by_itself_and_both() {
    for (direction, wanted) in [
        (&["in"][..], Suspended { scaling_in: true, ..Suspended::default() }),
        (&["out"], Suspended { scaling_out: true, ..Suspended::default() }),
        (&[], Suspended { scaling_in: true, scaling_out: true, scheduled: false }),
    ] {
        let stage = Stage::with(0).await;
        let arguments = [&["pause", ENDPOINT], direction].concat();
        stage.run(&arguments).await.assert(0, &["suspended"]);
        assert_eq!(state(&stage), wanted);
        let before = stage.writes().len();
        stage.run(&arguments).await.assert(0, &["that is so already"]);
        assert_eq!(stage.writes().len(), before);
        let arguments = [&["resume", ENDPOINT], direction].concat();
        stage.run(&arguments).await.assert(0, &["evaluated at once"]);
        assert_eq!(state(&stage), Suspended::default());
        assert_eq!(stage.capacity(), (0, 0));
    }
}

#[tokio::test]
async fn one_direction_leaves_the_others_as_they_are() {
    let stage = Stage::with(0).await;
    let all = Suspended { scaling_in: true, scaling_out: true, scheduled: true };
    stage.sim.with(|world| world.suspend(&id(), all));
    let (code, document) = stage.json(&["resume", ENDPOINT, "in"]).await;
    assert_eq!(code, Some(0));
    assert_eq!(state(&stage), Suspended { scaling_in: false, ..all });
    assert_eq!(document["after"]["in"], false);
    assert_eq!(document["after"]["scheduled"], true);
}

/// RegisterScalableTarget brings the capacity into the bounds even when it names neither.
#[tokio::test]
async fn a_call_that_would_change_the_capacity_is_announced() {
    let stage = Stage::with(3).await;
    stage.sim.with(|world| world.set_bounds(&id(), 0, 2));
    let run = stage.run(&["pause", ENDPOINT, "--dry-run"]).await;
    run.assert(0, &["desired instances 3 lie outside the bounds", "set 2"]);
    assert_eq!(stage.capacity(), (3, 3));
    stage.run(&["pause", ENDPOINT]).await.assert(0, &["set 2"]);
    assert_eq!(stage.capacity().1, 2);

    let stage = Stage::with(2).await;
    stage.sim.with(|world| world.set_bounds(&id(), 0, 2));
    let run = stage.run(&["pause", ENDPOINT]).await;
    assert!(!run.out.contains("outside the bounds"), "{run:?}");
}

#[tokio::test]
async fn a_wake_while_scaling_out_is_paused_is_remembered_and_refused() {
    let stage = Stage::with(0).await;
    stage.run(&["pause", ENDPOINT, "out"]).await.assert(0, &[]);
    stage
        .run(&["wake", ENDPOINT])
        .await
        .assert(1, &["scaling_out_suspended", "resume ENDPOINT out"]);
    assert_eq!(stage.capacity(), (0, 0));
    assert!(stage.records().lease.is_some());
}

#[tokio::test]
async fn what_is_not_registered_cannot_be_paused() {
    let stage = Stage::with(0).await;
    stage.sim.with(|world| world.deregister_target(&id()));
    stage.run(&["pause", ENDPOINT]).await.assert(1, &["no registered scalable target"]);
    assert_eq!(stage.writes(), Vec::<String>::new());
}
