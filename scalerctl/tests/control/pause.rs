//! `scalerctl pause` and `resume`: the `SuspendedState` of Application Auto Scaling, which the function respects.

use reactive_scaler::port::Suspended;

use super::setup::{ENDPOINT, Setup, id};

fn state(setup: &Setup) -> Suspended {
    setup.sim.with(|world| world.target(&id()).unwrap().suspended)
}

#[tokio::test]
async fn each_direction_and_both_can_be_paused() {
    for (direction, wanted) in [
        (&["in"][..], Suspended { scaling_in: true, ..Suspended::default() }),
        (&["out"], Suspended { scaling_out: true, ..Suspended::default() }),
        (&[], Suspended { scaling_in: true, scaling_out: true, scheduled: false }),
        (&["both"], Suspended { scaling_in: true, scaling_out: true, scheduled: false }),
    ] {
        let setup = Setup::with(0).await;
        let arguments = [&["pause", ENDPOINT], direction].concat();
        setup.run(&arguments).await.assert(0, &["suspended"]);
        assert_eq!(state(&setup), wanted);
        let before = setup.writes().len();
        setup.run(&arguments).await.assert(0, &["nothing: already set"]);
        assert_eq!(setup.writes().len(), before);
        let arguments = [&["resume", ENDPOINT], direction].concat();
        setup.run(&arguments).await.assert(0, &["evaluated immediately"]);
        assert_eq!(state(&setup), Suspended::default());
        assert_eq!(setup.capacity(), (0, 0));
    }
}

/// Instances cost money until scaling in is resumed.
#[tokio::test]
async fn instances_that_keep_running_are_mentioned() {
    let said =
        "the instances run until you resume it:\n           scalerctl resume my-endpoint in\n";
    for (instances, arguments, is_said) in [
        (1, &["pause", ENDPOINT][..], true),
        (1, &["pause", ENDPOINT, "in", "--dry-run"], true),
        (1, &["pause", ENDPOINT, "out"], false),
        (1, &["resume", ENDPOINT], false),
        (0, &["pause", ENDPOINT], false),
    ] {
        let run = Setup::with(instances).await.run(arguments).await;
        run.assert(0, &[]);
        assert_eq!(run.out.contains(said), is_said, "{run:?}");
    }
}

#[tokio::test]
async fn one_direction_leaves_the_others_as_they_are() {
    let setup = Setup::with(0).await;
    let all = Suspended { scaling_in: true, scaling_out: true, scheduled: true };
    setup.sim.with(|world| world.suspend(&id(), all));
    let (code, document) = setup.json(&["resume", ENDPOINT, "in"]).await;
    assert_eq!(code, Some(0));
    assert_eq!(state(&setup), Suspended { scaling_in: false, ..all });
    assert_eq!(document["after"]["in"], false);
    assert_eq!(document["after"]["scheduled"], true);
}

/// RegisterScalableTarget brings the capacity into the bounds even if the call does not set them.
#[tokio::test]
async fn a_change_of_capacity_by_the_call_is_printed() {
    let setup = Setup::with(3).await;
    setup.sim.with(|world| world.set_bounds(&id(), 0, 2));
    let run = setup.run(&["pause", ENDPOINT, "--dry-run"]).await;
    run.assert(0, &["desired instances 3 are outside the bounds", "set 2"]);
    assert_eq!(setup.capacity(), (3, 3));
    setup.run(&["pause", ENDPOINT]).await.assert(0, &["set 2"]);
    assert_eq!(setup.capacity().1, 2);

    let setup = Setup::with(2).await;
    setup.sim.with(|world| world.set_bounds(&id(), 0, 2));
    let run = setup.run(&["pause", ENDPOINT]).await;
    assert!(!run.out.contains("outside the bounds"), "{run:?}");
}

#[tokio::test]
async fn a_wake_while_scaling_out_is_paused_is_queued() {
    let setup = Setup::with(0).await;
    setup.run(&["pause", ENDPOINT, "out"]).await.assert(0, &[]);
    setup
        .run(&["wake", ENDPOINT])
        .await
        .assert(1, &["queued", "scaling_out_suspended", "\n  scalerctl resume my-endpoint out\n"]);
    assert_eq!(setup.capacity(), (0, 0));
    assert!(setup.records().lease.is_some());
}

#[tokio::test]
async fn a_variant_that_is_not_registered_cannot_be_paused() {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| world.deregister_target(&id()));
    for (command, capacity) in [("pause", 0), ("resume", 0), ("pause", 3)] {
        setup.sim.with(|world| world.scale_by_person(&id(), capacity).unwrap());
        setup.sim.advance(std::time::Duration::from_secs(600));
        // Registering does not change the capacity.
        let register = format!(
            "\n  aws application-autoscaling register-scalable-target --service-namespace sagemaker \
             --scalable-dimension sagemaker:variant:DesiredInstanceCount --resource-id {} \
             --min-capacity 0 --max-capacity {}\n",
            id().resource_id(),
            capacity.max(1)
        );
        let said =
            ["not a registered scalable target", "\nwhat to do: register it with", &register];
        setup.run(&[command, ENDPOINT]).await.assert(1, &said);
    }
    assert_eq!(setup.writes(), Vec::<String>::new());
}
