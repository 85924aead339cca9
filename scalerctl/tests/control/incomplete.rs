//! A call that fails after something was written, and instances that nothing stops.

use reactive_scaler::port::EndpointStatus;
use simulator::{Fault, Refusal};

use super::setup::{ENDPOINT, Setup, id};

/// Capacity was requested, and neither a lease nor a hold was written.
#[tokio::test]
async fn a_record_that_cannot_be_written_is_not_done_and_names_the_command_that_stops_the_instance()
{
    for command in [&["wake", ENDPOINT][..], &["hold", ENDPOINT, "--for", "1h"]] {
        let setup = Setup::with(0).await;
        setup.sim.with(|world| {
            world.faults.fail_next("PutScheduledAction", Fault::AccessDenied, 100);
        });
        let run = setup.run(command).await;
        run.assert(
            2,
            &[
                "tried ",
                "there is no lease or hold, and 1 instance runs until you stop it:\n",
                "  scalerctl sleep my-endpoint --force\n",
                "PutScheduledAction",
            ],
        );
        assert_eq!(setup.capacity().1, 1);
        assert!(setup.records().lease.is_none() && setup.records().hold.is_none());
    }
}

#[tokio::test]
async fn the_document_of_a_failed_call_is_not_ok() {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| {
        world.faults.fail_next("PutScheduledAction", Fault::AccessDenied, 100);
    });
    let run = setup.run(&["wake", ENDPOINT, "-o", "json"]).await;
    let document: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!((&document["ok"], &document["incomplete"]), (&false.into(), &true.into()));
}

/// The lease was written, and the capacity refused.
#[tokio::test]
async fn capacity_that_is_refused_is_requested_later_because_of_the_lease() {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| {
        let denied = Fault::Refused(Refusal::new("ResourceLimitExceeded", "no more instances"));
        world.faults.fail_next("UpdateEndpointWeightsAndCapacities", denied, 100);
    });
    let run = setup.run(&["wake", ENDPOINT]).await;
    run.assert(
        2,
        &["tried ", "because of the lease or hold, a deployed function requests it later"],
    );
    assert!(setup.records().lease.is_some());
}

#[tokio::test]
async fn an_instance_of_an_unregistered_variant_runs_until_it_is_stopped() {
    let setup = Setup::with(0).await;
    setup.sim.with(|world| world.deregister_target(&id()));
    let run = setup.run(&["wake", ENDPOINT, "--yes"]).await;
    run.assert(
        0,
        &["1 instance runs until you stop it:\n", " scalerctl sleep my-endpoint --force\n"],
    );
    assert!(!run.out.contains("MinCapacity stays 0"), "{}", run.out);
}

/// A wake of an endpoint that is up changes nothing, but nothing stops its instances either.
#[tokio::test]
async fn instances_of_an_unregistered_variant_that_is_up_run_until_they_are_stopped() {
    let setup = Setup::with(2).await;
    setup.sim.with(|world| world.deregister_target(&id()));
    for arguments in [&["wake", ENDPOINT][..], &["wake", ENDPOINT, "--dry-run"]] {
        let run = setup.run(arguments).await;
        run.assert(0, &["2 instances run until you stop them:\n", " sleep my-endpoint --force\n"]);
    }
}

/// As `wake --wait`.
#[tokio::test]
async fn a_sleep_waits_through_an_update() {
    let setup = Setup::with(1).await;
    setup.sim.with(|world| world.set_status(ENDPOINT, EndpointStatus::Updating));
    setup
        .run(&["sleep", ENDPOINT, "--force"])
        .await
        .assert(1, &["refused", "\n  scalerctl sleep my-endpoint --force --wait\n"]);
    let run = setup.run(&["sleep", ENDPOINT, "--force", "--wait", "--timeout", "1s"]).await;
    run.assert(1, &["waited "]);
}

#[tokio::test]
async fn a_dry_run_writes_nothing_and_does_not_say_queued() {
    let setup = Setup::with(0).await;
    setup.run(&["pause", ENDPOINT, "out"]).await.assert(0, &[]);
    let before = setup.writes();
    let run = setup.run(&["wake", ENDPOINT, "--dry-run"]).await;
    run.assert(1, &["would be queued", "nothing was written"]);
    assert_eq!(setup.writes(), before);
}

/// The owner's MinCapacity does what a hold would do.
#[tokio::test]
async fn a_hold_of_an_endpoint_that_its_owner_keeps_up_is_done() {
    let setup = Setup::with(1).await;
    setup.sim.with(|world| world.set_bounds(&id(), 1, 4));
    setup.run(&["hold", ENDPOINT, "--for", "1h"]).await.assert(0, &["min_capacity_set"]);
}
